import Alerting
import Telemetry
import Testing

struct DeviceRulesTests {
    private static let device = ["device": "d1", "village": "na-ech", "commune": "binh-lieu"]

    /// A device whose messages come at given minutes.
    private static func scenario(
        intervalSeconds: Double,
        through last: Int,
        files: [String] = ["devices.yaml"],
        isHeard: (Int) -> Bool
    ) throws -> Scenario {
        var scenario = try Scenario(files: files)
        scenario.add(
            "device_expected_interval_seconds",
            device,
            intervalSeconds,
            minutes: 0...last
        )
        var heard = 0
        scenario.add("device_last_message_timestamp_seconds", device, minutes: 0...last) {
            if isHeard($0) { heard = $0 }
            return Scenario.minute(heard).secondsSince1970
        }
        return scenario
    }

    @Test(arguments: [(60.0, 30), (600.0, 30), (1200.0, 60), (3600.0, 180)])
    func `a device is silent after three intervals and not before half an hour`(
        interval: Double,
        minutes: Int
    ) throws {
        let back = 10 + minutes + 20
        var scenario = try Self.scenario(intervalSeconds: interval, through: back + 10) {
            $0 <= 10 || $0 >= back
        }
        scenario.run(0...(back + 10))
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("DeviceSilent", .firing) == [10 + minutes + 1])
        #expect(scenario.minutes("DeviceSilent", .resolved) == [back])
    }

    @Test func `without the broker silent devices are members of its alarm`() throws {
        var scenario = try Self.scenario(intervalSeconds: 60, through: 100) { $0 < 5 || $0 >= 60 }
        scenario.add("langso_broker_connected", [:], minutes: 0...100) {
            (5..<60).contains($0) ? 0 : 1
        }
        scenario.run(0...100)
        #expect(scenario.minutes("BrokerLinkDown", .firing) == [7])
        #expect(scenario.minutes("DeviceSilent", .firing) == [35])
        #expect(Set(scenario.announcements.map(\.alert.name)) == ["BrokerLinkDown"])
    }

    @Test func `a silent device suspends the alarms on its values`() throws {
        var scenario = try Self.scenario(
            intervalSeconds: 300,
            through: 200,
            files: ["devices.yaml", "water.yaml"]
        ) { $0 < 30 || $0 >= 150 }
        // The tank is low when its sensor falls silent, and refilled when it is heard again.
        scenario.add("water_tank_fill_ratio", Self.device, minutes: 0...200, every: 5) {
            $0 < 30 ? 0.25 : $0 >= 150 ? 0.8 : nil
        }
        scenario.run(0...200)
        #expect(scenario.minutes("TankLow", .firing) == [10])
        let silent = try #require(scenario.minutes("DeviceSilent", .firing).first)
        #expect(scenario.minutes("TankLow", .suspended) == [silent])
        // The last value leaves the rule's window at 85; the alarm is not resolved for it.
        #expect(scenario.minutes("TankLow", .resolved) == [150])
    }

    @Test(
        arguments: [
            ("water_tank_fill_ratio", "TankLevelFlat", 360),
            ("water_pressure_pascals", "PressureFlat", 60),
            ("water_ph", "AcidityFlat", 180), ("water_turbidity_ntu", "TurbidityFlat", 120),
            ("water_dissolved_oxygen_milligrams_per_litre", "DissolvedOxygenFlat", 180),
        ])
    func `a value that does not move is flat after the time of its kind`(
        metric: String,
        name: String,
        minutes: Int
    ) throws {
        var scenario = try Scenario(files: ["devices.yaml"])
        let last = minutes + 200
        scenario.add(metric, Self.device, minutes: 0...last, every: 15) {
            $0 <= 30 || $0 > minutes + 120 ? 1 + Double($0) / 1000 : 1.5
        }
        scenario.run(30...last)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        // The last moving value is that of minute 30; it leaves the window so much later.
        let firing = try #require(scenario.minutes(name, .firing).first)
        #expect((30 + minutes...31 + minutes).contains(firing), "\(firing)")
        #expect(scenario.minutes(name, .resolved) == [minutes + 135 - minutes % 15])
    }

    @Test func `a new sensor and one with gaps are not judged flat`() throws {
        var scenario = try Scenario(files: ["devices.yaml"])
        scenario.add("water_ph", Self.device, 7, minutes: 200...330, every: 10)
        scenario.add("water_turbidity_ntu", Self.device, 1, minutes: 0...330, every: 110)
        scenario.run(200...330)
        #expect(scenario.transitions.isEmpty)
    }
}
