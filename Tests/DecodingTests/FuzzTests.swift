import Foundation
import Telemetry
import TestKit
import Testing

@testable import Decoding

/// Random and damaged input: every message either decodes to sound readings or is refused for a
/// reason.
struct FuzzTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    private static let seeds: [(Family, String, String)] = [
        (
            .chirpstack, "application/1/device/70b3d57ed0061a2f/event/up",
            #"{"deduplicationId":"5b0f6d0e","time":"2026-01-14T05:12:33.401+00:00","deviceInfo":{"#
                + #""devEui":"70b3d57ed0061a2f"},"devAddr":"01a2b3c4","fCnt":4711,"fPort":85,"#
                + #""data":"AXVXA4JYAgQAAA==","object":{"battery":3},"rxInfo":[{"gwTime":"#
                + #""2026-01-14T05:12:33.398+00:00","rssi":-97,"snr":7.2},{"rssi":-99}]}"#
        ),
        (
            .chirpstack, "application/rx",
            #"{"devEUI":"70b3d57ed0061a2f","fCnt":1,"fPort":85,"data":"AXVX","rxInfo":[{"rssi":-5,"#
                + #""loRaSNR":3,"time":"2026-01-14T05:12:33Z"}]}"#
        ),
        (
            .theThingsStack, "v3/app@t/devices/lamp/up",
            #"{"end_device_ids":{"device_id":"lamp","dev_eui":"70B3D57ED0061A2F"},"received_at":"#
                + #""2026-01-14T05:12:33.401Z","#
                + #""uplink_message":{"session_key_id":"AY0","f_port":85,"#
                + #""f_cnt":881,"frm_payload":"AXVXA4JYAgQAAA==","rx_metadata":[{"time":"#
                + #""2026-01-14T05:12:33Z","rssi":-101,"snr":5.5}],"last_battery_percentage":{"#
                + #""value":74.2,"received_at":"2026-01-14T05:00:01Z"}}}"#
        ),
        (
            .helium, "helium/x",
            #"{"dev_eui":"70B3D57ED0061A2F","devaddr":"07","fcnt":71,"port":85,"payload":"AXVX","#
                + #""reported_at":1768367550000,"decoded":{"payload":{"a":1}},"#
                + #""hotspots":[{"rssi":-1,"#
                + #""snr":-3.8}]}"#
        ),
        (
            .senml, "water/1/senml",
            #"[{"bn":"urn:dev:1:","bt":1768367520,"bu":"m3","bv":1,"n":"volume","v":1523.4},{"n":"#
                + #""flow","u":"m3/s","v":0.00042},{"n":"leak","vb":false},"#
                + #"{"n":"volume","t":-3600,"#
                + #""v":2},{"n":"x","vs":"a"}]"#
        ),
        (
            .tasmota, "tele/lamp/SENSOR",
            #"{"Time":"2026-01-14T12:12:11","ENERGY":{"Total":412.3,"Power":72,"Voltage":231}}"#
        ),
        (
            .plainJSON, "bins/1",
            #"{"properties":{"fill_lvl":6,"fill_thres":8,"serial_num":7,"status":"NOT_READY","#
                + #""timestamp":"2026-01-14T05:09","lat":"-37.8","lon":"144.7"}}"#
        ),
    ]

    private static func decoder() throws -> MessageDecoder {
        let library = try ProfileExampleTests.library()
        func rule(_ filter: String, _ family: Family, _ profile: String) throws -> SubscriptionRule
        {
            SubscriptionRule(
                topicFilter: try #require(TopicFilter(filter)),
                family: family,
                profile: profile
            )
        }
        return MessageDecoder(
            rules: [
                try rule("application/#", .chirpstack, "milesight-em310-udl"),
                try rule("v3/#", .theThingsStack, "milesight-em310-udl"),
                try rule("helium/#", .helium, "milesight-em310-udl"),
                try rule("water/#", .senml, "senml-water-point"),
                try rule("tele/#", .tasmota, "tasmota-lamp"),
                try rule("bins/+", .plainJSON, "wyndham-bin-b"),
            ],
            library: library
        )
    }

    private static func check(_ message: DecodedMessage) {
        for reading in message.readings {
            #expect(reading.value.isFinite)
            if reading.quality == .accepted {
                #expect(reading.quantity.range.contains(reading.value))
            }
        }
        #expect(message.time <= now + .minutes(5))
        #expect(message.time >= now - .days(30))
    }

    @Test(arguments: 0..<7)
    func `damaged messages of each family decode soundly or are refused`(place: Int) throws {
        let (family, topic, text) = Self.seeds[place]
        var generator = SeededGenerator(seed: 100 + UInt64(place))
        var decoder = try Self.decoder()
        let whole = try decoder.decode(
            topic: topic,
            payload: Array(text.utf8),
            receivedAt: Self.now
        )
        #expect(!whole.readings.isEmpty)
        var reasons: [String: Int] = [:]
        for _ in 0..<3000 {
            let payload = DamagedBytes.of(Array(text.utf8), &generator)
            do throws(DecodingError) {
                Self.check(
                    try decoder.decode(topic: topic, payload: payload, receivedAt: Self.now)
                )
                reasons["decoded", default: 0] += 1
            } catch {
                reasons[error.reason, default: 0] += 1
                #expect(!error.description.isEmpty)
            }
        }
        print("seed \(generator.seed), \(family): \(reasons.sorted { $0.key < $1.key })")
        #expect(reasons["not_json", default: 0] > 0)
        #expect(reasons["decoded", default: 0] > 0)
    }

    @Test func `random bytes are never taken for JSON that is not there`() {
        var generator = SeededGenerator(seed: 7)
        print("seed \(generator.seed)")
        var document = JSONDocument()
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let bytes = (0..<count).map { _ in
                DamagedBytes.telling.randomElement(using: &generator) ?? 0
            }
            var isTaken = true
            do throws(DecodingError) {
                try document.parse(bytes.span, limits: DecodingLimits())
            } catch {
                isTaken = false
                #expect(document.nodes.isEmpty)
            }
            if isTaken {
                #expect(document.bytes.count == bytes.count + 1)
                #expect(Int(document.nodes[0].next) == document.nodes.count)
            }
        }
    }

    @Test func `random payloads through every profile decode soundly or are refused`() throws {
        var generator = SeededGenerator(seed: 8)
        print("seed \(generator.seed)")
        let library = try ProfileExampleTests.library()
        var decodedCount = 0
        for profile in library.profiles {
            for port in [1, 2, 3, 5, 10, 85, 100, 103] {
                for _ in 0..<40 {
                    let count = Int.random(in: 0..<60, using: &generator)
                    let payload = (0..<count).map { _ in
                        UInt8.random(in: 0...255, using: &generator)
                    }
                    do throws(DecodingError) {
                        let message = try profile.decode(
                            payload: payload,
                            port: port,
                            receivedAt: Self.now
                        )
                        Self.check(message)
                        decodedCount += 1
                    } catch {
                        #expect(!error.reason.isEmpty)
                    }
                }
            }
        }
        #expect(decodedCount > 100)
    }

    @Test func `every example cut after any byte decodes soundly or is refused`() throws {
        let profile = try #require(try ProfileExampleTests.library()["axioma-qalcosonic-w1"])
        let whole = [UInt8](repeating: 0x20, count: 47)
        for length in 0..<47 where length != 9 && length != 0 {
            #expect(throws: DecodingError.self) {
                _ = try profile.decode(
                    payload: Array(whole[..<length]),
                    port: 100,
                    receivedAt: Self.now
                )
            }
        }
        _ = try profile.decode(payload: whole, port: 100, receivedAt: Self.now)
    }
}
