import Decoding
import DeviceProfiles
import Telemetry
import TestKit
import Testing

/// Damaged, cut, deep and huge messages of the JSON and text families: each decodes soundly or is
/// refused for a reason, and the decoder goes on.
struct FamilyFuzzTests {
    private static func decoder(_ family: Family, _ profile: String) throws -> FamilyDecoder {
        try FamilyDecoder(family, ["#"], profile: profile.isEmpty ? nil : profile)
    }

    private static func check(_ message: DecodedMessage) {
        for part in [message] + message.companions {
            for reading in part.readings {
                #expect(reading.value.isFinite)
                if reading.quality == .accepted {
                    #expect(reading.quantity.range.contains(reading.value))
                }
                if let time = reading.time, reading.quality != .rejected {
                    #expect(time <= FamilyDecoder.now + .minutes(5))
                }
            }
            #expect(part.time <= FamilyDecoder.now + .minutes(5))
            #expect(part.time >= FamilyDecoder.now - .days(30))
            #expect(part.companions.isEmpty || part == message)
        }
    }

    @Test(arguments: 7..<20)
    func `damaged messages decode soundly or are refused`(place: Int) throws {
        let (family, profile, topic, text) = MessageSeeds.texts[place]
        var generator = SeededGenerator(seed: 493 + UInt64(place))
        var decode = try Self.decoder(family, profile)
        _ = try decode(topic, text)
        var reasons: [String: Int] = [:]
        for round in 0..<2_000 {
            let payload = DamagedBytes.of(Array(text.utf8), &generator)
            let heard = round % 5 == 0 ? String(topic.dropLast(round % 7)) : topic
            do throws(DecodingError) {
                let message = try decode.decoder.decode(
                    topic: heard,
                    payload: payload,
                    receivedAt: FamilyDecoder.now
                )
                Self.check(message)
                reasons["decoded", default: 0] += 1
            } catch {
                reasons[error.reason, default: 0] += 1
                #expect(!error.description.isEmpty)
            }
        }
        print("seed \(generator.seed), \(family): \(reasons.sorted { $0.key < $1.key })")
        #expect(reasons.keys.count >= 2)
        // What came in between changes nothing for a sound message.
        Self.check(try decode(topic, text))
    }

    @Test(arguments: 7..<20)
    func `a message cut after any byte decodes soundly or is refused`(place: Int) throws {
        let (family, profile, topic, text) = MessageSeeds.texts[place]
        var decode = try Self.decoder(family, profile)
        let bytes = Array(text.utf8)
        var refusedCount = 0
        for length in 0..<bytes.count {
            do throws(DecodingError) {
                Self.check(
                    try decode.decoder.decode(
                        topic: topic,
                        payload: Array(bytes[..<length]),
                        receivedAt: FamilyDecoder.now
                    )
                )
            } catch {
                refusedCount += 1
            }
        }
        #expect(refusedCount > 0)
    }

    @Test(arguments: Family.allCases)
    func `nothing deep, wide or huge gets through its limit`(family: Family) throws {
        var decode = try Self.decoder(family, "json-water-quality")
        let deep = String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)
        let topics = [
            "zigbee2mqtt/a", "zigbee2mqtt/bridge/devices", "p/events/rpc", "p/status/switch:0",
            "/json/k/d/attrs", "homeassistant/sensor/a/config", "v3/a/devices/b/up",
            "tele/a/SENSOR", "a/b/c",
        ]
        let long = String(repeating: "x", count: 3_000)
        let leaves = (0..<900).map { #""k\#($0)":{"v":\#($0),"w":1e308}"# }
        let wide = #"{"\#(long)":{\#(leaves.joined(separator: ","))}}"#
        let huge = #"{"ph":1e999}"#
        let rows = String(repeating: "a;b\n", count: DecodingLimits.csvLines + 1)
        let large = String(repeating: " ", count: (256 << 10) + 1)
        for topic in topics {
            for text in [deep, wide, huge, rows, large, "[" + deep + "]"] {
                do throws(DecodingError) {
                    Self.check(try decode(topic, text))
                } catch {
                    #expect(!error.reason.isEmpty)
                }
            }
            #expect(throws: DecodingError.self) { _ = try decode(topic, large) }
        }
    }

    @Test(arguments: [Family.zigbee2MQTT, .homeAssistant])
    func `a decoder that starts again learns all that it had learned`(family: Family) throws {
        for seed in MessageSeeds.all where seed.family == family {
            let filters = ["zigbee2mqtt/#", "homeassistant/#", "#"]
            var decode = try FamilyDecoder(family, filters, profile: seed.profile)
            var other = decode
            for message in seed.messages {
                _ = try? decode.decoder.decode(
                    topic: message.topic,
                    payload: message.payload,
                    receivedAt: FamilyDecoder.now
                )
            }
            #expect(other.decoder.learn(from: decode.decoder.lessons) == 0)
            #expect(other.decoder.lessons == decode.decoder.lessons)
        }
    }

    @Test(arguments: ["devices", "groups"])
    func `a description that cannot be read is no lesson`(list: String) throws {
        var decode = try Self.decoder(.zigbee2MQTT, "zigbee2mqtt-lamp")
        #expect(throws: DecodingError.self) {
            _ = try decode("zigbee2mqtt/bridge/\(list)", #"{"no": "list"}"#)
        }
        #expect(decode.decoder.lessons.isEmpty)
    }

    @Test func `members above the limit of named values are refused`() throws {
        var decode = try Self.decoder(.zigbee2MQTT, "zigbee2mqtt-lamp")
        let half = (0..<5_001).map { #""k\#($0)":1"# }.joined(separator: ",")
        #expect(throws: DecodingError.tooManyElements(limit: DecodingLimits.namedValues)) {
            _ = try decode("zigbee2mqtt/a", #"{"a":{\#(half)},"b":{\#(half)}}"#)
        }
        #expect(try decode("zigbee2mqtt/a", #"{"a":{\#(half)},"power":3}"#).readings.count == 1)
    }

    @Test func `the same messages give the same, in a decoder that starts anew`() throws {
        var generator = SeededGenerator(seed: 77)
        print("seed \(generator.seed)")
        for (family, profile, topic, text) in MessageSeeds.texts[7...] {
            let payloads = (0..<50).map { _ in DamagedBytes.of(Array(text.utf8), &generator) }
            var results: [[String]] = []
            for _ in 0..<2 {
                var decode = try Self.decoder(family, profile)
                results.append(
                    payloads.map { payload in
                        do throws(DecodingError) {
                            let message = try decode.decoder.decode(
                                topic: topic,
                                payload: payload,
                                receivedAt: FamilyDecoder.now
                            )
                            return "\(message)"
                        } catch {
                            return "\(error)"
                        }
                    }
                )
            }
            #expect(results[0] == results[1])
        }
    }
}
