import Alerting
import Foundation
import Telemetry
import Testing

struct AlertBookTests {
    private static let rules = """
        groups:
          - name: g
            rules:
              - alert: Hot
                expr: >-
                  heat > 10
                  or heat > 5 and on (device) ALERTS{alertname="Hot", alertstate="firing"}
                for: 2m
        """

    private static func restarted(_ scenario: Scenario, rules: String = rules) throws -> Scenario {
        let stored = try JSONEncoder().encode(scenario.engine.book)
        var next = try Scenario(
            rules: rules,
            book: try JSONDecoder().decode(AlertBook.self, from: stored)
        )
        next.source = scenario.source
        return next
    }

    @Test func `a restart neither opens alerts anew nor tells of them again`() throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], minutes: 0...40) { $0 >= 3 && $0 < 30 ? 20 : 4 }
        scenario.run(0...10)
        #expect(scenario.announcements.count == 1)
        var next = try Self.restarted(scenario)
        next.run(11...40)
        #expect(next.announcements.map(\.status) == [.resolved])
        #expect(next.announcements.first?.alert.number == 1)
        #expect(next.minutes("Hot", .firing).isEmpty)
    }

    @Test func `a pending alert goes on counting after a restart`() throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], minutes: 0...40) { $0 >= 3 ? 20 : 4 }
        scenario.run(0...4)
        var next = try Self.restarted(scenario)
        next.run(5...10)
        #expect(next.minutes("Hot", .firing) == [5])
    }

    @Test func `a clock that was ahead loses no alert and leaves no time in the future`() throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], minutes: 0...40) { $0 >= 3 && $0 < 30 ? 20 : 4 }
        scenario.add("heat", ["device": "b"], minutes: 100_000...100_040) { _ in 20 }
        scenario.run(0...10)
        scenario.run(100_000...100_010)
        let numbers = scenario.engine.book.open.map(\.number)
        scenario.engine.setBack(to: Scenario.minute(11))
        let book = scenario.engine.book
        book.checkInvariants()
        #expect(book.open.map(\.number) == numbers)
        let times = (book.open + book.past).flatMap {
            [$0.activeAt, $0.firedAt, $0.resolvedAt, $0.announcedAt, $0.goneAt].compactMap { $0 }
        }
        #expect(times.allSatisfy { $0 <= Scenario.minute(11) }, "\(times)")
        scenario.run(11...40)
        #expect(scenario.engine.book.openCount == 0)
        // "a" ended when only "b" had readings; it is told again, and each that began has ended.
        let told = Dictionary(grouping: scenario.announcements, by: \.status)
            .mapValues { $0.map(\.alert.number).sorted() }
        #expect(told[.firing] == [1, 2, 3])
        #expect(told[.resolved] == [1, 2, 3])
        scenario.engine.book.checkInvariants()
    }

    @Test(arguments: [true, false])
    func `hysteresis outlives two hours without the program`(writesBack: Bool) throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.writesBack = writesBack
        scenario.add("heat", ["device": "a"], minutes: 0...200) {
            $0 < 6 ? 20 : $0 < 160 ? 7 : 4
        }
        scenario.run(0...20)
        var next = try Self.restarted(scenario)
        next.writesBack = writesBack
        next.run(140...200)
        #expect(next.minutes("Hot", .firing).isEmpty)
        #expect(next.minutes("Hot", .resolved) == [160])
    }

    @Test func `an alert that was resolved just before a kill does not come back`() throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], minutes: 0...20) {
            $0 < 6 ? 20 : $0 == 6 ? 4 : 7
        }
        scenario.run(0...5)
        // The samples of the last evaluation are lost, the book is not.
        scenario.writesBack = false
        scenario.run(6...6)
        #expect(scenario.engine.book.openCount == 0)
        var next = try Self.restarted(scenario)
        next.run(7...20)
        #expect(next.transitions.isEmpty)
    }

    @Test func `alerts of a rule that was taken away are resolved and told`() throws {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], 20, minutes: 0...40)
        scenario.run(0...10)
        var next = try Self.restarted(
            scenario,
            rules: Self.rules.replacing("alert: Hot", with: "alert: Other")
        )
        next.run(11...11)
        #expect(next.announcements.map(\.status) == [.resolved])
        #expect(next.announcements.first?.alert.resolution == .ruleRemoved)
    }

    @Test func `every field of a book is stored`() throws {
        var scenario = try Scenario(rules: Self.rules.replacing("heat > 10", with: "heat != 1"))
        scenario.add("heat", ["device": "a"], minutes: 0...9) { $0 < 7 ? .infinity : 1 }
        scenario.add("heat", ["device": "b", "village": "Nà Ếch"], .nan, minutes: 0...9)
        scenario.run(0...9)
        let book = scenario.engine.book
        #expect(book.openCount == 1)
        #expect(book.past.count == 1)
        let stored = try JSONEncoder().encode(book)
        let restored = try JSONDecoder().decode(AlertBook.self, from: stored)
        // NaN is not equal to itself, so the texts are compared.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(restored) == encoder.encode(book))
        #expect(restored.open.first?.value.isNaN == true)
        #expect(restored.past.first?.value == .infinity)
    }

    @Test(
        arguments: [
            ("\"version\":1", "\"version\":2", "version 2"),
            ("\"nextNumber\":2", "\"nextNumber\":1", "never given"),
            ("\"state\":\"firing\"", "\"state\":\"resolved\"", "is over"),
            ("\"value\":\"20.0\"", "\"value\":\"x\"", ""),
        ])
    func `a damaged book is refused with its reason`(old: String, new: String, reason: String)
        throws
    {
        var scenario = try Scenario(rules: Self.rules)
        scenario.add("heat", ["device": "a"], 20, minutes: 0...5)
        scenario.run(0...5)
        let text = String(
            decoding: try JSONEncoder().encode(scenario.engine.book),
            as: UTF8.self
        )
        let damaged = text.replacing(old, with: new)
        #expect(damaged != text)
        do {
            _ = try JSONDecoder().decode(AlertBook.self, from: Data(damaged.utf8))
            Issue.record("taken: \(damaged)")
        } catch {
            #expect(reason.isEmpty || "\(error)".contains(reason), "\(error)")
        }
    }
}
