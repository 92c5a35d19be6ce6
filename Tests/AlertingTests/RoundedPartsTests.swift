import PromQL
import Telemetry
import TestKit
import Testing

@testable import Alerting

/// A run over history that may round gives what one does that may not, but for rounding.
struct RoundedPartsTests {
    /// Rules that read nothing of what rules give, beside those of the trial that do.
    private static let rules = """
        groups:
          - name: free
            rules:
              - {record: level, expr: "quantile_over_time(0.5, heat[20m])"}
              - {alert: Rising, expr: "deriv(heat[9m]) > 0.004", for: 2m}
              - {alert: Gone, expr: "absent(heat) or absent_over_time(heat[3m])"}
              - {alert: Clock, expr: "minute() % 7 == 3"}
              - {alert: Count, expr: scalar(count(heat)) < bool 3}
              - {alert: Fixed, expr: "heat @ 1773078000 > 9"}
              - {alert: Turning, expr: heat @ end() > 9 and heat offset 5m > 9}
              - {alert: Lasting, expr: "max_over_time((heat > bool 9)[10m:2m]) > 0"}
              - {alert: Any, expr: 'count({__name__=~".+"}) > 12'}
              - {alert: Pair, expr: heat > on () group_left () heat}
              - {alert: Wide, expr: "avg_over_time(heat[5m + step()]) > 9"}
          - name: rare
            interval: 4m
            query_offset: 90s
            rules:
              - {record: rare_heat, expr: "sum by (device) (heat)"}
              - {alert: Rare, expr: "avg_over_time(heat[8m]) > 8"}
        """

    /// What happened, without the digits of values: sums are added in another order.
    private static func changes(_ outcome: EvaluationOutcome) -> [String] {
        outcome.transitions.map {
            "\($0.time.milliseconds) \($0.change) \($0.alert.labels)"
        }.sorted()
    }

    /// What was recorded, in the order of its labels and times.
    private static func samples(_ outcome: EvaluationOutcome) -> [(name: String, value: Double)] {
        outcome.samples.map { sample in
            let value = sample.sample.value
            let isMarker = value.bitPattern == RuleSample.staleMarker.bitPattern
            let name = "\(sample.sample.time.milliseconds) \(sample.labels) \(isMarker)"
            return (name, isMarker ? 0 : value)
        }.sorted { $0.name < $1.name }
    }

    @Test func `a run that may round reads less and tells the same`() throws {
        var generator = BackfillTrial.generator()
        for step: Int64 in [1, 3] {
            let groups =
                try BackfillTrial.groups()
                + (try RuleFile.parse(text: Self.rules, file: "free.yaml").groups)
            let source = BackfillTrial(&generator, last: 180).source()
            var outcomes: [EvaluationOutcome] = []
            var reads: [Int] = []
            for mayRound in [false, true] {
                let watched = WatchedSource(base: source)
                var engine = AlertEngine(
                    groups: groups,
                    relations: try BackfillTrial.parsedRelations(),
                    queryEngine: Scenario.queryEngine
                )
                engine.mayRound = mayRound
                outcomes.append(
                    try engine.evaluateHistory(
                        from: Scenario.minute(1),
                        to: Scenario.minute(180),
                        step: .minutes(step),
                        source: watched
                    )
                )
                reads.append(watched.sampleCount)
            }
            // Of rules that read what rules give nothing is saved.
            #expect(reads[1] < reads[0])
            #expect(Self.changes(outcomes[0]) == Self.changes(outcomes[1]))
            let (single, rounded) = (Self.samples(outcomes[0]), Self.samples(outcomes[1]))
            #expect(single.map(\.name) == rounded.map(\.name))
            for (one, other) in zip(single, rounded) where !(one.value.isNaN && other.value.isNaN) {
                #expect(abs(one.value - other.value) < 1e-9, "\(one.name)")
            }
            // A rule that fails does so at the same times.
            #expect(outcomes[0].tallies == outcomes[1].tallies)
            #expect(outcomes[0].failureCount > 0)
            let names = Set(outcomes[0].transitions.map(\.alert.name))
            for name in ["Rising", "Clock", "Turning", "Lasting", "Any", "Rare", "Hot", "Mean"] {
                #expect(names.contains(name), "\(name) never opens, which proves nothing")
            }
        }
    }
}
