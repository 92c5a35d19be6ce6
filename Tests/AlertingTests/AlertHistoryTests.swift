import Alerting
import Foundation
import Telemetry
import TestKit
import Testing

struct AlertHistoryTests {
    private static let inhibitions = """
        inhibit_rules:
          - source_matchers: [alertname=Hot]
            target_matchers: [alertname=LongWarm]
            equal: [device]
        """

    /// The rules and the random readings of a trial, with an inhibition besides.
    private static func scenario(_ generator: inout SeededGenerator, minutes: Int) throws
        -> Scenario
    {
        var scenario = Scenario(
            groups: try BackfillTrial.groups(),
            relations: try BackfillTrial.parsedRelations().adding(
                try AlertRelations.parse(text: inhibitions, file: "i.yaml")
            )
        )
        scenario.source = BackfillTrial(&generator, last: minutes).source()
        return scenario
    }

    /// Samples in an order that does not depend on how a run was divided.
    private static func sorted(_ samples: [RuleSample]) -> [String] {
        samples.map {
            "\($0.sample.time.milliseconds) \($0.labels) \($0.sample.value.bitPattern)"
        }.sorted()
    }

    @Test func `a run over history gives what stepping gives`() throws {
        var generator = BackfillTrial.generator()
        for _ in 0..<6 {
            let whole = try Self.scenario(&generator, minutes: 120)
            let step = [1, 2, 5, 7].randomElement(using: &generator) ?? 1
            var stepped = whole
            var steps: [RuleSample] = []
            for minute in stride(from: 0, through: 120, by: step) {
                let outcome = stepped.engine.evaluate(
                    at: Scenario.minute(minute),
                    source: stepped.source
                )
                steps += outcome.samples
                stepped.transitions += outcome.transitions
                stepped.announcements += outcome.announcements
                stepped.source.add(outcome)
            }
            var run = whole
            let outcome = try run.engine.evaluateHistory(
                from: Scenario.minute(0),
                to: Scenario.minute(120),
                step: .minutes(Int64(step)),
                source: whole.source
            )
            #expect(run.engine.book == stepped.engine.book)
            #expect(outcome.transitions == stepped.transitions)
            #expect(outcome.announcements == stepped.announcements)
            #expect(Self.sorted(outcome.samples) == Self.sorted(steps))
            #expect(outcome.failureCount == 0)
            #expect(!outcome.transitions.isEmpty)
        }
    }

    @Test func `a run may be divided and the engine may be stored in between`() throws {
        var generator = BackfillTrial.generator()
        let whole = try Self.scenario(&generator, minutes: 90)
        var undivided = whole.engine
        let expected = try undivided.evaluateHistory(
            from: Scenario.minute(0),
            to: Scenario.minute(90),
            step: .minutes(1),
            source: whole.source
        )
        var divided = whole
        var transitions: [AlertTransition] = []
        var first = 0
        while first <= 90 {
            let last = min(90, first + Int.random(in: 0...20, using: &generator))
            let stored = try JSONEncoder().encode(divided.engine.book)
            let book = try JSONDecoder().decode(AlertBook.self, from: stored)
            #expect(book == divided.engine.book)
            divided.engine = AlertEngine(
                groups: divided.engine.groups,
                relations: divided.engine.relations,
                queryEngine: Scenario.queryEngine,
                book: book
            )
            let outcome = try divided.engine.evaluateHistory(
                from: Scenario.minute(first),
                to: Scenario.minute(last),
                step: .minutes(1),
                source: divided.source
            )
            transitions += outcome.transitions
            divided.source.add(outcome)
            first = last + 1
        }
        #expect(divided.engine.book == undivided.book)
        #expect(transitions == expected.transitions)
    }

