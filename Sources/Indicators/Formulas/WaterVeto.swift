internal import PromQL
internal import Telemetry

/// The sensors' veto of F6: whether measurements refute that a supply's water is clean.
///
/// A point of time is bad when any parameter of any sensor is outside its limit, good when all
/// parameters that are measured are inside, else unknown. Water is vetoed when one unbroken run of
/// bad points is longer than `longestBreak`, or when bad points are more than `breakShare` of the
/// valid ones. Values inside the limits never prove that water is clean.
/// - Source: sensors.md of the catalogue sources, F6.
struct WaterVeto {
    /// What the sensors of one supply say.
    struct SensorFinding: Hashable {
        /// `bad` when vetoed, `good` when not, `unknown` when too little is known.
        var state: Finding = .unknown
        /// Share of the window that is known, 0 to 1.
        var coverage = 0.0
        /// Share of the valid points that are bad, 0 to 1.
        var badShare = 0.0
        /// Longest unbroken run of bad points.
        var longestBreak = Milliseconds.zero
    }

    let parameters: WaterVetoParameters
    private(set) var queries: [Figure.Query] = []
    private(set) var isSimulated = false

    init(parameters: WaterVetoParameters) {
        self.parameters = parameters
    }

    /// Asks the sensors of a supply; nil when it has none or no limits are loaded.
    mutating func finding(
        of supply: IndicatorFacts.WaterSupply,
        in context: FormulaContext
    ) throws(QueryError) -> SensorFinding? {
        guard !supply.qualityDevices.isEmpty, let limits = context.waterLimits else { return nil }
        let window = GridWindow(end: context.at, parameters.grid)
        var points = [PointState](repeating: PointState(), count: window.pointCount)
        var seriesCount = 0
        var heard: Set<String> = []
        for group in DeviceGroup.groups(of: supply.qualityDevices, in: context) {
            for text in Self.queries(group, limits: limits, chlorinated: supply.isChlorinated) {
                let query = Figure.Query(text: text, at: context.at, step: window.step)
                queries.append(query)
                for series in try context.runner.range(query, window: window) {
                    seriesCount += 1
                    heard.insert(series.labels["device"] ?? "")
                    if series.labels["simulated"] == "true" { isSimulated = true }
                    Self.note(series.samples, window: window, into: &points)
                }
            }
        }
        // A sensor that was never heard leaves every point unknown that no other one refutes.
        let silent = Set(supply.qualityDevices).subtracting(heard).count
        return judge(points, seriesCount: seriesCount + silent)
    }

    /// Known and bad parameters at one point of the grid.
    private struct PointState {
        var known = 0
        var bad = 0
    }

    private static func note(
        _ samples: [Sample],
        window: GridWindow,
        into points: inout [PointState]
    ) {
        for sample in samples where sample.value.isFinite {
            let index = Int((sample.time - window.firstPoint).count / window.step.count)
            guard points.indices.contains(index) else { continue }
            points[index].known += 1
            if sample.value > 0 { points[index].bad += 1 }
        }
    }

    private func judge(_ points: [PointState], seriesCount: Int) -> SensorFinding {
        var bad = 0
        var valid = 0
        var run = 0
        var longest = 0
        for point in points {
            let isBad = point.bad > 0
            run = isBad ? run + 1 : 0
            longest = max(longest, run)
            if isBad { bad += 1 }
            if isBad || (point.known >= seriesCount && seriesCount > 0) { valid += 1 }
        }
        var finding = SensorFinding()
        guard valid > 0 else { return finding }
        finding.coverage = Double(valid) / Double(points.count)
        finding.badShare = Double(bad) / Double(valid)
        finding.longestBreak = parameters.grid.step * Int64(longest)
        let certain = Double(bad) / Double(points.count)
        if finding.longestBreak > parameters.longestBreak || certain > parameters.breakShare {
            finding.state = .bad
        } else if finding.coverage >= parameters.coverage {
            finding.state = finding.badShare > parameters.breakShare ? .bad : .good
        }
        return finding
    }

    /// One query a parameter: 1 where it is outside its limit, 0 where inside.
    private static func queries(
        _ group: DeviceGroup,
        limits: WaterQualityLimits,
        chlorinated: Bool
    ) -> [String] {
        func outside(_ metric: String, _ range: ClosedRange<Double>) -> String {
            let value = held(metric, group)
            return "(\(value) < bool \(QueryText.number(range.lowerBound)))"
                + " + (\(value) > bool \(QueryText.number(range.upperBound)))"
        }
        let turbidity = QueryText.number(limits.turbidityNTU)
        var texts = [
            outside("water_ph", limits.ph),
            "\(held("water_turbidity_ntu", group)) > bool \(turbidity)",
        ]
        if chlorinated {
            texts.append(
                outside(
                    "water_chlorine_free_milligrams_per_litre",
                    limits.freeChlorineMilligramsPerLitre
                )
            )
        }
        return texts
    }

    private static func held(_ metric: String, _ group: DeviceGroup) -> String {
        "last_over_time(\(metric){device=~\"\(group.pattern)\"}"
            + "[\(QueryText.duration(group.hold))])"
    }
}
