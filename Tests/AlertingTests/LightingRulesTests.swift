import Alerting
import Telemetry
import Testing

/// A circuit of lamps through a night, minute 0 being 17:00 and switching being at minute 60.
struct LightingRulesTests {
    private static let dusk = 60
    private static let dawn = 720

    private static func lamp(_ number: Int) -> [String: String] {
        [
            "device": "lamp-\(number)", "village": "na-ech", "commune": "binh-lieu",
            "feeder": "f1", "site": "s\(number)",
        ]
    }

    /// A circuit of lamps of 40 W whose readings a function gives; nil is silence.
    private static func circuit(
        lamps: Int,
        through last: Int,
        every interval: Int = 5,
        power: (_ lamp: Int, _ minute: Int) -> Double?
    ) throws -> Scenario {
        var scenario = try Scenario(files: ["devices.yaml", "lighting.yaml"])
        scenario.add(
            "lighting_expected",
            ["feeder": "f1", "village": "na-ech"],
            minutes: 0...last
        ) { $0 >= dusk && $0 < dawn ? 1 : 0 }
        for number in 1...lamps {
            let labels = lamp(number)
            scenario.add("device_nominal_power_watts", labels, 40, minutes: 0...last)
            scenario.add(
                "device_expected_interval_seconds",
                labels,
                Double(interval * 60),
                minutes: 0...last
            )
            var heard = 0
            scenario.add("lamp_power_watts", labels, minutes: 0...last, every: interval) {
                power(number, $0)
            }
            scenario.add("device_last_message_timestamp_seconds", labels, minutes: 0...last) {
                if $0 % interval == 0, power(number, $0) != nil { heard = $0 }
                return Scenario.minute(heard).secondsSince1970
            }
            heard = 0
            scenario.add("device_up", labels, minutes: 0...last) {
                if $0 % interval == 0, power(number, $0) != nil { heard = $0 }
                return $0 - heard <= max(3 * interval, 30) ? 1 : 0
            }
        }
        return scenario
    }

    private static func normal(_ minute: Int) -> Double { minute >= dusk && minute < dawn ? 40 : 0 }

