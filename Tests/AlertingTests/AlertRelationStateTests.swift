import Alerting
import Telemetry
import Testing

/// Causes and members, silence and suspension.
struct AlertRelationStateTests {
    private static let rules = """
        groups:
          - name: g
            rules:
              - alert: Silent
                expr: silence == 1
                labels: {code: G1}
              - alert: Outage
                expr: outage == 1
                labels: {code: A9}
              - alert: Dark
                expr: dark == 1
                keep_firing_for: 3m
                labels: {code: A1}
        """
    private static let relations = """
        inhibit_rules:
          - {source_matchers: [code=A9], target_matchers: ['code=~"A1|G1"'], equal: [feeder]}
        suspend_rules:
          - {source_matchers: [code=G1], target_matchers: ['code!~"G.*"'], equal: [device]}
        """

    private static func lamp(_ number: Int, _ feeder: String = "f1") -> [String: String] {
        ["device": "lamp-\(number)", "feeder": feeder]
    }

    private static func scenario() throws -> Scenario {
        try Scenario(rules: rules, relations: relations)
    }

    @Test func `members of a cause are not told and go with it`() throws {
        var scenario = try Self.scenario()
        scenario.add("outage", ["feeder": "f1"], minutes: 0...40) { $0 >= 5 && $0 < 20 ? 1 : 0 }
        for number in 1...3 {
            scenario.add("dark", Self.lamp(number), minutes: 0...40) { $0 >= 6 && $0 < 21 ? 1 : 0 }
        }
        scenario.add("dark", Self.lamp(9, "f2"), minutes: 0...40) { $0 >= 6 && $0 < 21 ? 1 : 0 }
        scenario.run(0...10)
        let outage = try #require(scenario.open("Outage").first)
        #expect(outage.absorbedCount == 3)
        #expect(scenario.engine.book.members == [outage.number: [2, 3, 4]])
        #expect(scenario.open("Dark").map(\.absorbedBy) == [1, 1, 1, nil])
        scenario.run(11...40)
        #expect(scenario.minutes("Dark", .absorbed(by: 1)) == [6, 6, 6])
        #expect(scenario.minutes("Dark", .released) == [20, 20, 20])
        #expect(scenario.announcements.map(\.alert.number) == [1, 5, 1, 5])
        #expect(scenario.engine.book.openCount == 0)
    }

    @Test func `what outlives its cause is told after a grace`() throws {
        var scenario = try Self.scenario()
        scenario.add("outage", ["feeder": "f1"], minutes: 0...60) { $0 >= 5 && $0 < 20 ? 1 : 0 }
        scenario.add("dark", Self.lamp(1), minutes: 0...60) { $0 >= 6 && $0 < 50 ? 1 : 0 }
        scenario.run(0...60)
        let told = scenario.announcements.filter { $0.alert.name == "Dark" }
        #expect(told.map(\.status) == [.firing, .resolved])
        #expect(told.first?.alert.announcedAt == Scenario.minute(35))
    }

    @Test func `a member that was told before is ended and not told again`() throws {
        var scenario = try Self.scenario()
        scenario.add("dark", Self.lamp(1), minutes: 0...60) { $0 >= 2 && $0 < 30 ? 1 : 0 }
        scenario.add("outage", ["feeder": "f1"], minutes: 0...60) { $0 >= 5 && $0 < 50 ? 1 : 0 }
        scenario.run(0...60)
        let told = scenario.announcements.filter { $0.alert.name == "Dark" }
        #expect(told.map(\.status) == [.firing, .resolved])
        #expect(told.last?.alert.absorbedBy == 2)
    }

    @Test func `causes in a ring do not absorb each other`() throws {
        let relations = """
            inhibit_rules:
              - {source_matchers: [code=A9], target_matchers: [code=A1]}
              - {source_matchers: [code=A1], target_matchers: [code=A9]}
            """
        var scenario = try Scenario(rules: Self.rules, relations: relations)
        scenario.add("outage", ["feeder": "f1"], 1, minutes: 0...5)
        scenario.add("dark", Self.lamp(1), 1, minutes: 0...5)
        scenario.run(0...5)
        #expect(scenario.engine.book.open.map(\.absorbedBy) == [2, nil])
        #expect(scenario.announcements.map(\.alert.number) == [2])
    }

    @Test func `an alert that is both source and target does not absorb its equals`() throws {
        let relations = """
            inhibit_rules:
              - {source_matchers: [feeder=f1], target_matchers: [feeder=f1], equal: [feeder]}
            """
        var scenario = try Scenario(rules: Self.rules, relations: relations)
        for number in 1...3 { scenario.add("dark", Self.lamp(number), 1, minutes: 0...5) }
        scenario.run(0...5)
        #expect(scenario.engine.book.open.allSatisfy { $0.absorbedBy == nil })
    }

    @Test func `a silent device neither opens nor resolves`() throws {
        var scenario = try Self.scenario()
        // Lamp 1 fires when it falls silent, lamp 2 would open while it is silent.
        scenario.add("dark", Self.lamp(1), minutes: 0...60) { $0 >= 2 && $0 < 10 ? 1 : 0 }
        scenario.add("dark", Self.lamp(2), minutes: 0...60) { $0 >= 12 && $0 < 50 ? 1 : 0 }
        for number in 1...2 {
            scenario.add("silence", Self.lamp(number), minutes: 0...60) {
                $0 >= 8 && $0 < 30 ? 1 : 0
            }
        }
        scenario.run(0...29)
        #expect(scenario.open("Dark").map(\.isSuspended) == [true])
        #expect(scenario.minutes("Dark", .suspended) == [8])
        scenario.run(30...60)
        #expect(scenario.minutes("Dark", .resumed) == [30])
        #expect(scenario.minutes("Dark", .resolved, device: "lamp-1") == [33])
        #expect(scenario.minutes("Dark", .firing, device: "lamp-2") == [30])
    }

    @Test func `a pending alert has no ground any more when its device is silent`() throws {
        let rules = Self.rules.replacing("keep_firing_for: 3m", with: "for: 5m")
        var scenario = try Scenario(rules: rules, relations: Self.relations)
        scenario.add("dark", Self.lamp(1), 1, minutes: 0...30)
        scenario.add("silence", Self.lamp(1), minutes: 0...30) { $0 >= 3 && $0 < 10 ? 1 : 0 }
        scenario.run(0...30)
        #expect(scenario.minutes("Dark", .dropped) == [3])
        #expect(scenario.minutes("Dark", .firing) == [15])
    }
}
