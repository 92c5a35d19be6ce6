import Alerting
import Telemetry
import TestKit
import Testing

/// What a second judgement takes as known of the time before it, and what it leaves.
struct CorrectionTests {
    /// Judges a stretch again up to the last evaluation.
    private static func reevaluate(
        _ scenario: inout Scenario,
        from first: Int,
        to last: Int
    ) throws -> EvaluationOutcome {
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(first),
            to: Scenario.minute(last),
            step: .minutes(1),
            source: scenario.source
        )
        scenario.engine.book.checkInvariants()
        scenario.source.add(outcome)
        return outcome
    }

    /// The values of a series by minute.
    private static func values(_ metric: String, _ scenario: Scenario) -> [Int: Double] {
        var values: [Int: Double] = [:]
        for sample in scenario.source.samples(of: metric).values.flatMap({ $0 }) {
            values[Int((sample.time - Scenario.start).count / 60_000)] = sample.value
        }
        return values
    }

    /// The group lies five minutes behind, its first rule looks four minutes ahead.
    private static let behind = """
        groups:
          - name: g
            query_offset: 5m
            rules:
              - {record: ahead, expr: heat offset -4m}
              - {record: twice, expr: ahead * 2}
        """

    @Test func `what rules behind the time gave for times before the start is judged again`()
        throws
    {
        var scenario = try Scenario(rules: Self.behind)
        scenario.add("heat", ["device": "a"], 1, minutes: 0...20)
        scenario.run(0...16)
        scenario.add("heat", ["device": "a"], 7, minutes: 10...10)
        _ = try Self.reevaluate(&scenario, from: 10, to: 16)
        // The evaluation at 11 is that of minute 6 and reads minute 10.
        #expect(Self.values("ahead", scenario)[6] == 7)
        #expect(Self.values("twice", scenario)[6] == 14)
        #expect(Self.values("twice", scenario)[7] == 2)
    }

    @Test func `after a clock was set back rules behind the time see what they give anew`() throws {
        var scenario = try Scenario(rules: Self.behind)
        scenario.add("heat", ["device": "a"], 1, minutes: 0...30)
        scenario.run(0...20)
        scenario.engine.setBack(to: Scenario.minute(12))
        scenario.add("heat", ["device": "a"], 7, minutes: 12...30)
        scenario.run(13...13)
        #expect(Self.values("ahead", scenario)[8] == 7)
        #expect(Self.values("twice", scenario)[8] == 14)
    }

    @Test func `rules far behind the time see what they gave before the store shows it`() throws {
        var scenario = try Scenario(
            rules: """
                groups:
                  - name: g
                    query_offset: 1h
                    rules:
                      - {record: rounds, expr: (rounds offset 1m or vector(0)) + 1}
                """
        )
        scenario.writesBack = false
        var rounds: [Double] = []
        for minute in 0...4 {
            let time = Scenario.minute(minute)
            let outcome = scenario.engine.evaluate(at: time, source: scenario.source)
            rounds += outcome.samples.map(\.sample.value)
        }
        #expect(rounds == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [("10m", 7, "0s"), ("5m30s", 0, "0s"), ("5m30s", 4, "7m"), ("90s", 0, "2m")])
    func `a slow group goes on from its last evaluation, wherever in its slot that was`(
        interval: String,
        begin: Int,
        offset: String
    ) throws {
        var scenario = try Scenario(
            rules: """
                groups:
                  - name: slow
                    interval: \(interval)
                    query_offset: \(offset)
                    rules:
                      - {record: rounds, expr: (rounds or vector(0)) + 1}
                      - {alert: Many, expr: rounds > 2, for: 8m}
                """
        )
        scenario.run(begin...45)
        let whole = BackfillTrial.results(scenario.source, isExact: true)
        #expect(whole.count { $0.contains("rounds") } >= 5)
        for first in (begin + 1)...45 {
            var again = scenario
            let outcome = try Self.reevaluate(&again, from: first, to: 45)
            #expect(outcome.samples.isEmpty, "\(first): \(outcome.samples.prefix(3))")
            #expect(outcome.transitions.isEmpty, "\(first)")
            #expect(again.engine.book == scenario.engine.book, "\(first)")
        }
    }

    private static let outage = """
        groups:
          - name: g
            rules:
              - {alert: Outage, expr: outage == 1, labels: {code: A9}}
              - {alert: Dark, expr: dark == 1, labels: {code: A1}}
        """
    private static let causes = """
        inhibit_rules:
          - {source_matchers: [code=A9], target_matchers: [code=A1], equal: [feeder]}
        """

    @Test func `a cause counts the members that it has after a correction`() throws {
        var scenario = try Scenario(rules: Self.outage, relations: Self.causes)
        scenario.add("outage", ["feeder": "f1"], minutes: 0...40) { (5...20).contains($0) ? 1 : 0 }
        for number in 1...3 {
            scenario.add("dark", ["device": "\(number)", "feeder": "f1"], minutes: 0...40) {
                (6...25).contains($0) ? 1 : 0
            }
        }
        scenario.run(0...15)
        func count() -> Int? {
            (scenario.engine.book.open + scenario.engine.book.past)
                .first { $0.name == "Outage" }?.absorbedCount
        }
        #expect(count() == 3)
        // Lamp 1 was never dark, and lamp 2 for a minute.
        scenario.add("dark", ["device": "1", "feeder": "f1"], 0, minutes: 6...25)
        scenario.add("dark", ["device": "2", "feeder": "f1"], 0, minutes: 7...15)
        _ = try Self.reevaluate(&scenario, from: 5, to: 15)
        #expect(count() == 2)
        // What outlives the cause was its member all the same.
        scenario.run(16...24)
        #expect(count() == 3, "lamp 2 is dark again")
        #expect(scenario.open("Dark").allSatisfy { $0.absorbedBy == nil })
        for first in [24, 18, 12, 5] {
            _ = try Self.reevaluate(&scenario, from: first, to: 24)
            #expect(count() == 3, "again from \(first)")
        }
        // The outage is over at once: only what was dark then was its member.
        scenario.add("outage", ["feeder": "f1"], 0, minutes: 7...20)
        _ = try Self.reevaluate(&scenario, from: 5, to: 24)
        #expect(count() == 2)
    }

    private static let kept = """
        groups:
          - name: g
            rules:
              - {alert: Hot, expr: heat > 10, keep_firing_for: 12h}
        """

    @Test func `a correction goes back for kept alerts no further than it may`() throws {
        var scenario = try Scenario(rules: Self.kept)
        scenario.add("heat", ["device": "a"], minutes: 0...1_000) { $0 == 2 ? 20 : 5 }
        scenario.run(0...600)
        let late = Scenario.minute(500)
        func start(notBefore earliest: Int) -> Instant? {
            scenario.engine.correctionStart(
                for: late,
                step: .minutes(1),
                notBefore: Scenario.minute(earliest)
            )
        }
        #expect(start(notBefore: -500) == Scenario.minute(500 - 720))
        #expect(start(notBefore: 240) == Scenario.minute(240))
        #expect(start(notBefore: 500) == late)
        // Late samples themselves are the caller's to choose.
        #expect(start(notBefore: 550) == late)
    }
}