    @Test func `a lamp that is dark fires 15 minutes after it is seen, and stays until it is lit`()
        throws
    {
        var scenario = try Self.circuit(lamps: 2, through: 180) { number, minute in
            number == 1 && minute >= 100 && minute < 140 ? 1 : Self.normal(minute)
        }
        scenario.run(30...180)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("LampOffAtNight", .firing) == [115])
        #expect(scenario.minutes("LampOffAtNight", .resolved) == [155])
        #expect(scenario.minutes("FeederOutage", .pending).isEmpty)
        let alert = try #require(scenario.engine.book.past.first)
        #expect(alert.labels["device"] == "lamp-1")
        #expect(alert.severity == "minor")
        #expect(alert.annotations["description"]?.contains("1.0 W") == true)
    }

    @Test func `coarse steps over history find the same alarms`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 180) { number, minute in
            number == 1 && minute >= 100 && minute < 140 ? 1 : Self.normal(minute)
        }
        let outcome = try scenario.engine.evaluateHistory(
            from: Scenario.minute(30),
            to: Scenario.minute(180),
            step: .minutes(5),
            source: scenario.source
        )
        scenario.transitions = outcome.transitions
        #expect(scenario.minutes("LampOffAtNight", .firing) == [115])
        #expect(scenario.minutes("LampOffAtNight", .resolved) == [155])
    }

    @Test func `a lamp that is dark from dusk fires after the tolerance and the hold`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 120) { number, minute in
            number == 1 ? 0 : Self.normal(minute)
        }
        scenario.run(30...120)
        #expect(scenario.minutes("LampOffAtNight", .firing) == [Self.dusk + 20 + 15])
    }

    @Test func `a lamp that reports every half hour needs its second dark report`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 400, every: 30) { number, minute in
            number == 1 && minute >= 200 && minute < 330 ? 0 : Self.normal(minute)
        }
        scenario.run(150...400)
        // Reports at 210 and 240; the first lit one is at 330.
        #expect(scenario.minutes("LampOffAtNight", .firing) == [240])
        #expect(scenario.minutes("LampOffAtNight", .resolved) == [345])
    }

    @Test func `a lamp alarm outlives the day, for only the night can show that it is mended`()
        throws
    {
        let secondDusk = 60 + 1440
        var scenario = try Self.circuit(lamps: 2, through: 0) { _, _ in 0 }
        let last = secondDusk + 90
        for number in 1...2 {
            let labels = Self.lamp(number)
            scenario.add("device_nominal_power_watts", labels, 40, minutes: 640...last)
            scenario.add("device_expected_interval_seconds", labels, 300, minutes: 640...last)
            scenario.add("lamp_power_watts", labels, minutes: 640...last, every: 5) {
                let isNight = $0 < Self.dawn || $0 >= secondDusk
                return isNight && (number == 2 || $0 >= secondDusk) ? 40 : 0
            }
        }
        scenario.add("lighting_expected", ["feeder": "f1"], minutes: 640...last) {
            $0 < Self.dawn || $0 >= secondDusk ? 1 : 0
        }
        scenario.run(660...last)
        #expect(scenario.minutes("LampOffAtNight", .firing) == [675])
        #expect(scenario.minutes("LampOffAtNight", .resolved) == [secondDusk + 20 + 15])
        #expect(scenario.announcements.count == 2)
    }

    @Test func `a dimmed lamp is not dark and a lamp switched off by command neither`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 200) { number, minute in
            minute < 100 ? Self.normal(minute) : number == 1 ? 4.5 : 0.3
        }
        for (number, level) in [(1, 0.2), (2, 0.0)] {
            scenario.add(
                "lamp_level_target_ratio",
                Self.lamp(number),
                minutes: 0...200,
                every: 5
            ) { $0 < 100 ? 1 : level }
        }
        scenario.run(80...200)
        #expect(scenario.transitions.isEmpty, "\(scenario.transitions)")
    }

    @Test func `a lamp that goes off within 20 minutes of sunrise is no failure`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 760) { number, minute in
            minute >= Self.dawn - 20 ? 0 : Self.normal(minute)
        }
        // 0.23 degrees a minute, sunrise at the switching.
        scenario.add("sun_elevation_degrees", ["village": "na-ech"], minutes: 0...760) {
            -0.83 + 0.23 * Double($0 - Self.dawn)
        }
        scenario.run(640...760)
        #expect(scenario.transitions.isEmpty, "\(scenario.transitions.map(\.change))")
    }

    @Test func `an outage of a circuit is one alarm with its lamps as members`() throws {
        let range = 100..<150
        var scenario = try Self.circuit(lamps: 10, through: 240) { number, minute in
            number <= 7 && range.contains(minute) ? 0 : Self.normal(minute)
        }
        scenario.run(30...240)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("FeederOutage", .pending) == [100])
        #expect(scenario.minutes("FeederOutage", .firing) == [105])
        #expect(scenario.minutes("FeederOutage", .resolved) == [150])
        let outage = try #require(
            scenario.engine.book.past.first { $0.name == "FeederOutage" }
        )
        #expect(outage.labels["feeder"] == "f1")
        #expect(outage.labels["device"] == nil)
        #expect(outage.absorbedCount == 7)
        #expect(scenario.minutes("LampOffAtNight", .absorbed(by: outage.number)).count == 7)
        #expect(scenario.announcements.map(\.alert.name) == ["FeederOutage", "FeederOutage"])
        #expect(scenario.engine.book.openCount == 0)
    }

    @Test func `five dark lamps of ten are no outage`() throws {
        var scenario = try Self.circuit(lamps: 10, through: 130) { number, minute in
            number <= 5 && minute >= 100 ? 0 : Self.normal(minute)
        }
        scenario.run(90...130)
        #expect(scenario.minutes("FeederOutage", .pending).isEmpty)
        #expect(scenario.open("LampOffAtNight").count == 5)
    }

    @Test func `lamps that fall silent together are an outage too`() throws {
        let range = 101..<200
        var scenario = try Self.circuit(lamps: 5, through: 260) { _, minute in
            range.contains(minute) ? nil : Self.normal(minute)
        }
        scenario.run(80...260)
        // Last reports at 100; 15 minutes without any at 115 (the window's start is open).
        let pending = try #require(scenario.minutes("FeederOutage", .pending).first)
        #expect((115...116).contains(pending))
        #expect(scenario.minutes("FeederOutage", .firing) == [pending + 5])
        #expect(scenario.minutes("FeederOutage", .resolved) == [200])
        // G1 after 30 minutes, absorbed at once: nobody is told but of the circuit.
        #expect(scenario.minutes("DeviceSilent", .firing).count == 5)
        #expect(Set(scenario.announcements.map(\.alert.name)) == ["FeederOutage"])
    }

    @Test func `an outage of which only last gasps tell stays one alarm until there is light`()
        throws
    {
        // Every third controller has charge for one more frame, the cabinet too; then all is
        // silent, and none counts as silent before three of its reports are missing.
        let range = 121..<300
        var scenario = try Self.circuit(lamps: 9, through: 330, every: 15) { number, minute in
            guard range.contains(minute) else { return Self.normal(minute) }
            return number % 3 == 0 && minute == 135 ? 0 : nil
        }
        let labels = Self.lamp(1).merging(["device": "cabinet", "site": "cabinet"]) { $1 }
        scenario.add("feeder_power_watts", labels, minutes: -1440 ... -1140, every: 5) { _ in 360 }
        scenario.add("feeder_power_watts", labels, minutes: 60...330, every: 5) {
            $0 == 125 ? 0 : range.contains($0) ? nil : 360
        }
        scenario.run(100...330)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("FeederOutage", .firing) == [130])
        #expect(scenario.minutes("FeederOutage", .resolved) == [300])
        #expect(Set(scenario.announcements.map(\.alert.name)) == ["FeederOutage"])
    }

    @Test func `lamps that never spoke do not keep an outage open`() throws {
        let range = 100..<150
        var scenario = try Self.circuit(lamps: 5, through: 240) { _, minute in
            range.contains(minute) ? 0 : Self.normal(minute)
        }
        for number in 6...8 {
            let labels = Self.lamp(number)
            scenario.add("device_nominal_power_watts", labels, 40, minutes: 0...240)
            scenario.add("device_expected_interval_seconds", labels, 300, minutes: 0...240)
        }
        scenario.run(80...240)
        #expect(scenario.minutes("FeederOutage", .firing) == [105])
        #expect(scenario.minutes("FeederOutage", .resolved) == [150])
    }

    @Test func `a lamp of three that is broken for good does not keep an outage open`() throws {
        let range = 100..<150
        var scenario = try Self.circuit(lamps: 3, through: 240) { number, minute in
            range.contains(minute) || number == 1 && minute >= 100 ? 0 : Self.normal(minute)
        }
        scenario.run(80...240)
        #expect(scenario.minutes("FeederOutage", .resolved) == [150])
        #expect(scenario.open("LampOffAtNight").map { $0.labels["device"] } == ["lamp-1"])
    }

    @Test func `a cabinet without lamp controllers is watched by its phases`() throws {
        var scenario = try Scenario(files: ["lighting.yaml"])
        let last = 1440 + 300
        scenario.add("lighting_expected", ["feeder": "f1"], minutes: 0...last) {
            $0 % 1440 >= Self.dusk && $0 % 1440 < Self.dawn ? 1 : 0
        }
        for phase in ["a", "b", "c"] {
            let labels = [
                "device": "cabinet", "feeder": "f1", "village": "na-ech", "channel": phase,
            ]
            scenario.add("feeder_power_watts", labels, minutes: 0...last, every: 5) { minute in
                let isNight = minute % 1440 >= Self.dusk && minute % 1440 < Self.dawn
                let isOut = phase == "b" && minute >= 1440 + 120 && minute < 1440 + 200
                return isNight && !isOut ? 400 : 0.5
            }
        }
        scenario.run((1440 + 30)...last)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("FeederOutage", .firing) == [1440 + 125])
        #expect(scenario.minutes("FeederOutage", .resolved) == [1440 + 200])
    }

    @Test func `loss of supply that a cabinet reports opens an alarm by day as well`() throws {
        var scenario = try Self.circuit(lamps: 3, through: 50) { _, _ in 0 }
        let cabinet = ["device": "cabinet", "feeder": "f1", "village": "na-ech"]
        scenario.add("supply_loss", cabinet, minutes: 0...50, every: 5) { $0 >= 20 ? 1 : 0 }
        // A lamp's own flag is not its circuit's.
        scenario.add("supply_loss", Self.lamp(1), 1, minutes: 0...50, every: 5)
        scenario.run(0...50)
        #expect(scenario.minutes("FeederOutage", .firing) == [25])
    }

    @Test func `a lamp lit by day fires after 30 minutes and clears after 10 minutes off`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 900) { number, minute in
            number == 1 && minute >= 760 && minute < 850 ? 40 : Self.normal(minute)
        }
        scenario.run(700...900)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("LampOnByDay", .pending) == [760])
        #expect(scenario.minutes("LampOnByDay", .firing) == [790])
        #expect(scenario.minutes("LampOnByDay", .resolved) == [860])
    }

    @Test func `a lamp that goes on 20 minutes early is no day burner`() throws {
        var scenario = try Self.circuit(lamps: 2, through: 120) { _, minute in
            minute >= Self.dusk - 20 ? 40 : 0
        }
        scenario.run(0...120)
        #expect(scenario.minutes("LampOnByDay", .firing).isEmpty)
    }

    @Test func `a circuit lit by day stands for its lamps`() throws {
        var scenario = try Self.circuit(lamps: 3, through: 900) { _, minute in
            minute >= 760 && minute < 850 ? 40 : Self.normal(minute)
        }
        let labels = ["device": "cabinet", "feeder": "f1", "village": "na-ech"]
        scenario.add("feeder_power_watts", labels, minutes: 0...900, every: 5) {
            $0 >= 760 && $0 < 850 ? 120 : 3 * Self.normal($0)
        }
        scenario.run(700...900)
        #expect(scenario.minutes("FeederOnByDay", .firing) == [790])
        #expect(scenario.minutes("FeederOnByDay", .resolved) == [860])
        #expect(Set(scenario.announcements.map(\.alert.name)) == ["FeederOnByDay"])
        #expect(scenario.minutes("LampOnByDay", .firing).count == 3)
    }

    @Test func `simulated lamps open simulated alarms`() throws {
        var scenario = try Scenario(files: ["lighting.yaml"])
        scenario.add("lighting_expected", ["feeder": "f1"], 1, minutes: 0...120)
        for number in 1...4 {
            var labels = Self.lamp(number)
            labels["simulated"] = "true"
            scenario.add("device_nominal_power_watts", labels, 40, minutes: 0...120)
            scenario.add("lamp_power_watts", labels, 0, minutes: 0...120, every: 5)
        }
        scenario.run(30...120)
        #expect(scenario.open("FeederOutage").map(\.isSimulated) == [true])
        #expect(scenario.open("LampOffAtNight").allSatisfy { $0.isSimulated })
    }
}
