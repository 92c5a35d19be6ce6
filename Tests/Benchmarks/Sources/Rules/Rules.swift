import Alerting
import Foundation
import Knowledge
import Measuring
import PromQL
import Telemetry

/// What the rules that ship cost over simulated devices: a backfill, a minute, a correction.
///
/// `Rules [devices] [hours]`: how many devices, and how many hours are backfilled. All samples are
/// in memory: what a store takes to find and keep them is measured by `Store`. Three days of data
/// lie before the first minute, so that rules that look back find theirs.
@main
struct Rules {
    private var simulated: SimulatedDevices
    private let known: KnownSeries
    private let hours: Int
    private let groups: [RuleGroup]
    private let relations: AlertRelations

    /// 2026-03-10 00:00 in Vietnam.
    private static let start = Instant(milliseconds: 1_773_075_600_000)
    private static let earliest = start - .days(3)
    private var end: Instant { Self.start + .hours(Int64(hours)) }

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let hours = numbers.dropFirst().first ?? 24
        var rules = try Rules(devices: numbers.first ?? 1_000, hours: hours)
        try rules.measureBackfill()
        try rules.measureEngine()
    }

    private init(devices: Int, hours: Int) throws {
        self.hours = hours
        groups = try DefaultRules.groups()
        relations = try DefaultRules.relations()
        simulated = SimulatedDevices(
            count: devices,
            reported: Self.earliest...(Self.start + .hours(Int64(hours))),
            silentFrom: Self.start
        )
        known = KnownSeries(simulated.known)
        print("simulated: \(devices) devices, \(simulated.lines.count) samples")
    }

    private func source(until time: Instant, ahead: Milliseconds = .zero) -> some SeriesSource {
        KnownSource(KeptSource(simulated.lines, ahead: ahead), known, now: time)
    }

    private func show(_ what: String, _ cost: Cost, minutes: Int = 1) {
        let each = decimals(cost.cpuSeconds * 1000 / Double(minutes), 1)
        print(
            "\(what): \(decimals(cost.cpuSeconds, 2)) s of processor, \(each) ms a minute that is "
                + "judged; \(decimals(cost.wallSeconds, 1)) s by the clock"
        )
    }

    private mutating func measureBackfill() throws {
        let portion = Milliseconds.hours(12)
        var backfill = try RuleBackfill(
            groups: groups,
            relations: relations,
            isWhole: true,
            times: Self.start...end
        )
        let mark = Mark()
        try backfill.warmUp(
            notBefore: Self.earliest,
            source: source(until: Self.start, ahead: portion)
        )
        show("state before the start", mark.elapsed)
        var cost = Cost()
        var written = 0
        while let next = backfill.next {
            let last = next + portion - RuleBackfill.step
            let mark = Mark()
            let samples = try backfill.judge(
                until: last,
                source: source(until: last, ahead: portion)
            )
            cost += mark.elapsed
            for given in samples { simulated.add(given.labels, given.sample) }
            written += samples.count
        }
        let minutes = hours * 60 + 1
        show("backfill of \(hours) h, \(written) samples written", cost, minutes: minutes)
        let month = cost.cpuSeconds / Double(minutes) * 30 * 24
        print("thirty days at that: \(decimals(month, 1)) min of processor")
        let failures = groups.flatMap(\.rules).map { backfill.figures(of: $0.id).tally.failures }
        print("failed evaluations: \(failures.reduce(0, +))")
    }

    /// The gateway's own way: a minute at the present, then what came late.
    private func measureEngine() throws {
        var engine = AlertEngine(
            groups: groups,
            relations: relations,
            queryEngine: QueryEngine()
        )
        var cost = Cost()
        let minutes = 10
        for minute in 1...minutes {
            let time = end - .minutes(Int64(minutes - minute))
            let mark = Mark()
            _ = engine.evaluate(at: time, source: source(until: time))
            cost += mark.elapsed
        }
        show("\(minutes) minutes, each at its time", cost, minutes: minutes)
        for minutes in [1, 60, 360] {
            var again = engine
            let mark = Mark()
            _ = try again.reevaluate(
                from: end - .minutes(Int64(minutes)),
                to: end,
                step: RuleBackfill.step,
                source: source(until: end, ahead: .hours(12))
            )
            show("a correction of \(minutes) min", mark.elapsed, minutes: minutes + 1)
        }
    }
}
