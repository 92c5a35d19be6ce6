import Decoding
import Ingest
@testable import Gateway
import MQTT
import Replay
import Telemetry
import TestKit
import Testing

/// The five recordings of others, published to a real broker, through the whole gateway.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct RecordingReplayTests {
    private struct Played {
        let gateway: GatewayUnderTest
        let broker: BrokerProcess
        let folder: TemporaryFolder
        let messages: Int
        let end: Instant
    }

    /// Plays files through a gateway that believes old clocks; nil where the recording is absent.
    private func play(
        _ mapping: String,
        _ items: [String],
        _ filter: String,
        _ family: Family,
        _ profile: String,
        change: (inout SubscriptionRule) -> Void = { _ in }
    ) async throws -> Played? {
        let files = items.compactMap { SharedMaterial.path("real-data/\($0)") }
        guard files.count == items.count else { return nil }
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-recording")
        let parsed = Decoding.TopicFilter(filter)
        var rule = SubscriptionRule(
            topicFilter: try #require(parsed),
            family: family,
            profile: profile,
            clock: ClockPolicy(maximumAge: .days(36_500))
        )
        change(&rule)
        let gateway = try await GatewayUnderTest.connected(folder, port: broker.port, rule: rule)
        let tool = ReplayTool(
            broker: BrokerSettings(host: "127.0.0.1", port: broker.port, clientID: "replay"),
            mapping: try ShippedMappings.mapping(named: mapping + ".yaml"),
            pace: .unpaced
        )
        let done = try await tool.run(
            files,
            now: GatewayRuntime.systemClock(),
            progress: { _ in },
            fault: { Issue.record("\($0)") }
        )
        let count = done.reduce(0) { $0 + $1.messages }
        try await gateway.wait(forMessages: UInt64(count))
        let last = done.compactMap { $0.time.flatMap { Instant(rfc3339: $0) } }.max()
        let end = try #require(last)
        return Played(gateway: gateway, broker: broker, folder: folder, messages: count, end: end)
    }

    private func number(_ lines: [String]) -> Double? {
        lines.first?.split(separator: " ").dropFirst(2).first.flatMap { Double($0) }
    }

    @Test func `the lighting cabinet's three nights can be asked for`() async throws {
        guard
            let played = try await play(
                "street-lighting-cabinet",
                ["street-lighting-cabinet/cabinet_phase1_days0-2.csv"],
                "lighting/+/+",
                .plainJSON,
                "lighting-cabinet-phase"
            )
        else { return }
        #expect(played.messages == 4261)
        let counters = played.gateway.runtime.worker.figures.ingest
        #expect(counters.undecodedMessages.isEmpty)
        let clocks = try await played.gateway.query(
            "sum(count_over_time(device_clock_error_seconds[1d]))",
            at: GatewayRuntime.systemClock()
        )
        // Times of a recording are those of a clock that is years behind.
        let wrong = UInt64(number(clocks) ?? 0)
        #expect(wrong > 0)
        #expect(counters.storedSamples - wrong == 4261 * 3, "power, voltage and when it spoke")
        let count = try await played.gateway.query(
            "sum(count_over_time(feeder_power_watts[4d]))",
            at: played.end
        )
        #expect(number(count) == 4261)
        let highest = try await played.gateway.query(
            "max(max_over_time(feeder_power_watts[4d]))",
            at: played.end
        )
        #expect((6800...7100).contains(number(highest) ?? 0))
        try await played.gateway.stop()
    }

    @Test func `both layouts of the bins end in one metric, faults apart`() async throws {
        guard
            let played = try await play(
                "waste-bins-2018",
                ["waste-bins/bins_2018-08-13.jsonl"],
                "bins/feed/+",
                .plainJSON,
                "wyndham-bin-a"
            ),
            let later = try await play(
                "waste-bins-2021",
                ["waste-bins/bins_2021_snapshots.jsonl"],
                "bins/+",
                .plainJSON,
                "wyndham-bin-b"
            )
        else { return }
        // Four bins of 2021 report a fault and a fill of 0 in each snapshot.
        let rejected = later.gateway.runtime.worker.figures.ingest.rejectedReadings
        #expect(rejected["device_fault"] == 12, "a bin in fault is not an empty bin")
        for (one, devices) in [(played, 32.0), (later, 32.0)] {
            let heard = try await one.gateway.query(
                "count(count by (device) (last_over_time({device!=\"\"}[10d])))",
                at: one.end + .days(1)
            )
            #expect(number(heard) == devices)
            let fullest = try await one.gateway.query(
                "max(last_over_time(bin_fill_ratio[10d]))",
                at: one.end + .days(1)
            )
            #expect((0.6...1).contains(number(fullest) ?? -1))
            try await one.gateway.stop()
        }
    }

    @Test func `ten zones' inflow keeps each hour of the clock change`() async throws {
        guard
            let played = try await play(
                "water-dma-inflow",
                ["water-dma-inflow/inflow_2021.csv"],
                "water/+/data",
                .plainJSON,
                "dma-inflow"
            )
        else { return }
        let zones = try await played.gateway.query(
            "count(last_over_time(water_flow_cubic_metres_per_hour[2d]))",
            at: played.end
        )
        #expect(number(zones) == 10)
        // 2021-10-31 in Rome has 25 hours: from 2021-10-30T22:00Z to 2021-10-31T23:00Z.
        let end = try #require(Instant(rfc3339: "2021-10-31T22:30:00Z"))
        let hours = try await played.gateway.query(
            "max(count_over_time(water_flow_cubic_metres_per_hour[25h]))",
            at: end
        )
        #expect(number(hours) == 25)
        try await played.gateway.stop()
    }

    @Test func `sondes' sentinels never reach the metric`() async throws {
        guard
            let played = try await play(
                "water-quality-sonde-tony-grove",
                ["water-quality-sonde/tony_grove_2019_h1.csv"],
                "river/+",
                .plainJSON,
                "lro-sonde"
            )
        else { return }
        #expect(played.messages == 17_337)
        let lowest = try await played.gateway.query(
            "min(min_over_time(water_temperature_celsius[200d]))",
            at: played.end
        )
        #expect((number(lowest) ?? -1000) > -5)
        let rejected = played.gateway.runtime.worker.figures.ingest.rejectedReadings
        #expect(rejected.values.reduce(0, +) > 0)
        try await played.gateway.stop()
    }

    @Test func `repeated LoRaWAN frames are stored once`() async throws {
        guard
            let played = try await play(
                "lorawan-helium-elsys-ems",
                ["lorawan-uplinks/helium_elsys_ems.jsonl"],
                "helium/#",
                .helium,
                "elsys-ems"
            )
        else { return }
        #expect(played.messages == 600)
        let counters = played.gateway.runtime.worker.figures.ingest
        #expect(counters.duplicateMessages == 173)
        let count = try await played.gateway.query(
            "sum(count_over_time(air_temperature_celsius[4000d]))",
            at: played.end + .days(1)
        )
        #expect(number(count) == 427)
        try await played.gateway.stop()
    }

    @Test func `ChirpStack events of two devices are read, status messages among them`()
        async throws
    {
        guard
            let played = try await play(
                "lorawan-chirpstack-v3-weather-station",
                ["lorawan-uplinks/chirpstack_v3_weather_station.jsonl"],
                "application/+",
                .chirpstack,
                "wyres-base",
                change: { rule in
                    rule.payloadEncoding = .hexadecimal
                    rule.archiveTime = JSONPath("_timestamp")
                }
            )
        else { return }
        #expect(played.messages == 250)
        let counters = played.gateway.runtime.worker.figures.ingest
        #expect(counters.undecodedMessages.isEmpty, "\(counters.undecodedMessages)")
        #expect(counters.storedSamples > 400)
        try await played.gateway.stop()
    }
}
