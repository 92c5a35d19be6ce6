import Decoding
import DeviceProfiles
import Foundation
import Telemetry
import TestKit
import Testing

/// What holds of guesses whatever comes in.
struct GuessPropertyTests {
    private static func generator(_ test: String) -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        print("\(test): LANGSO_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    private static func guesser() throws -> DeviceGuesser {
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("village/#")),
            family: .plainJSON
        )
        return DeviceGuesser(library: try ProfileExampleTests.library(), rules: [rule])
    }

    private static func check(_ guesses: [DeviceGuess], _ what: String) {
        #expect(guesses.count <= GuessLimits.guesses, "\(what)")
        #expect(Set(guesses.map(\.profile)).count == guesses.count, "\(what)")
        for guess in guesses {
            #expect((0...1).contains(guess.score), "\(what)")
            #expect((0...1).contains(guess.topicScore), "\(what)")
            #expect((0...1).contains(guess.shapeScore), "\(what)")
            #expect(guess.physicsScore.map { (0...1).contains($0) } ?? true, "\(what)")
            #expect(guess.readFrames <= guess.triedFrames, "\(what)")
            #expect(!guess.reasons.isEmpty, "\(what)")
        }
        let scores = guesses.map(\.score)
        #expect(scores == scores.sorted(by: >), "\(what)")
        #expect(scores.reduce(0, +) <= 1 + 1e-9, "\(what)")
    }

    @Test func `scores lie between 0 and 1, in falling order, and the same each time`() throws {
        var generator = Self.generator("guesses of damaged frames")
        let guesser = try Self.guesser()
        let examples = try DeviceProfiles.examples().flatMap {
            try ProfileExample.read(ProfileText(file: $0.name, text: $0.text))
        }
        let devices = HiddenDevice.shipped(examples)
        for _ in 0..<15 {
            let device = try #require(devices.randomElement(using: &generator))
            let frames = device.frames.map { frame in
                ObservedFrame(
                    topic: frame.topic,
                    payload: DamagedBytes.of(frame.payload, &generator),
                    receivedAt: frame.receivedAt
                )
            }
            let guesses = guesser.guesses(for: frames)
            Self.check(guesses, device.name)
            let isSame = guesser.guesses(for: frames) == guesses
            #expect(isSame, "\(device.name)")
        }
    }

    @Test func `random bytes give no sure guess, whatever the topic`() throws {
        var generator = Self.generator("guesses of random bytes")
        let guesser = try Self.guesser()
        let topics = [
            "", "a", "village/x", "v3/a/devices/b/up", "spBv1.0/g/DDATA/n/d", "tele/x/SENSOR",
            "application/1/device/0102030405060708/event/up", "zigbee2mqtt/x", "\u{0}/#",
        ]
        var highest = 0.0
        for round in 0..<18 {
            let topic = topics[round % topics.count]
            let frames = (0..<Int.random(in: 1...10, using: &generator)).map { _ in
                let count = Int.random(in: 0...60, using: &generator)
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
                let isRadio = round % 2 == 0
                let frame = HiddenDevice.uplink(
                    bytes,
                    port: Int.random(in: 1...223, using: &generator)
                )
                return ObservedFrame(
                    topic: isRadio ? frame.topic : Array(topic.utf8),
                    payload: isRadio ? frame.payload : bytes,
                    receivedAt: HiddenDevice.arrival
                )
            }
            let guesses = guesser.guesses(for: frames)
            Self.check(guesses, topic)
            highest = max(highest, guesses.first?.score ?? 0)
        }
        print("surest guess of random bytes: \(highest)")
        #expect(highest < 0.5)
    }

    @Test func `no frames, and frames beyond the limit`() throws {
        let guesser = try Self.guesser()
        #expect(guesser.guesses(for: []).isEmpty)
        #expect(guesser.codecRequests(for: []).isEmpty)
        let payload: [UInt8] = [0x0D, 0x4A, 0x03, 0x84, 0, 0, 0, 1]
        let frame = HiddenDevice.uplink(payload, port: 2)
        let many = guesser.guesses(for: Array(repeating: frame, count: 50))
        #expect(many.first?.triedFrames == GuessLimits.frames)
        #expect(many.contains { $0.profile == "dragino-ldds75" })
    }
}
