internal import PromQL
internal import Telemetry

/// F7: the share of public points that answered often enough.
///
/// A point counts when the share of its good probes reaches `pointAvailability`. Times at which no
/// probe was made, as when the gateway itself was down, are unknown and not bad.
/// - Source: sensors.md of the catalogue sources, F7.
struct UptimeFormula: Formula {
    let parameters: UptimeParameters

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let devices = context.facts.points.filter {
            context.villages.contains($0.village) && $0.kind == parameters.pointKind
        }.map(\.device)
        guard !devices.isEmpty else {
            return .unknown(
                BilingualText(
                    vi: "chưa có điểm nào trong sổ đăng ký",
                    en: "no such point is registered"
                )
            )
        }
        let window = GridWindow(end: context.at, parameters.grid)
        let hold = QueryText.duration(FormulaLimits.knownSeriesHold)
        var queries: [Figure.Query] = []
        var isSimulated = context.isSimulated(devices)
        var tally = Tally()
        let batches = DeviceGroup.batches(
            Set(devices).sorted(),
            size: FormulaLimits.devicesPerQuery
        )
        for batch in batches {
            let probes =
                "last_over_time(\(parameters.metric){device=~\"\(QueryText.alternation(batch))\"}"
                + "[\(hold)])"
            let good = Figure.Query(
                text: "sum_over_time((\(probes) > bool 0)\(window.subquery))",
                at: context.at,
                step: nil
            )
            let known = Figure.Query(
                text: "count_over_time(\(probes)\(window.subquery))",
                at: context.at,
                step: nil
            )
            queries += [good, known]
            let goodPoints = Self.byDevice(try context.runner.vector(good), &isSimulated)
            let knownPoints = Self.byDevice(try context.runner.vector(known), &isSimulated)
            for device in batch {
                let availability = Availability(
                    on: goodPoints[device] ?? 0,
                    valid: knownPoints[device] ?? 0,
                    expected: Double(window.pointCount)
                )
                let finding = availability.finding(
                    atLeast: parameters.pointAvailability,
                    coverage: parameters.pointCoverage
                )
                tally = tally + .weight(1, finding, coverage: availability.coverage)
            }
        }
        var figure = tally.figure(scale: 100)
        figure.expressions = queries
        figure.window = window.range
        figure.isSimulated = isSimulated
        return figure
    }

    private static func byDevice(
        _ elements: [VectorElement],
        _ isSimulated: inout Bool
    ) -> [String: Double] {
        var points: [String: Double] = [:]
        for element in elements {
            if element.labels["simulated"] == "true" { isSimulated = true }
            let device = element.labels["device"] ?? ""
            points[device] = max(points[device] ?? 0, element.sample.value)
        }
        return points
    }
}
