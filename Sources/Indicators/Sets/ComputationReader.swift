internal import ConfigurationText
internal import PromQL
internal import Telemetry

/// Reads how an indicator is computed: a formula, queries, a count or an attestation.
struct ComputationReader {
    /// The indicator with its set, as `318-NC:17.9`; what it is registered under when not told.
    let key: String
    let unit: String
    let evidence: EvidenceKind
    let hasWaterLimits: Bool

    /// Longest window: what a year's figures need.
    static let maximumWindow = Milliseconds.days(366)

    func computation(
        _ indicator: ConfigurationNode,
        sharing reader: inout CriteriaSetReader
    ) -> Computation? {
        guard let node = indicator["computation"] else {
            switch evidence {
            case .attestation: return .attestation(key: key)
            case .registry: return .count(count(key: key))
            case .sensor, .sensorSupport:
                reader.faults.note(
                    indicator,
                    "the key 'computation' is missing, \(evidence.rawValue) needs it"
                )
                return nil
            }
        }
        let ways = ["formula", "expression", "count", "attestation"].filter { node[$0] != nil }
        guard ways.count == 1 else {
            reader.faults.note(
                node,
                "expected exactly one of formula, expression, count, attestation"
            )
            return nil
        }
        switch ways[0] {
        case "formula": return formula(node, sharing: &reader)
        case "expression": return expression(node, sharing: &reader)
        case "count":
            node.allowKeys(["count", "scale"], &reader.faults)
            guard let key = reader.required("count", node) else { return nil }
            var parameters = count(key: key)
            if let scale = node["scale"]?.number(&reader.faults) { parameters.scale = scale }
            return .count(parameters)
        default:
            node.allowKeys(["attestation"], &reader.faults)
            return reader.required("attestation", node).map { .attestation(key: $0) }
        }
    }

    private func count(key: String) -> CountParameters {
        CountParameters(key: key, scale: unit == "%" ? 100 : 1, isShare: unit == "%")
    }

    private func formula(
        _ node: ConfigurationNode,
        sharing reader: inout CriteriaSetReader
    ) -> Computation? {
        switch node["formula"]?.scalarText {
        case "F1":
            var parameters = LitShareParameters()
            allow(
                [
                    "road_class", "on_power_watts", "lamp_availability", "lamp_coverage",
                    "working_lamp_share",
                ],
                node,
                &reader
            )
            parameters.roadClass = node["road_class"]?.text(&reader.faults)
            parameters.grid = grid(node, parameters.grid, &reader)
            number("on_power_watts", 0...10_000, node, &parameters.onPowerWatts, &reader)
            number("lamp_availability", 0...1, node, &parameters.lampAvailability, &reader)
            number("lamp_coverage", 0...1, node, &parameters.lampCoverage, &reader)
            number("working_lamp_share", 0...1, node, &parameters.workingLampShare, &reader)
            return .litShare(parameters)
        case "F2":
            var parameters = LitresParameters()
            allow(Self.vetoKeys, node, &reader)
            needWaterLimits(node, &reader)
            parameters.grid = grid(node, parameters.grid, &reader)
            parameters.veto = veto(node, &reader)
            return .litres(parameters)
        case "F6":
            var parameters = CleanWaterParameters()
            allow(Self.vetoKeys, node, &reader)
            needWaterLimits(node, &reader)
            parameters.veto = veto(node, &reader)
            parameters.veto.grid = grid(node, parameters.veto.grid, &reader)
            return .cleanWater(parameters)
        case "F7":
            allow(["point_kind", "metric", "point_availability", "point_coverage"], node, &reader)
            guard let kind = reader.required("point_kind", node) else { return nil }
            var parameters = UptimeParameters(pointKind: kind)
            parameters.grid = grid(node, parameters.grid, &reader)
            if let metric = node["metric"] { readMetric(metric, &parameters.metric, &reader) }
            number("point_availability", 0...1, node, &parameters.pointAvailability, &reader)
            number("point_coverage", 0...1, node, &parameters.pointCoverage, &reader)
            return .uptime(parameters)
        default:
            let place = node["formula"] ?? node
            reader.faults.note(
                place,
                "expected one of F1, F2, F6, F7, found \(place.kindName)"
            )
            return nil
        }
    }

