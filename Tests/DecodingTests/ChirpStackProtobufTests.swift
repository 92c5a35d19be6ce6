import Protobuf
import Telemetry
import TestKit
import Testing

@testable import Decoding

/// ChirpStack's events in protobuf mean what the same events in JSON mean.
struct ChirpStackProtobufTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)
    private static let topic = "application/a81e/device/70b3d57ed0061a2f/event/"
    /// 2026-01-14T05:12:33Z.
    private static let second: UInt64 = 1_768_367_553

    private static func decoder(_ profile: String? = "milesight-em310-udl") throws
        -> MessageDecoder
    {
        MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("application/#")),
                    family: .chirpstack,
                    profile: profile
                )
            ],
            library: try ProfileExampleTests.library().overlaid(
                with: try ProfileLibrary(folder: [
                    ProfileText(file: "object", text: objectProfile)
                ])
            )
        )
    }

    /// Reads what the server's own codec decoded.
    private static let objectProfile = """
        id: test-object
        manufacturer: test
        model: object
        title: Object
        kind: bin
        source: test
        families: [chirpstack]
        messages:
          - json:
              - {quantity: battery.voltage, path: battery_mV, unit: mV}
              - {quantity: bin.tilt, path: "nested.list[1]"}
              - {quantity: water.leak, path: leak}
              - {quantity: lamp.level, path: word, map: {"h\\u00e9 \\"x\\"": 40}}
        """

    private static func time(
        _ writer: inout ProtobufWriter,
        _ field: UInt64,
        _ nanoseconds: UInt64
    ) {
        writer.nested(field) { time in
            time.variable(1, second)
            time.variable(2, nanoseconds)
        }
    }

    private static func head(_ writer: inout ProtobufWriter) {
        writer.bytes(1, "5b0f6d0e-3f0b-4c55-9e52-6c1f6a9d2a11".utf8)
        time(&writer, 2, 401_000_000)
        writer.nested(3) { info in
            info.bytes(7, "tank-03".utf8)
            info.bytes(8, "70b3d57ed0061a2f".utf8)
            // A tag: a field that is not read.
            info.nested(9) { tag in
                tag.bytes(1, "site".utf8)
                tag.bytes(2, "north".utf8)
            }
        }
    }

    private static func gateway(
        _ writer: inout ProtobufWriter,
        rssi: Int32,
        snr: Float,
        nanoseconds: UInt64?
    ) {
        writer.nested(12) { gateway in
            gateway.bytes(1, "0016c001f1500812".utf8)
            gateway.variable(6, UInt64(bitPattern: Int64(rssi)))
            gateway.fixed32(7, snr.bitPattern)
            if let nanoseconds { time(&gateway, 3, nanoseconds) }
        }
    }

    private static func uplink(_ change: (inout ProtobufWriter) -> Void = { _ in }) -> [UInt8] {
        var writer = ProtobufWriter()
        head(&writer)
        writer.bytes(4, "01a2b3c4".utf8)
        writer.variable(5, 1)
        gateway(&writer, rssi: -110, snr: -3, nanoseconds: 100_000_000)
        writer.variable(7, 4711)
        writer.variable(8, 85)
        writer.bytes(10, [0x01, 0x75, 0x57])
        gateway(&writer, rssi: -97, snr: 7.2, nanoseconds: 398_400_000)
        change(&writer)
        return writer.bytes
    }

    private static let head =
        #""deduplicationId":"5b0f6d0e-3f0b-4c55-9e52-6c1f6a9d2a11","#
        + #""time":"2026-01-14T05:12:33.401+00:00","#
        + #""deviceInfo":{"deviceName":"tank-03","devEui":"70b3d57ed0061a2f"}"#

    private static func decode(_ event: String, _ payload: [UInt8]) throws -> DecodedMessage {
        var decoder = try decoder()
        return try decoder.decode(topic: topic + event, payload: payload, receivedAt: now)
    }

    @Test func `an uplink is the same in both forms, two gateways are one reading`() throws {
        let text =
            "{" + Self.head + #","devAddr":"01a2b3c4","adr":true,"fCnt":4711,"fPort":85,"#
            + #""data":"AXVX","rxInfo":[{"gatewayId":"0016c001f1500812","rssi":-110,"snr":-3,"#
            + #""gwTime":"2026-01-14T05:12:33.100Z"},{"rssi":-97,"snr":7.2,"#
            + #""gwTime":"2026-01-14T05:12:33.398400Z"}]}"#
        let binary = try Self.decode("up", Self.uplink())
        #expect(binary == (try Self.decode("up", Array(text.utf8))))
        #expect(binary.readings.first?.value == 87)
        #expect(binary.time.rfc3339 == "2026-01-14T05:12:33.398Z")
        #expect(binary.readings.filter { $0.quantity.id == "link.rssi" }.map(\.value) == [-97])
    }

    @Test func `what the server's codec decoded is read from the struct`() throws {
        let payload = Self.uplink { event in
            event.nested(11) { object in
                func member(_ name: String, _ body: (inout ProtobufWriter) -> Void) {
                    object.nested(1) { entry in
                        entry.bytes(1, name.utf8)
                        entry.nested(2, body)
                    }
                }
                member("battery_mV") { $0.fixed64(2, (3025.0).bitPattern) }
                member("leak") { $0.variable(4, 1) }
                member("word") { $0.bytes(3, "hé \"x\"".utf8) }
                member("nothing") { $0.variable(1, 0) }
                member("nested") { outer in
                    outer.nested(5) { inner in
                        inner.nested(1) { entry in
                            entry.bytes(1, "list".utf8)
                            entry.nested(2) { list in
                                list.nested(6) { values in
                                    values.nested(1) { $0.fixed64(2, (1.5).bitPattern) }
                                    values.nested(1) { $0.fixed64(2, (1.25).bitPattern) }
                                }
                            }
                        }
                    }
                }
            }
        }
        var decoder = try Self.decoder("test-object")
        let message = try decoder.decode(
            topic: Self.topic + "up",
            payload: payload,
            receivedAt: Self.now
        )
        let values = message.readings.prefix(4).map(\.value)
        #expect(values == [3.025, 1.25, 1, 40])
    }

    @Test(arguments: ["join", "status", "ack", "txack", "location"])
    func `other events are the same in both forms`(event: String) throws {
        var writer = ProtobufWriter()
        var text = "{" + Self.head
        switch event {
        case "status":
            Self.head(&writer)
            writer.variable(5, UInt64(bitPattern: -3))
            writer.fixed32(8, Float(74.5).bitPattern)
            text += #","margin":-3,"batteryLevel":74.5}"#
        case "txack":
            writer.variable(1, 77)
            Self.time(&writer, 2, 401_000_000)
            writer.nested(3) { $0.bytes(8, "70b3d57ed0061a2f".utf8) }
            text =
                #"{"downlinkId":77,"time":"2026-01-14T05:12:33.401Z","#
                + #""deviceInfo":{"devEui":"70b3d57ed0061a2f"}}"#
        case "location":
            Self.head(&writer)
            writer.nested(4) { place in
                place.fixed64(1, (21.5).bitPattern)
                place.fixed64(2, (107.4).bitPattern)
            }
            text += #","location":{"latitude":21.5,"longitude":107.4}}"#
        default:
            Self.head(&writer)
            writer.bytes(4, "01a2b3c4".utf8)
            text += #","devAddr":"01a2b3c4"}"#
        }
        let binary = try Self.decode(event, writer.bytes)
        #expect(binary == (try Self.decode(event, Array(text.utf8))))
        let kinds: [String: MessageKind] = [
            "join": .join, "status": .status, "location": .status,
        ]
        #expect(binary.kind == kinds[event] ?? .other)
        if event == "location" { #expect(binary.readings.map(\.value) == [21.5, 107.4]) }
        if event == "status" { #expect(binary.readings.map(\.value) == [74.5]) }
    }

    @Test func `a log is counted by its code, a reset counter begins anew`() throws {
        for (number, code) in ServerLogCode.allCases.enumerated() {
            var writer = ProtobufWriter()
            Self.time(&writer, 1, 0)
            writer.nested(2) { $0.bytes(8, "70b3d57ed0061a2f".utf8) }
            writer.variable(3, 2)
            writer.variable(4, UInt64(number))
            let binary = try Self.decode("log", writer.bytes)
            #expect(binary.notes == [.serverLog(code)])
            #expect(binary.kind == (code == .uplinkFrameCounterReset ? .join : .other))
            let text =
                #"{"time":"2026-01-14T05:12:33Z","deviceInfo":{"devEui":"70b3d57ed0061a2f"},"#
                + #""level":"ERROR","code":""# + code.serverName + #""}"#
            #expect(binary == (try Self.decode("log", Array(text.utf8))))
        }
        let later = #"{"deviceInfo":{"devEui":"70b3d57ed0061a2f"},"code":"OF_A_LATER_SERVER"}"#
        #expect(try Self.decode("log", Array(later.utf8)).notes == [.serverLog(.unknown)])
    }

    @Test func `JSON with line breaks before it is JSON`() throws {
        let text = "\n\n {" + Self.head + "}"
        #expect(try Self.decode("join", Array(text.utf8)).kind == .join)
    }

    @Test func `protobuf on a topic that names no event is refused`() throws {
        var decoder = try Self.decoder()
        #expect(throws: DecodingError.self) {
            _ = try decoder.decode(
                topic: "application/rx",
                payload: Self.uplink(),
                receivedAt: Self.now
            )
        }
    }

    @Test func `a struct nested too deep and a number that is none are refused`() throws {
        var value: [UInt8] = []
        for _ in 0..<40 {
            var entry = ProtobufWriter()
            entry.nested(5) { inner in
                inner.nested(1) { entry in
                    entry.bytes(1, "a".utf8)
                    entry.bytes(2, value)
                }
            }
            value = entry.bytes
        }
        let deep = value
        #expect(throws: DecodingError.tooDeep(limit: 32, offset: 0)) {
            _ = try Self.decode(
                "up",
                Self.uplink { event in
                    event.nested(11) { object in
                        object.nested(1) { entry in
                            entry.bytes(1, "a".utf8)
                            entry.bytes(2, deep)
                        }
                    }
                }
            )
        }
        let problem = "it is no finite number"
        #expect(throws: DecodingError.badValue(field: "object", problem: problem)) {
            _ = try Self.decode(
                "up",
                Self.uplink { event in
                    event.nested(11) { object in
                        object.nested(1) { entry in
                            entry.bytes(1, "a".utf8)
                            entry.nested(2) { $0.fixed64(2, Double.nan.bitPattern) }
                        }
                    }
                }
            )
        }
    }

    @Test func `damaged events decode soundly or are refused`() throws {
        var generator = SeededGenerator(seed: 502)
        print("seed \(generator.seed)")
        var decoder = try Self.decoder()
        let whole = Self.uplink()
        var reasons: [String: Int] = [:]
        for _ in 0..<3000 {
            let payload = BinaryDamage.damaged(whole, &generator)
            do throws(DecodingError) {
                let message = try decoder.decode(
                    topic: Self.topic + "up",
                    payload: payload,
                    receivedAt: Self.now
                )
                for reading in message.readings { #expect(reading.value.isFinite) }
                reasons["decoded", default: 0] += 1
            } catch {
                reasons[error.reason, default: 0] += 1
            }
        }
        print(reasons.sorted { $0.key < $1.key })
        #expect(reasons["not_protobuf", default: 0] > 0)
        #expect(reasons["decoded", default: 0] > 0)
    }
}

/// Damage to binary messages: bits, bytes, lengths, cuts and repetitions.
enum BinaryDamage {
    static func damaged(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(0xFF, at: place)
            case 4: bytes.removeSubrange(place...)
            default:
                let end = min(bytes.count, place + 12)
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}
