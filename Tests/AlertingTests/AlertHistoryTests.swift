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
        for _ in 0..<10 {
            var scenario = try Self.scenario(&generator, minutes: 90)
            scenario.run(0...90)
            let before = scenario.engine.book
            let late = Scenario.minute(Int.random(in: 20...90, using: &generator))
            let outcome = try scenario.engine.reevaluate(
                from: try #require(
                    scenario.engine.correctionStart(for: late, step: .minutes(1))
                ),
                to: Scenario.minute(90),
                step: .minutes(1),
                source: scenario.source
            )
            #expect(Self.difference(scenario.engine.book, before) == [], "\(late.rfc3339)")
            #expect(scenario.engine.book.nextNumber == before.nextNumber)
            #expect(Self.sorted(outcome.samples) == [], "\(late.rfc3339)")
            #expect(outcome.transitions.isEmpty, "\(late.rfc3339)")
            #expect(outcome.announcements.isEmpty, "\(late.rfc3339)")
        }
    }

    /// Late samples come at random; afterwards all is as if they had been there in time.
    @Test func `what was judged again is as if nothing had been late`() throws {
        var generator = BackfillTrial.generator()
        for _ in 0..<10 {
            let whole = try Self.scenario(&generator, minutes: 90)
            var timely = whole
            timely.run(0...90)
            var late = whole
            let held = late.source.take("heat") { time in
                time > Scenario.minute(15) && Int.random(in: 0..<8, using: &generator) == 0
            }
            var waiting = held
            for minute in 0...90 {
                let latest = Scenario.minute(minute == 90 ? 90 : minute - 3)
                let due = waiting.filter { $0.sample.time <= latest }
                waiting.removeAll { $0.sample.time <= latest }
                for (labels, sample) in due { late.source.add(labels, sample) }
                late.run(minute...minute)
                guard let earliest = due.map(\.sample.time).min() else { continue }
                let outcome = try late.engine.reevaluate(
                    from: try #require(
                        late.engine.correctionStart(for: earliest, step: .minutes(1))
                    ),
                    to: Scenario.minute(minute),
                    step: .minutes(1),
                    source: late.source
                )
                late.engine.book.checkInvariants()
                late.source.add(outcome)
            }
            #expect(!held.isEmpty)
            let results = Set(BackfillTrial.results(late.source))
            let expected = Set(BackfillTrial.results(timely.source))
            #expect(results.subtracting(expected) == [], "wrong")
            #expect(expected.subtracting(results) == [], "missing")
            let (told, timelyTold) = (Self.told(late.engine.book), Self.told(timely.engine.book))
            #expect(told.symmetricDifference(timelyTold) == [])
        }
    }

    /// Alerts that are not the same in two books.
    private static func difference(_ book: AlertBook, _ other: AlertBook) -> [String] {
        let (left, right) = (Set(book.open + book.past), Set(other.open + other.past))
        return left.symmetricDifference(right).map { alert in
            let side = left.contains(alert) ? "found" : "expected"
            let times = [
                alert.activeAt, alert.firedAt, alert.resolvedAt, alert.goneAt, alert.releasedAt,
                alert.announcedAt,
            ].map { $0.map { "\(($0 - Scenario.start).count / 60_000)" } ?? "-" }
            return "#\(alert.number) \(alert.labels) \(times) \(alert.state) by "
                + "\(alert.absorbedBy ?? 0) has \(alert.absorbedCount) "
                + "\(alert.isSuspended) \(alert.value) \(side)"
        }.sorted()
    }

    /// What a book says of alerts but their numbers, what receivers were told, and the values,
    /// which may be those of the first judgement where the second gives none; refuted ones count
    /// for nothing.
    private static func told(_ book: AlertBook) -> Set<String> {
        let alerts = book.open + book.past.filter { $0.resolution != .corrected }
        return Set(
            alerts.map { alert in
                let times = [alert.activeAt, alert.firedAt, alert.resolvedAt]
                    .map { $0?.rfc3339 ?? "-" }
                return "\(alert.labels) \(times) \(alert.state) has \(alert.absorbedCount)"
            }
        )
    }

    @Test func `what was pending and was dropped is pending since the same time`() throws {
        var scenario = try Scenario(rules: Self.simple)
        scenario.add("heat", ["device": "a"], minutes: 0...20) { [9, 10].contains($0) ? 20 : 5 }
        scenario.run(0...20)
        #expect(scenario.engine.book.past.isEmpty)
        scenario.add("heat", ["device": "a"], 20, minutes: 11...11)
        let outcome = try scenario.engine.reevaluate(
            from: try #require(
                scenario.engine.correctionStart(for: Scenario.minute(11), step: .minutes(1))
            ),
            to: Scenario.minute(20),
            step: .minutes(1),
            source: scenario.source
        )
        let alert = try #require(scenario.engine.book.past.first)
        #expect(alert.activeAt == Scenario.minute(9))
        #expect(alert.firedAt == Scenario.minute(11))
        #expect(alert.resolvedAt == Scenario.minute(12))
        let times = outcome.samples.filter { $0.labels["alertstate"] == "firing" }
        #expect(times.map(\.sample.time) == [Scenario.minute(11), Scenario.minute(12)])
    }

    @Test func `what was evaluated in the midst of a slot is judged again at that time`() throws {
        let rules = Self.simple.replacingOccurrences(
            of: "rules:",
            with: "interval: 5m\n    rules:"
        )
        var scenario = try Scenario(rules: rules)
        scenario.add("heat", ["device": "a"], 20, minutes: 0...7)
        // The gateway begins at 7: as if the slot of 5 had been missed.
        scenario.run(7...7)
        #expect(scenario.open("Hot").count == 1)
        let outcome = try scenario.engine.reevaluate(
            from: Scenario.minute(7),
            to: Scenario.minute(7),
            step: .minutes(1),
            source: scenario.source
        )
        #expect(outcome.samples.isEmpty)
        #expect(scenario.open("Hot").first?.activeAt == Scenario.minute(7))
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
        // Two samples a minute, three when it begins to fire.
        #expect(throws: AlertingError.historyTooLarge(samples: 51, limit: 50)) {
            try run(0, 99, .minutes(1))
        }
        let (from, to) = (Scenario.minute(9), Scenario.minute(8))
        #expect(
            throws: AlertingError.historyBackwards(from: from, to: to, step: .minutes(1))
        ) {
            try run(9, 8, .minutes(1))
        }
        #expect(throws: AlertingError.historyBackwards(from: to, to: from, step: .zero)) {
            try run(8, 9, .zero)
        }
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