    private func expression(
        _ node: ConfigurationNode,
        sharing reader: inout CriteriaSetReader
    ) -> Computation? {
        node.allowKeys(["expression", "scale", "window", "step"], &reader.faults)
        guard let inner = node["expression"] else { return nil }
        inner.allowKeys(["numerator", "denominator", "coverage"], &reader.faults)
        let grid = grid(node, GridParameters(), &reader)
        let numerator = query("numerator", inner, grid, &reader)
        let denominator = query("denominator", inner, grid, &reader)
        let coverage = query("coverage", inner, grid, &reader)
        guard let numerator, let denominator, let coverage else { return nil }
        var scale = unit == "%" ? 100.0 : 1
        if let own = node["scale"]?.number(&reader.faults) { scale = own }
        return .expression(
            ExpressionParameters(
                numerator: numerator,
                denominator: denominator,
                coverage: coverage,
                grid: grid,
                scale: scale,
                isShare: unit == "%"
            )
        )
    }

    /// A query's text, after it was parsed with its names filled in as they will be.
    private func query(
        _ key: String,
        _ node: ConfigurationNode,
        _ grid: GridParameters,
        _ reader: inout CriteriaSetReader
    ) -> String? {
        guard let text = reader.required(key, node), let place = node[key] else { return nil }
        let filled = QueryText.filled(
            text,
            [
                "villages": "a|b", "window": QueryText.duration(grid.window),
                "step": QueryText.duration(grid.step), "people": "1", "households": "1",
            ]
        )
        do {
            _ = try PromQLParser.parse(filled)
            return text
        } catch {
            reader.faults.note(place, "not a PromQL expression: \(error.message)")
            return nil
        }
    }
}

extension ComputationReader {
    private static let vetoKeys = ["break_share", "longest_break", "veto_coverage"]

    private func allow(
        _ keys: [String],
        _ node: ConfigurationNode,
        _ reader: inout CriteriaSetReader
    ) {
        node.allowKeys(["formula", "window", "step"] + keys, &reader.faults)
    }

    private func needWaterLimits(_ node: ConfigurationNode, _ reader: inout CriteriaSetReader) {
        if !hasWaterLimits {
            reader.faults.note(node, "this formula needs the set's 'water_limits'")
        }
    }

    private func veto(
        _ node: ConfigurationNode,
        _ reader: inout CriteriaSetReader
    ) -> WaterVetoParameters {
        var parameters = WaterVetoParameters()
        if let window = duration("window", node, &reader) { parameters.grid.window = window }
        if let longest = duration("longest_break", node, &reader) {
            parameters.longestBreak = longest
        }
        number("break_share", 0...1, node, &parameters.breakShare, &reader)
        number("veto_coverage", 0...1, node, &parameters.coverage, &reader)
        return parameters
    }

    private func grid(
        _ node: ConfigurationNode,
        _ proposed: GridParameters,
        _ reader: inout CriteriaSetReader
    ) -> GridParameters {
        var grid = proposed
        if let window = duration("window", node, &reader) { grid.window = window }
        if let step = duration("step", node, &reader) { grid.step = step }
        if grid.step > grid.window || grid.window > Self.maximumWindow {
            reader.faults.note(
                node["window"] ?? node,
                "the window must last at least one step and at most "
                    + QueryText.duration(Self.maximumWindow)
            )
        }
        return grid
    }

    private func duration(
        _ key: String,
        _ node: ConfigurationNode,
        _ reader: inout CriteriaSetReader
    ) -> Milliseconds? {
        guard let place = node[key], let text = place.text(&reader.faults) else { return nil }
        guard let span = QueryText.duration(parsing: text), span > .zero else {
            reader.faults.note(place, "expected a duration as 30d or 15m, found \(place.kindName)")
            return nil
        }
        return span
    }

    private func number(
        _ key: String,
        _ range: ClosedRange<Double>,
        _ node: ConfigurationNode,
        _ value: inout Double,
        _ reader: inout CriteriaSetReader
    ) {
        guard let place = node[key], let read = place.number(&reader.faults) else { return }
        guard range.contains(read) else {
            reader.faults.note(
                place,
                "\(place.kindName) is outside \(range.lowerBound) to \(range.upperBound)"
            )
            return
        }
        value = read
    }

    /// A metric name; nothing else may enter the query's text.
    private func readMetric(
        _ node: ConfigurationNode,
        _ value: inout String,
        _ reader: inout CriteriaSetReader
    ) {
        guard let text = node.text(&reader.faults) else { return }
        let isName = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard isName, text.first?.isLetter ?? false else {
            reader.faults.note(node, "expected a metric name, found \(node.kindName)")
            return
        }
        value = text
    }
}
