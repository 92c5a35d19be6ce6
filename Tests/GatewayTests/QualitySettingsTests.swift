import ConfigurationText
@testable import Gateway
import QualityControl
import Telemetry
import Testing

/// What an operator can say of the checks of readings.
@Suite struct QualitySettingsTests {
    private static let least = """
        name: Bình Liêu
        data: /var/lib/langso
        broker: {host: 127.0.0.1}
        subscriptions:
          - {topic: application/+/device/+/event/+, family: chirpstack}
        quality:

        """

    private func policy(_ text: String) throws -> QualityPolicy {
        try GatewaySettings.parse(text: Self.least + text, file: "/l.yaml", environment: [:])
            .quality
    }

    @Test func `what is said of a device goes before what is said of its quantities`() throws {
        let policy = try policy(
            """
              quantities:
                water.ph: {range: [4, 11], sentinels: [-9999, 7999], flat_after: 3h}
                water.volume: {flat_after: 7d, fastest_change: 6}
              devices:
                W-1:
                  water.ph: {flat_after: off, spike_factor: 30, flat_readings: 10, least_shift: 0.4}
            """
        )
        let acidity = try #require(Quantity.named("water.ph"))
        let volume = try #require(Quantity.named("water.volume"))
        var expected = QualityLimits(range: 4...11, sentinels: [-9999, 7999], flatAfter: .hours(3))
        expected.spikeFactor = QualityLimits.standardSpikeFactor
        expected.leastShift = 0.2
        #expect(policy.limits(of: acidity, device: "W-2") == expected)
        expected.flatAfter = nil
        expected.spikeFactor = 30
        expected.flatReadings = 10
        expected.leastShift = 0.4
        #expect(policy.limits(of: acidity, device: "W-1") == expected)
        let counter = QualityLimits(flatAfter: .days(7), fastestChangePerHour: 6, isCounter: true)
        #expect(policy.limits(of: volume, device: "W-1") == counter)
    }

    @Test func `a number of equal readings needs a flat line somewhere above it`() throws {
        let policy = try policy(
            """
              quantities:
                air.noise: {flat_after: 3h}
                water.ph: {flat_readings: 9}
              devices:
                W-1: {air.noise: {flat_readings: 9}}
            """
        )
        let noise = try #require(Quantity.named("air.noise"))
        #expect(policy.limits(of: noise, device: "W-1").flatReadings == 9)
        #expect(policy.limits(of: noise, device: "W-2").flatReadings == 6)
    }

    @Test(
        arguments: [
            (
                "{quantities: {water.pH: {flat_after: 3h}}}",
                "there is no quantity 'water.pH'; there are water.volume, water.volume_reverse, "
            ),
            (
                "{quantities: {ph: {flat_after: 3h}}}",
                "there is no quantity 'ph'; their names begin with air., battery., bin., "
            ),
            (
                "{quantities: {air.noise: {flat_readings: 9}}}",
                "no flat line is looked for in air.noise, so that this has no effect"
            ),
            (
                "{devices: {W-1: {air.noise: {flat_readings: 9}}}}",
                "no flat line is looked for in air.noise, so that this has no effect"
            ),
            ("{quantities: {water.ph: {flat: 3h}}}", "unknown key"),
            ("{quantities: {water.ph: {range: [11, 4]}}}", "expected a range such as [0, 14]"),
            ("{quantities: {water.ph: {flat_after: 400d}}}", "a value may rest for 365d at most"),
            ("{quantities: {water.ph: {spike_factor: 0}}}", "expected a number above 0, or off"),
            ("{quantities: {water.volume: {spike_factor: 6}}}", "spikes are found in gauges alone"),
            ("{quantities: {water.ph: {flat_readings: 1}}}", "1 is outside 2 to 100000"),
        ])
    func `what cannot be is a fault with its line`(text: String, fault: String) throws {
        let found = #expect(throws: ConfigurationFaults.self) { try policy("  " + text) }
        let words = try #require(found?.faults.map(\.description))
        #expect(words.count == 1)
        #expect(words.first?.hasPrefix("/l.yaml:7:") == true, "\(words)")
        #expect(words.first?.contains(fault) == true, "\(words)")
    }
}
