import Alerting
import Telemetry
import Testing

struct WaterRulesTests {
    private static let tank = ["device": "tank-1", "village": "na-ech", "commune": "binh-lieu"]
    private static let sonde = ["device": "sonde-1", "village": "na-ech", "commune": "binh-lieu"]

    @Test(
        arguments: [
            ("TankLow", 0.29, 0.31, 0.33), ("TankVeryLow", 0.14, 0.16, 0.18),
            ("TankHigh", 0.91, 0.89, 0.87), ("TankOverflow", 0.99, 0.97, 0.95),
        ])
    func `a tank's level is held for 10 minutes and clears 2 points away`(
        name: String,
        bad: Double,
        between: Double,
        good: Double
    ) throws {
        var scenario = try Scenario(files: ["water.yaml"])
        scenario.add("water_tank_fill_ratio", Self.tank, minutes: 0...80) {
            $0 < 10 ? 0.6 : $0 < 40 ? bad : $0 < 60 ? between : good
        }
        scenario.run(0...80)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes(name, .pending) == [10])
        #expect(scenario.minutes(name, .firing) == [20])
        #expect(scenario.minutes(name, .resolved) == [60])
    }

    @Test func `a nearly empty tank is told of once`() throws {
        var scenario = try Scenario(files: ["water.yaml"])
        scenario.add("water_tank_fill_ratio", Self.tank, minutes: 0...40) { $0 < 10 ? 0.6 : 0.1 }
        scenario.run(0...40)
        #expect(scenario.announcements.map(\.alert.name) == ["TankVeryLow"])
        #expect(
            scenario.open("TankLow").first?.absorbedBy == scenario.open("TankVeryLow").first?.number
        )
    }

    @Test(
        arguments: [
            ("water_ph", "AcidityOutsideLimits", 7.0, 8.7),
            ("water_ph", "AcidityOutsideLimits", 7.0, 5.8),
            ("water_turbidity_ntu", "TurbidityOutsideLimits", 0.5, 2.5),
            ("water_chlorine_free_milligrams_per_litre", "ChlorineOutsideLimits", 0.5, 1.2),
            ("water_chlorine_free_milligrams_per_litre", "ChlorineOutsideLimits", 0.5, 0.1),
        ])
    func `water quality needs three readings outside and 30 minutes inside`(
        metric: String,
        name: String,
        good: Double,
        bad: Double
    ) throws {
        var scenario = try Scenario(files: ["water.yaml"])
        scenario.add(metric, Self.sonde, minutes: 0...140, every: 5) {
            // One reading inside restarts the count; one outside restarts the clearing.
            [20, 30, 35, 40, 45, 65].contains($0) ? bad : good
        }
        scenario.add("device_expected_interval_seconds", Self.sonde, 300, minutes: 0...140)
        scenario.run(0...140)
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes(name, .firing) == [40])
        let resolved = try #require(scenario.minutes(name, .resolved).first)
        #expect((95...96).contains(resolved))
    }

    @Test func `a sonde that reports every 15 minutes is judged by three readings`() throws {
        var scenario = try Scenario(files: ["water.yaml"])
        scenario.add("water_ph", Self.sonde, minutes: 0...200, every: 15) { $0 >= 60 ? 9 : 7 }
        scenario.add("device_expected_interval_seconds", Self.sonde, 900, minutes: 0...200)
        scenario.run(30...200)
        // Readings at 60, 75, 90; the last one inside, at 45, leaves the window at 91.
        let firing = try #require(scenario.minutes("AcidityOutsideLimits", .firing).first)
        #expect((91...92).contains(firing))
    }

    private static let meter = ["device": "dma-1", "zone": "z1", "village": "na-ech"]

    /// Nights of 15-minute flow whose lowest value a function gives; minute 0 is midnight.
    private static func nights(_ count: Int, flow: (Int) -> Double?) throws -> Scenario {
        var scenario = try Scenario(files: ["water.yaml"])
        for night in 0..<count {
            let midnight = night * 1440
            scenario.add(
                "water_flow_cubic_metres_per_hour",
                meter,
                minutes: midnight...(midnight + 1439),
                every: 15
            ) { minute in
                let inDay = minute % 1440
                guard let lowest = flow(night) else { return nil }
                return (120..<240).contains(inDay) ? lowest + (inDay == 180 ? 0 : 0.4) : lowest + 3
            }
            scenario.run((midnight + 236)...(midnight + 246))
        }
        return scenario
    }

    @Test func `a leak fires after its second night and clears after two nights below`() throws {
        let scenario = try Self.nights(18) { night in
            (10..<14).contains(night) ? 1.35 : 1.0 + 0.05 * Double(night % 3)
        }
        #expect(scenario.faults.isEmpty, "\(scenario.faults)")
        #expect(scenario.minutes("NightFlowRise", .firing) == [11 * 1440 + 240])
        #expect(scenario.minutes("NightFlowRise", .resolved) == [15 * 1440 + 240])
        let alert = try #require(scenario.announcements.first).alert
        #expect(alert.labels["zone"] == "z1")
        #expect(alert.annotations["description"]?.contains("1.35 m³/h") == true)
    }

    @Test func `one high night is no leak`() throws {
        let scenario = try Self.nights(16) { $0 == 10 || $0 == 12 ? 1.5 : 1.0 }
        #expect(scenario.minutes("NightFlowRise", .firing).isEmpty)
    }

    @Test func `a leak of weeks does not become its own normal`() throws {
        let scenario = try Self.nights(34) { $0 >= 10 ? 1.5 : 1.0 }
        #expect(scenario.minutes("NightFlowRise", .firing) == [11 * 1440 + 240])
        #expect(scenario.open("NightFlowRise").count == 1)
    }

    @Test func `a rise within 20 percent and a meter with a short past say nothing`() throws {
        let small = try Self.nights(16) { $0 >= 10 ? 1.15 : 1.0 }
        #expect(small.transitions.isEmpty)
        let young = try Self.nights(6) { $0 >= 4 ? 2 : 1.0 }
        #expect(young.transitions.isEmpty)
    }
}