    @Test func `the second judgement of unchanged data changes nothing`() throws {
        var generator = BackfillTrial.generator()
        var scenario = try Self.scenario(&generator, minutes: 90)
        scenario.run(0...90)
        let before = scenario.engine.book
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(45),
            to: Scenario.minute(90),
            step: .minutes(1),
            source: scenario.source
        )
        #expect(outcome.announcements.isEmpty)
        let numbers = Set(before.open.map(\.number))
        #expect(
            Set(scenario.engine.book.open.filter { $0.state == .firing }.map(\.number))
                .isSubset(of: numbers)
        )
        #expect(
            before.past.allSatisfy { past in
                scenario.engine.book.past.contains { $0.number == past.number }
            }
        )
    }

    private static let simple = """
        groups:
          - name: g
            rules:
              - {alert: Hot, expr: heat > 10, for: 2m}
        """

    @Test func `late data opens and clears an alert in the past without telling anybody`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], 5, minutes: 0...30, every: 3)
        scenario.run(0...30)
        #expect(scenario.engine.book.past.isEmpty)
        scenario.add("heat", ["device": "a"], minutes: 0...30) { (9...15).contains($0) ? 20 : 5 }
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(5),
            to: Scenario.minute(30),
            step: .minutes(1),
            source: scenario.source
        )
        scenario.engine.book.checkInvariants()
        #expect(outcome.announcements.isEmpty)
        let alert = try #require(scenario.engine.book.past.first)
        #expect(alert.isLate)
        #expect(alert.firedAt == Scenario.minute(11))
        #expect(alert.resolvedAt == Scenario.minute(16))
        #expect(outcome.transitions.map(\.change) == [.resolved])
    }

    @Test func `late data that opens an alert which still fires is told`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], 5, minutes: 0...30, every: 3)
        scenario.run(0...30)
        scenario.add("heat", ["device": "a"], minutes: 0...30) { $0 >= 20 ? 20 : 5 }
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(15),
            to: Scenario.minute(30),
            step: .minutes(1),
            source: scenario.source
        )
        #expect(outcome.announcements.map(\.status) == [.firing])
        #expect(scenario.open("Hot").first?.firedAt == Scenario.minute(22))
    }

    @Test func `late data that refutes an alert resolves it and ends its series`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], minutes: 0...30, every: 5) { $0 == 20 ? 20 : 5 }
        scenario.run(0...23)
        #expect(scenario.announcements.map(\.status) == [.firing])
        scenario.add("heat", ["device": "a"], 5, minutes: 21...23)
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(15),
            to: Scenario.minute(23),
            step: .minutes(1),
            source: scenario.source
        )
        #expect(outcome.announcements.map(\.status) == [.resolved])
        #expect(scenario.engine.book.openCount == 0)
        #expect(scenario.engine.book.past.map(\.resolution) == [.corrected])
        scenario.source.add(outcome)
        let firing = scenario.source.samples(of: "ALERTS").filter {
            $0.key["alertstate"] == "firing"
        }
        #expect(firing.values.flatMap { $0 }.allSatisfy { $0.value.isNaN })
        // Going on from there opens nothing.
        scenario.run(24...30)
        #expect(scenario.announcements.count == 1)
    }

    @Test func `late data that lengthens an alert keeps its number`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], minutes: 0...30) { (15...20).contains($0) ? 20 : 5 }
        scenario.run(0...30)
        scenario.add("heat", ["device": "a"], 20, minutes: 10...14)
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(5),
            to: Scenario.minute(30),
            step: .minutes(1),
            source: scenario.source
        )
        #expect(outcome.announcements.isEmpty)
        #expect(scenario.engine.book.past.map(\.number) == [1])
        #expect(scenario.engine.book.past.first?.firedAt == Scenario.minute(12))
    }

    @Test func `a run that is too long, too large or backwards is refused and changes nothing`()
        throws
    {
        var limits = AlertingLimits()
        limits.historySteps = 100
        limits.historySamples = 50
        var scenario = try Scenario(rules: Self.simple, limits: limits)
        scenario.add("heat", ["device": "a"], 20, minutes: 0...100)
        let before = scenario.engine.book
        func run(_ from: Int, _ to: Int, _ step: Milliseconds) throws {
            _ = try scenario.engine.evaluateHistory(
                from: Scenario.minute(from),
                to: Scenario.minute(to),
                step: step,
                source: scenario.source
            )
        }
        #expect(throws: AlertingError.historyTooLong(steps: 101, limit: 100)) {
            try run(0, 100, .minutes(1))
        }
        #expect(throws: AlertingError.self) { try run(0, 99, .minutes(1)) }
        #expect(throws: AlertingError.self) { try run(9, 8, .minutes(1)) }
        #expect(throws: AlertingError.self) { try run(0, 1, .zero) }
        #expect(scenario.engine.book == before)
        try run(0, 10, .minutes(1))
        #expect(scenario.open("Hot").count == 1)
    }

    @Test func `a run over history that is told to end leaves everything as it was`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "d"], 20, minutes: 0...30)
        scenario.run(0...5)
        let before = scenario.engine.book
        scenario.engine.mustEnd = { true }
        let from = Scenario.minute(6)
        #expect(throws: AlertingError.interrupted(at: from)) {
            _ = try scenario.engine.evaluateHistory(
                from: from,
                to: Scenario.minute(30),
                step: .minutes(1),
                source: scenario.source
            )
        }
        #expect(scenario.engine.book == before)
    }
}
