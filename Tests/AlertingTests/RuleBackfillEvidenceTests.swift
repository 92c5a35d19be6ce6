import Alerting
import Telemetry
import TestKit
import Testing

/// What a backfill must leave as it is.
struct RuleBackfillEvidenceTests {
    private static func groups(_ text: String, file: String = "test.yaml") throws -> [RuleGroup] {
        try RuleFile.parse(text: text, file: file).groups
    }

    private static func add(
        _ labels: Labels,
        _ minutes: some Sequence<Int>,
        _ value: Double,
        to source: inout ScenarioSource
    ) {
        for minute in minutes {
            source.add(labels, Sample(time: Scenario.minute(minute), value: value))
        }
    }

    private static let limited = """
        groups:
          - name: g
            limit: 1
            rules:
              - {record: limited, expr: heat > 5}
          - name: after
            rules:
              - {record: after, expr: limited * 2}
        """

    /// A rule that fails in the minutes 3 to 8, with what it gave when it did not.
    private static func limitedSource() -> ScenarioSource {
        var source = ScenarioSource()
        add(Labels(metric: "heat", ["device": "a"]), 0...10, 7, to: &source)
        for minute in 0...10 {
            let labels = Labels(metric: "heat", ["device": "b"])
            add(labels, [minute], (3...8).contains(minute) ? 7 : 1, to: &source)
        }
        add(Labels(metric: "limited", ["device": "a"]), 0...10, 7, to: &source)
        add(Labels(metric: "after", ["device": "a"]), 0...10, 14, to: &source)
        return source
    }

    @Test func `what is stored of a rule stays at times at which it fails`() throws {
        var source = Self.limitedSource()
        let groups = try Self.groups(Self.limited)
        let (backfill, given) = try BackfillTrial.backfill(&source, 0...10, groups: groups)
        #expect(given.isEmpty, "\(given.prefix(3))")
        #expect(backfill.figures(of: groups[0].rules[0].id).tally.failures == 6)
        #expect(backfill.figures(of: groups[1].rules[0].id).unchanged == 11)
    }

    @Test func `a correction leaves what is stored of a rule where it fails`() throws {
        var scenario = try Scenario(rules: Self.limited)
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(0),
            to: Scenario.minute(10),
            step: .minutes(1),
            source: Self.limitedSource()
        )
        #expect(outcome.failureCount == 6)
        let ended = outcome.samples.filter(\.isStaleMarker)
        #expect(ended.isEmpty, "\(ended.prefix(3))")
    }
}
