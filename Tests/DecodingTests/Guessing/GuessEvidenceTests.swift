@testable import Decoding
import Foundation
import Telemetry
import Testing

/// What tells profiles apart that read the same bytes: physics, names, settings, codecs.
struct GuessEvidenceTests {
    private static func profile(_ id: String, _ field: String, more: String = "") -> String {
        """
        id: \(id)
        manufacturer: Test
        model: \(id == "named" ? "XQ-4711" : id)
        title: t
        kind: other
        source: s
        families: [chirpstack]
        \(more)
        messages:
          - byte_order: big
            length: 4
            bytes: [\(field)]
        """
    }

    private static func library(_ profiles: [String]) throws -> ProfileLibrary {
        try ProfileLibrary(
            folder: profiles.enumerated().map { ProfileText(file: "p\($0)", text: $1) }
        )
    }

    private static func guesses(
        _ profiles: [String],
        _ payloads: [[UInt8]],
        airTemperature: Double? = nil
    ) throws -> [DeviceGuess] {
        let frames = payloads.enumerated().map { number, payload in
            HiddenDevice.uplink(
                payload,
                port: 2,
                at: HiddenDevice.arrival + .minutes(Int64(number * 20))
            )
        }
        return DeviceGuesser(library: try library(profiles), rules: [])
            .guesses(for: frames, airTemperature: airTemperature)
    }

