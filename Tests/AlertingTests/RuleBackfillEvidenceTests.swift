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

    @Test(arguments: [
        (window: "6h", hours: "2h", offset: "30m"),
        (window: "step() + 3h * 2", hours: "max_of(2h, range())", offset: "(1h / 2)"),
    ])
    func `a rule that looks back beyond what is kept is refused with the earliest time`(
        window: String,
        hours: String,
        offset: String
    ) throws {
        let groups = try Self.groups(
            """
            groups:
              - name: g
                rules:
                  - {record: mean, expr: 'avg_over_time(heat[\(window)])'}
                  - {record: never, expr: 'avg_over_time(heat[step():1m] offset 9d)'}
                  - {record: trend, expr: mean - mean offset 1d}
                  - {record: rounds, expr: (rounds or vector(0)) + 1}
                  - alert: Odd
                    expr: max_over_time(deriv(trend[1h])[\(hours):] offset \(offset)) > 1
            """
        )
        let horizon = Scenario.start
        let reach = Milliseconds.hours(33) + .minutes(35)
        func warmUp(from start: Instant, keptSince: Instant?) throws {
            var backfill = try RuleBackfill(
                groups: groups,
                isWhole: true,
                times: start...(start + .hours(1)),
                queryEngine: Scenario.queryEngine
            )
            if let keptSince {
                let source = ScenarioSource()
                try backfill.warmUp(notBefore: start, keptSince: keptSince, source: source)
            } else {
                try backfill.warmUp(notBefore: start, source: ScenarioSource())
            }
        }
        let refusal = AlertingError.historyForgotten(
            rule: "Odd",
            reach: reach,
            keptSince: horizon,
            earliest: horizon + reach
        )
        #expect(throws: refusal) {
            try warmUp(from: horizon + reach - .minutes(1), keptSince: horizon)
        }
        #expect(refusal.description.contains("rule Odd so early: it looks back 1d9h35m"))
        try warmUp(from: horizon + reach, keptSince: horizon)
        // Nothing gave way: what is stored is all that there ever was.
        try warmUp(from: horizon, keptSince: nil)
    }

    @Test func `samples between the evaluations of a rule are not ended`() throws {
        let groups = try Self.groups(
            """
            groups:
              - name: g
                interval: 5m
                rules:
                  - {record: double, expr: heat * 2}
            """
        )
        var source = ScenarioSource()
        let labels = Labels(metric: "double", ["device": "a"])
        let other = Labels(metric: "double", ["device": "b"])
        Self.add(Labels(metric: "heat", ["device": "a"]), 0...10, 3, to: &source)
        Self.add(labels, 0...20, 7, to: &source)
        Self.add(labels, [12], RuleSample.staleMarker, to: &source)
        Self.add(other, 3...6, 7, to: &source)
        let (backfill, _) = try BackfillTrial.backfill(
            &source,
            0...22,
            groups: groups,
            ends: [2, 7, 8]
        )
        func shown(_ labels: Labels) -> [String] {
            (source.samples(of: "double")[labels] ?? []).map {
                $0.value.isNaN ? "stale" : "\(Int($0.value))"
            }
        }
        let expected = Array(repeating: "6", count: 15) + ["stale", "7", "7", "7", "7", "stale"]
        #expect(shown(labels) == expected)
        #expect(shown(other) == ["7", "7", "stale", "7"])
        let figures = backfill.figures(of: groups[0].rules[0].id)
        #expect(figures.replaced == 15)
        #expect(figures.ended == 3)
        let (_, again) = try BackfillTrial.backfill(&source, 0...22, groups: groups)
        #expect(again.isEmpty, "\(again.prefix(3))")
    }

    @Test func `a group is evaluated at the first minute of a slot, also at the start`() throws {
        let groups = try Self.groups(
            "groups: [{name: g, interval: 90s, rules: [{record: double, expr: heat * 2}]}]"
        )
        var source = ScenarioSource()
        let labels = Labels(metric: "double")
        Self.add(Labels(metric: "heat"), 0...8, 3, to: &source)
        Self.add(labels, [2, 3, 5, 6, 8], 6, to: &source)
        var backfill = try RuleBackfill(
            groups: groups,
            isWhole: true,
            times: Scenario.minute(2)...Scenario.minute(8),
            queryEngine: Scenario.queryEngine
        )
        try backfill.warmUp(notBefore: Scenario.minute(2), source: source)
        let given = try backfill.judge(until: .distantFuture, source: source)
        #expect(given.isEmpty, "\(given)")
        #expect(backfill.figures(of: groups[0].rules[0].id).unchanged == 5)
    }

    private static func rule(_ expression: String, labels: String, file: String) throws
        -> [RuleGroup]
    {
        let rule = "{record: mean_heat, expr: \(expression), labels: {\(labels)}}"
        return try groups("groups: [{name: g, rules: [\(rule)]}]", file: file)
    }

    @Test func `a series that a rule outside the backfill could have given is not touched`()
        throws
    {
        let other = try Self.rule("heat", labels: "kind: k, of: x", file: "other.yaml")
        let own = try Self.rule("heat * 2", labels: "kind: k", file: "own.yaml")
        var source = ScenarioSource()
        Self.add(Labels(metric: "heat", ["device": "a", "of": "x"]), 0...5, 1, to: &source)
        Self.add(Labels(metric: "heat", ["device": "b"]), 0...5, 1, to: &source)
        func series(_ device: String, _ more: [String: String] = [:]) -> Labels {
            let labels = ["device": device, "kind": "k"].merging(more) { first, _ in first }
            return Labels(metric: "mean_heat", labels)
        }
        let foreign = [series("a", ["of": "x"]), series("c", ["of": "x"])]
        for labels in foreign { Self.add(labels, 0...5, 1, to: &source) }
        Self.add(series("d"), 0...5, 1, to: &source)
        let (_, given) = try BackfillTrial.backfill(&source, 0...5, groups: own, besides: other)
        #expect(Set(given.map(\.labels)) == [series("b"), series("d")])
        for labels in foreign {
            let kept = source.samples(of: "mean_heat")[labels]
            #expect(kept?.map(\.value) == Array(repeating: 1, count: 6))
        }
    }

    @Test func `a rule that another one outside the backfill equals is refused`() throws {
        let own = try Self.rule("heat * 2", labels: "kind: k", file: "own.yaml")
        let equal = try Self.rule("heat", labels: "kind: k", file: "other.yaml")
        let wide = try Self.rule("heat", labels: "", file: "other.yaml")
        var source = ScenarioSource()
        Self.add(Labels(metric: "heat"), 0...5, 1, to: &source)
        let refusal = AlertingError.ruleInForce(name: "mean_heat", other: equal[0].rules[0].id)
        #expect(throws: refusal) {
            try BackfillTrial.backfill(&source, 0...5, groups: own, besides: equal)
        }
        let (_, given) = try BackfillTrial.backfill(&source, 0...5, groups: own, besides: wide)
        #expect(given.count == 6)
    }

    @Test func `a group fails while nobody can read what suspends its alerts`() throws {
        var generator = BackfillTrial.generator()
        let trial = BackfillTrial(&generator, last: 60)
        let live = try trial.judged(trial.source(), through: 60)
        let groups = try BackfillTrial.groups().filter { $0.name == "g" }
        var backfill = try RuleBackfill(
            groups: groups,
            relations: try BackfillTrial.parsedRelations(),
            isWhole: false,
            times: Scenario.minute(20)...Scenario.minute(60),
            queryEngine: Scenario.queryEngine
        )
        try backfill.warmUp(notBefore: Scenario.minute(20), source: live)
        let watched = WatchedSource(base: live, fails: "alertstate")
        let given = try backfill.judge(until: .distantFuture, source: watched)
        #expect(given.isEmpty, "\(given.prefix(3))")
        for rule in groups[0].rules {
            let tally = backfill.figures(of: rule.id).tally
            #expect(tally.failures == 41)
            #expect(tally.firstFailure?.reason.contains("suspending alerts") == true)
        }
    }

    @Test func `annotations of suspended alerts are not expanded`() throws {
        let rules = """
            groups:
              - name: g
                rules:
                  - {alert: Silent, expr: silent > 0}
                  - alert: Hot
                    expr: heat > 5
                    annotations: {text: '{{ query "note" }}'}
            """
        var scenario = try Scenario(rules: rules, relations: BackfillTrial.suspensions)
        scenario.add("heat", ["device": "a"], 7, minutes: 0...10)
        scenario.add("silent", ["device": "a"], minutes: 0...10) { $0 < 3 ? 1 : 0 }
        let watched = WatchedSource(base: scenario.source)
        for minute in 0...2 {
            _ = scenario.engine.evaluate(at: Scenario.minute(minute), source: watched)
        }
        #expect(watched.count(of: "note") == 0)
        for minute in 3...4 {
            _ = scenario.engine.evaluate(at: Scenario.minute(minute), source: watched)
        }
        #expect(watched.count(of: "note") > 0)
    }

    private static let copies = """
        groups:
          - name: g
            rules:
              - {record: copy, expr: heat}
              - {alert: Hot, expr: heat > 100, for: 3h}
        """

    @Test func `what is remembered of the time before a backfill has a limit`() throws {
        var source = ScenarioSource()
        Self.add(Labels(metric: "heat", ["device": "a"]), 0...300, 1, to: &source)
        func warmUp(limit: Int) throws {
            var limits = AlertingLimits()
            limits.backfillSamples = limit
            var backfill = try RuleBackfill(
                groups: try Self.groups(Self.copies),
                isWhole: true,
                times: Scenario.minute(300)...Scenario.minute(300),
                queryEngine: Scenario.queryEngine,
                limits: limits
            )
            try backfill.warmUp(notBefore: Scenario.minute(0), source: source)
        }
        #expect(throws: AlertingError.warmUpTooLarge(samples: 21, limit: 20)) {
            try warmUp(limit: 20)
        }
        // Of the 185 minutes those are forgotten at which no rule looks any more.
        try warmUp(limit: 70)
    }

    @Test func `one minute that gives too much is not to be divided`() throws {
        var source = ScenarioSource()
        for device in ["a", "b", "c"] {
            Self.add(Labels(metric: "heat", ["device": device]), 0...5, 1, to: &source)
        }
        var limits = AlertingLimits()
        limits.backfillSamples = 2
        let groups = try Self.groups(Self.copies)
        let refusal = AlertingError.minuteTooLarge(at: Scenario.minute(0), samples: 3, limit: 2)
        #expect(throws: refusal) {
            try BackfillTrial.backfill(&source, 0...5, groups: groups, limits: limits)
        }
        #expect(!refusal.description.contains("divide"))
    }
}
