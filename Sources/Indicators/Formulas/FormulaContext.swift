internal import PromQL
internal import Telemetry

/// What a formula is computed for: villages, a time, facts and the queries' runner.
struct FormulaContext {
    let facts: IndicatorFacts
    /// Villages of the unit on the day of evaluation.
    let villages: Set<String>
    let at: Instant
    let date: CivilDate
    let waterLimits: WaterQualityLimits?
    let runner: QueryRunner

    /// How many households the villages have; nil when that of one is not known.
    var households: Double? { sum(\.households) }
    /// How many people the villages have; nil when that of one is not known.
    var people: Double? { sum(\.people) }

    /// The villages' sum of a count: one that is not known is not none.
    private func sum(_ field: KeyPath<IndicatorFacts.Village, Int?>) -> Double? {
        var sum = 0.0
        for village in villages {
            guard let count = facts.villages[village]?[keyPath: field] else { return nil }
            sum += Double(count)
        }
        return sum
    }

    /// Villages of which a count is not known, named for people.
    func unknown(_ field: KeyPath<IndicatorFacts.Village, Int?>) -> String {
        villages.filter { facts.villages[$0]?[keyPath: field] == nil }.sorted()
            .map { facts.villages[$0]?.name ?? $0 }.joined(separator: ", ")
    }

    /// How long a device's last report speaks for it: two expected intervals, so that one lost
    /// frame makes no gap.
    func hold(of device: String) -> Milliseconds {
        let interval = facts.devices[device]?.expectedInterval ?? FormulaLimits.unknownInterval
        return max(interval * 2, FormulaLimits.shortestHold)
    }

    /// Whether any device of the villages is simulated.
    var hasSimulatedDevices: Bool {
        facts.devices.values.contains { $0.isSimulated && villages.contains($0.village) }
    }

    /// Whether any of some devices is simulated.
    func isSimulated(_ devices: some Sequence<String>) -> Bool {
        devices.contains { facts.devices[$0]?.isSimulated ?? false }
    }
}

/// Limits and holds that all formulas share.
enum FormulaLimits {
    /// Devices that one query asks for; bounds the memory of a query's grid to some 10 MB
    /// (200 devices × 2 880 points × 16 bytes).
    static let devicesPerQuery = 200
    /// Reporting interval assumed of a device whose own is not registered.
    static let unknownInterval = Milliseconds.minutes(15)
    /// Shortest time for which a report speaks; the lookback that Prometheus has by default.
    static let shortestHold = Milliseconds.minutes(5)
    /// How long the gateway's own series speak, which it writes at least so often.
    static let knownSeriesHold = Milliseconds.hours(1)
}

/// A formula of the catalogue: facts and queries in, a figure out.
protocol Formula {
    /// Computes the figure of the context's villages.
    func figure(in context: FormulaContext) throws(QueryError) -> Figure
}