    @Test func `a distance that changes slowly goes before one that jumps`() throws {
        // The first two bytes are a distance that falls by millimetres, the others are noise.
        let payloads: [[UInt8]] = [
            [0x03, 0x84, 0x11, 0x90], [0x03, 0x82, 0x00, 0x07], [0x03, 0x81, 0x12, 0xF3],
            [0x03, 0x7D, 0x02, 0x44], [0x03, 0x7B, 0x10, 0x01],
        ]
        let found = try Self.guesses(
            [
                Self.profile("front", "{quantity: bin.distance, at: 0, type: u16}"),
                Self.profile("back", "{quantity: bin.distance, at: 2, type: u16}"),
            ],
            payloads
        )
        #expect(found.map(\.profile) == ["front", "back"])
        #expect(found[0].reasons.contains { $0.code == .slowChange && $0.value == 4 })
        let (front, back) = (try #require(found[0].physicsScore), found[1].physicsScore)
        #expect(front > 0.99 && front > back ?? 1)
        #expect(found[0].score > found[1].score)
    }

    @Test func `a total that only rises goes before one that falls`() throws {
        let payloads: [[UInt8]] = [[0, 10, 0, 9], [0, 12, 0, 7], [0, 19, 0, 8], [0, 30, 0, 1]]
        let found = try Self.guesses(
            [
                Self.profile("rising", "{quantity: water.volume, at: 0, type: u16}"),
                Self.profile("falling", "{quantity: water.volume, at: 2, type: u16}"),
            ],
            payloads
        )
        #expect(found.map(\.profile) == ["rising", "falling"])
        #expect(found[0].reasons.contains { $0.code == .rises })
        #expect(found[1].reasons.contains { $0.code == .falls })
        #expect(found[0].physicsScore == 1 && found[1].physicsScore == 0)
    }

    @Test func `a temperature near the day's goes before one that is far`() throws {
        let profiles = [
            Self.profile("near", "{quantity: air.temperature, at: 0, type: u8}"),
            Self.profile("cold", "{quantity: air.temperature, at: 1, type: u8}"),
        ]
        let found = try Self.guesses(profiles, [[29, 2, 0, 0]], airTemperature: 31)
        #expect(found.map(\.profile) == ["near", "cold"])
        #expect(found[0].reasons.contains { $0.code == .nearDay && $0.value == 2 })
        #expect(found[1].reasons.contains { $0.code == .farFromDay && $0.value == 29 })
        // One frame and no other station: physics has nothing to tell by.
        #expect(try Self.guesses(profiles, [[29, 2, 0, 0]]).allSatisfy { $0.physicsScore == nil })
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a temperature of the day that is no number tells nothing`(airTemperature: Double) throws {
        let found = try Self.guesses(
            [Self.profile("near", "{quantity: air.temperature, at: 0, type: u8}")],
            [[29, 2, 0, 0]],
            airTemperature: airTemperature
        )
        let guess = try #require(found.first)
        #expect(guess.physicsScore == nil)
        #expect(guess.reasons.allSatisfy { !$0.words.isEmpty })
    }

    @Test func `any value of a reason can be said`() {
        for value in [Double.nan, .infinity, -1e300, 1e300, 2.6] {
            for code in GuessReason.Code.allCases {
                #expect(!GuessReason(code, quantity: "air.temperature", value: value).words.isEmpty)
            }
        }
        #expect(GuessReason(.nearDay, quantity: "q", value: 2.6).words.hasPrefix("q is 3 K"))
    }

    @Test func `a score stays a number however much a long message says`() throws {
        // Each channel says sixteen bits, so that 2 to the power of their sum is infinite.
        let text = """
            id: channels
            manufacturer: Test
            model: channels
            title: t
            kind: other
            source: s
            families: [chirpstack]
            messages:
              - byte_order: big
                channels:
                  - {id: "01 68", length: 1, fields: [{quantity: air.humidity, at: 0, type: u8}]}
            """
        let payload = Array(repeating: [0x01, 0x68, 55] as [UInt8], count: 400).flatMap(\.self)
        let found = try Self.guesses([text], [payload])
        #expect(found.first?.profile == "channels")
        #expect(found.allSatisfy { (0...1).contains($0.score) }, "\(found.map(\.score))")
    }

    @Test func `of a message about several devices the one that is meant is guessed`() throws {
        func entity(_ name: String, _ type: String, _ member: String) -> String {
            #"{"id": "urn:\#(name)", "type": "\#(type)", \#(member)}"#
        }
        let list = [
            entity("bin", "WasteContainer", #""fillingLevel": 0.25"#),
            entity("lamp", "Streetlight", #""voltage": 231, "current": 0.3"#),
        ]
        let guesser = DeviceGuesser(library: try ProfileExampleTests.library(), rules: [])
        func best(_ part: String) -> DeviceGuess? {
            let text = #"{"type": "Notification", "data": [\#(list.joined(separator: ","))]}"#
            let frame = ObservedFrame(
                topic: Array("n".utf8),
                payload: Array(text.utf8),
                receivedAt: HiddenDevice.arrival,
                part: part
            )
            return guesser.guesses(for: [frame]).first
        }
        let bin = try #require(best("urn:bin"))
        #expect(bin.profile == "fiware-waste-container")
        #expect(bin.preview.deviceAddress == "urn:bin" && bin.preview.companions.isEmpty)
        #expect(bin.preview.readings.map(\.value) == [25])
        let lamp = try #require(best("urn:lamp"))
        #expect(lamp.profile == "fiware-streetlight")
        #expect(lamp.preview.readings.contains { $0.value == 231 })
        #expect(best("urn:nobody") == nil)
    }

    @Test func `a reading that cannot be speaks against a profile`() throws {
        let found = try Self.guesses(
            [
                Self.profile("possible", "{quantity: air.humidity, at: 0, type: u8}"),
                Self.profile("impossible", "{quantity: air.humidity, at: 1, type: u8}"),
            ],
            [[55, 200, 0, 0]]
        )
        #expect(found.map(\.profile) == ["possible", "impossible"])
        #expect(found[1].reasons.contains { $0.code == .impossible && $0.value == 1 })
    }

    @Test func `the name of the model in the message decides between equals`() throws {
        let profiles = ["equal", "named"].map {
            Self.profile($0, "{quantity: air.humidity, at: 0, type: u8}")
        }
        let plain = HiddenDevice.uplink([55, 0, 0, 0], port: 2)
        let text = String(decoding: plain.payload, as: UTF8.self)
            .replacing("\"deviceInfo\": {", with: "\"deviceInfo\": {\"deviceName\": \"xq 4711\", ")
        let frame = ObservedFrame(
            topic: plain.topic,
            payload: Array(text.utf8),
            receivedAt: plain.receivedAt
        )
        let guesser = DeviceGuesser(library: try Self.library(profiles), rules: [])
        let equal = guesser.guesses(for: [plain])
        #expect(equal.map(\.score).first == equal.map(\.score).last)
        let found = guesser.guesses(for: [frame])
        #expect(found.map(\.profile) == ["named", "equal"])
        #expect(found[0].reasons.contains { $0.code == .namesModel })
        #expect(found[0].score > 2 * found[1].score)
    }

    @Test func `the settings' own rule for a topic goes before what it looks like`() throws {
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("application/#")),
            family: .chirpstack
        )
        let library = try Self.library([
            Self.profile("p", "{quantity: air.humidity, at: 0, type: u8}")
        ])
        let frame = HiddenDevice.uplink([55, 0, 0, 0], port: 2)
        let known = DeviceGuesser(library: library, rules: [rule]).guesses(for: [frame])
        #expect(known.first?.topicScore == 1)
        #expect(known.first?.reasons.first?.code == .familyOfSubscription)
        let detected = DeviceGuesser(library: library, rules: []).guesses(for: [frame])
        #expect(detected.first?.topicScore == 0.95)
        #expect(detected.first?.reasons.first?.code == .familyDetected)
    }

    @Test func `a profile with a codec is weighed by what the codec answers`() throws {
        let text = """
            id: coded
            manufacturer: Test
            model: coded
            title: t
            kind: bin
            source: s
            families: [chirpstack]
            codec: codec.js
            messages:
              - json:
                  - {quantity: bin.distance, path: distance}
            """
        let guesser = DeviceGuesser(library: try Self.library([text]), rules: [])
        let frames = [
            HiddenDevice.uplink([1, 2], port: 2), HiddenDevice.uplink([1, 3], port: 2),
        ]
        let requests = guesser.codecRequests(for: frames)
        #expect(requests.map(\.payload) == [[1, 2], [1, 3]])
        #expect(guesser.guesses(for: frames).isEmpty)
        let answers = Dictionary(
            uniqueKeysWithValues: requests.map { ($0, Array(#"{"distance": 900}"#.utf8)) }
        )
        let found = guesser.guesses(for: frames, answers: answers)
        #expect(found.map(\.profile) == ["coded"])
        #expect(found.first?.preview.readings.map(\.value) == [900])
    }
}
