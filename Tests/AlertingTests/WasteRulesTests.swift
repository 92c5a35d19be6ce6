import Alerting
import Telemetry
import Testing

struct WasteRulesTests {
    private static let bin = [
        "device": "bin-1", "village": "na-ech", "commune": "binh-lieu", "route": "r1",
    ]

    private static func scenario(
        through last: Int,
        every interval: Int,
        fill: (Int) -> Double?
    ) throws -> Scenario {
        var scenario = try Scenario(files: ["waste.yaml"])
        scenario.add("bin_fullness_threshold_ratio", bin, 0.8, minutes: 0...last)
        scenario.add("bin_fill_ratio", bin, minutes: 0...last, every: interval, fill)
        return scenario
    }

    @Test(arguments: [10, 60, 360])
    func `a bin fires at its second reading above the threshold`(interval: Int) throws {
        var scenario = try Self.scenario(through: 4 * interval, every: interval) {
            $0 >= 2 * interval ? 0.85 : 0.5
        }
        scenario.run(interval...(4 * interval))
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("BinNearlyFull", .firing) == [3 * interval])
        #expect(
            scenario.open("BinNearlyFull").first?.annotations["description"]
                == "bin-1 is 85% full."
        )
    }

    @Test func `one high reading is not enough`() throws {
        var scenario = try Self.scenario(through: 120, every: 10) { $0 == 50 ? 0.95 : 0.6 }
        scenario.run(0...120)
        #expect(scenario.minutes("BinNearlyFull", .firing).isEmpty)
    }

    @Test func `a full bin clears 20 points below its threshold`() throws {
        var scenario = try Self.scenario(through: 120, every: 10) {
            $0 < 20 ? 0.5 : $0 < 50 ? 0.85 : $0 < 80 ? 0.62 : 0.59
        }
        scenario.run(0...120)
        #expect(scenario.minutes("BinNearlyFull", .firing) == [30])
        #expect(scenario.minutes("BinNearlyFull", .resolved) == [80])
    }

    private static func rounds(_ scenario: inout Scenario, through last: Int) {
        scenario.add("collection_planned", ["route": "r1"], minutes: 0...last) {
            (300..<420).contains($0 % 1440) ? 1 : 0
        }
    }

    @Test func `a bin that was not emptied is missed 4 hours after the round`() throws {
        var scenario = try Self.scenario(through: 1000, every: 30) {
            $0 < 900 ? min(0.9, 0.5 + Double($0) / 2000) : 0.05
        }
        Self.rounds(&scenario, through: 1000)
        scenario.run(290...1000)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        // The round was seen for the last time at minute 419.
        let firing = try #require(scenario.minutes("MissedCollection", .firing).first)
        #expect((659...660).contains(firing))
        #expect(scenario.minutes("MissedCollection", .resolved) == [900])
        #expect(scenario.announcements.filter { $0.alert.code == "B6" }.count == 2)
    }

    @Test func `a bin that was emptied in its round is not missed`() throws {
        var scenario = try Self.scenario(through: 1300, every: 30) {
            $0 < 360 ? 0.7 : 0.05 + Double($0 - 360) / 4000
        }
        Self.rounds(&scenario, through: 1300)
        scenario.run(290...1300)
        #expect(scenario.minutes("MissedCollection", .firing).isEmpty)
    }

    @Test func `a bin that was emptied after its round but in time is not missed`() throws {
        var scenario = try Self.scenario(through: 1300, every: 360) { $0 < 600 ? 0.7 : 0.05 }
        Self.rounds(&scenario, through: 1300)
        scenario.run(290...800)
        // The next reading is at 720: missed until then, and good after it.
        #expect(scenario.minutes("MissedCollection", .firing).count == 1)
        #expect(scenario.minutes("MissedCollection", .resolved) == [720])
    }

    @Test func `settling is no collection`() throws {
        var scenario = try Self.scenario(through: 800, every: 30) { $0 < 360 ? 0.45 : 0.2 }
        Self.rounds(&scenario, through: 800)
        scenario.run(290...800)
        #expect(scenario.minutes("MissedCollection", .firing).count == 1)
    }
}
