import Foundation
import Telemetry
import TestKit
import Testing

@testable import Decoding

/// Random and damaged input: every message either decodes to sound readings or is refused for a
/// reason.
struct FuzzTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    private static func decoder(_ family: Family, _ profile: String) throws -> MessageDecoder {
        let filters = ["application/#", "v3/#", "water/#", "tele/#", "bins/+", "#"]
        return MessageDecoder(
            rules: try filters.map { filter in
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter(filter)),
                    family: family,
                    profile: profile
                )
            },
            library: try ProfileExampleTests.library()
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
        let (family, profile, topic, text) = MessageSeeds.texts[place]
        var generator = SeededGenerator(seed: 100 + UInt64(place))
        var decoder = try Self.decoder(family, profile)
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
