import PromQL
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Alerting

/// Parts of rules that are worked out for many evaluations of a run over history at once.
struct FixedPartsTests {
    /// Rules of which a part reads readings alone, and some of which fail for a time.
    private static let rules = """
        groups:
          - name: g
            rules:
              - record: hot
                expr: last_over_time(heat[10m]) > 9
              - record: hot_since
                expr: hot_since and on (device) hot or hot * 0 + time()
              - record: reported_after
                expr: timestamp(heat) > on (device) group_left () (hot_since + 90)
              - record: mean
                expr: avg_over_time(heat[10m]) unless on (device) hot
              - record: swing
                expr: >-
                  max_over_time((heat > 3)[10m:2m]) - min_over_time(heat[10m] offset 1m)
                    and on (device) (quantile_over_time(0.7, heat[8m]) or hot)
              - record: share
                expr: sum by (kind) (heat) / on (kind) max by (kind) (limit)
              - record: names
                expr: -({__name__=~"heat|limit"} and on (kind) hot)
              - record: first_heat
                expr: heat - on (device) heat @ 1773075720 + scalar(count(heat) or count(hot))
              - record: first_of_equals
                expr: topk(1, equal or on (device) hot)
              - alert: Over
                expr: >-
                  heat * 2 > on (kind) group_left () limit
                  or max by (device, kind) (heat) and on (device) ALERTS{alertname="Over"}
                for: 2m
                keep_firing_for: 3m
                annotations: {text: "{{ $value }} of {{ query `hot` | len }}"}
          - name: behind
            query_offset: 3m
            rules:
              - record: behind
                expr: changes(heat[6m]) > 1 unless on (device) hot offset 2m
          - name: seldom
            interval: 4m
            rules:
              - record: seldom
                expr: topk(2, heat) or on (device) hot
        """

    private static func scenario(_ generator: inout SeededGenerator) throws -> Scenario {
        var scenario = try Scenario(rules: rules)
        for (device, values) in BackfillTrial(&generator, last: 150).heat {
            scenario.add("heat", ["device": device, "kind": "k"], minutes: 0...150) { values[$0] }
        }
        scenario.add("limit", ["kind": "k"], 15, minutes: 0...150)
        // Not in the order of their labels, in which a query over a range gives them.
        for side in ["z", "a"] { scenario.add("equal", ["side": side], 99, minutes: 0...150) }
        // Two limits of one kind: what takes the limit of a kind fails.
        scenario.add("limit", ["kind": "k", "side": "b"], 16, minutes: 71...85)
        return scenario
    }

    private static func texts(_ samples: [RuleSample]) -> Set<String> {
        Set(samples.map { "\($0.sample.time) \($0.labels) \($0.sample.value.bitPattern)" })
    }

    @Test func `a run over history gives every bit that single evaluations give`() throws {
        var generator = BackfillTrial.generator()
        for step in [1, 2, 4] {
            var stepped = try Self.scenario(&generator)
            var run = stepped
            var samples: [RuleSample] = []
            var failures = 0
            for minute in stride(from: 0, through: 150, by: step) {
                let time = Scenario.minute(minute)
                let outcome = stepped.engine.evaluate(at: time, source: stepped.source)
                samples += outcome.samples
                failures += outcome.failureCount
                stepped.transitions += outcome.transitions
                stepped.source.add(outcome)
            }
            let outcome = try run.engine.evaluateHistory(
                from: Scenario.minute(0),
                to: Scenario.minute(150),
                step: .minutes(Int64(step)),
                source: run.source
            )
            let (left, right) = (Self.texts(outcome.samples), Self.texts(samples))
            #expect(left.subtracting(right).sorted().prefix(5) == [], "step \(step)")
            #expect(right.subtracting(left).sorted().prefix(5) == [], "step \(step)")
            #expect(outcome.transitions == stepped.transitions)
            #expect(run.engine.book == stepped.engine.book)
            #expect(outcome.failureCount == failures)
            #expect(failures > 0, "no failure proves nothing")
            let given = Set(samples.compactMap { $0.labels.metricName })
            let names = [
                "hot", "hot_since", "reported_after", "mean", "swing", "share", "names",
                "first_heat", "first_of_equals", "behind", "seldom", "ALERTS",
            ]
            #expect(given.isSuperset(of: names), "\(given)")
        }
    }

    @Test func `readings are looked for once for many evaluations`() throws {
        var generator = BackfillTrial.generator()
        let scenario = try Self.scenario(&generator)
        let source = WatchedSource(base: scenario.source)
        var engine = scenario.engine
        _ = try engine.evaluateHistory(
            from: Scenario.minute(0),
            to: Scenario.minute(60),
            step: .minutes(1),
            source: source
        )
        // Of some ten selectors only one has a function that is worked out each time.
        #expect((61..<150).contains(source.count(of: "heat")), "\(source.count(of: "heat"))")
    }

    @Test func `a run that must end does not go on with the parts`() throws {
        var generator = BackfillTrial.generator()
        let scenario = try Self.scenario(&generator)
        for patience in [1, 4] {
            let source = WatchedSource(base: scenario.source)
            var engine = scenario.engine
            let asked = Mutex(0)
            engine.mustEnd = {
                asked.withLock {
                    $0 += 1
                    return $0 > patience
                }
            }
            #expect(throws: AlertingError.interrupted(at: Scenario.minute(1))) {
                try engine.evaluateHistory(
                    from: Scenario.minute(0),
                    to: Scenario.minute(60),
                    step: .minutes(1),
                    source: source
                )
            }
            // The evaluation under way is finished, without parts.
            #expect(source.count(of: "heat") < 20)
        }
    }

    @Test func `what is too large for a stretch is evaluated each time`() throws {
        var generator = BackfillTrial.generator()
        var stepped = try Self.scenario(&generator)
        var run = stepped
        let source = WatchedSource(base: run.source)
        // Enough for each evaluation, and for no stretch.
        run.engine.queryEngine.limits.maximumPoints = 60
        var samples: [RuleSample] = []
        for minute in 0...150 {
            let time = Scenario.minute(minute)
            let outcome = stepped.engine.evaluate(at: time, source: stepped.source)
            samples += outcome.samples
            stepped.source.add(outcome)
        }
        let outcome = try run.engine.evaluateHistory(
            from: Scenario.minute(0),
            to: Scenario.minute(150),
            step: .minutes(1),
            source: source
        )
        #expect(Self.texts(outcome.samples) == Self.texts(samples))
        // Tried once and not again.
        #expect(source.count(of: "heat") > 151 * 5)
    }
}
