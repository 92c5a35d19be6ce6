import Commands
import Decoding
import TestKit
import Testing

/// What network servers say of downlinks.
struct ServerAnswerTests {
    private static let token = CommandFixture.token
    private static let chirpStack = "application/a/device/70b3d57ed0061a30/event/"
    private static let things = "v3/app@ttn/devices/den-42/down/"

    private static func answer(_ family: Family, _ topic: String, _ text: String) -> ServerAnswer? {
        ServerAnswer(family, topic: topic, payload: Array(text.utf8))
    }

    @Test func `ChirpStack's acknowledgements say which queue item they are of`() throws {
        let sent = Self.answer(
            .chirpstack,
            Self.chirpStack + "txack",
            #"{"downlinkId":7,"queueItemId":"\#(Self.token)","fCntDown":3}"#
        )
        #expect(sent?.token == Self.token && sent?.outcome == .passedOn)
        let done = Self.answer(
            .chirpstack,
            Self.chirpStack + "ack",
            #"{"queueItemId":"\#(Self.token)","acknowledged":true,"fCntDown":3}"#
        )
        #expect(done?.outcome == .acknowledged)
        // A flag that is false is left out.
        let missed = Self.answer(
            .chirpstack,
            Self.chirpStack + "ack",
            #"{"queueItemId":"\#(Self.token)","fCntDown":3}"#
        )
        #expect(missed?.outcome == .notAcknowledged)
        for text in ["", "[]", "{}", #"{"queueItemId":""}"#] {
            #expect(Self.answer(.chirpstack, Self.chirpStack + "ack", text) == nil, "\(text)")
        }
        #expect(Self.answer(.chirpstack, Self.chirpStack + "up", "{}") == nil)
    }

    @Test func `ChirpStack's acknowledgements in protobuf are read as those in JSON`() throws {
        let item = [0x22, 36] + Array(Self.token.utf8)
        let done = ServerAnswer(
            .chirpstack,
            topic: Self.chirpStack + "ack",
            payload: [0x0A, 1, 0x61] + item + [0x28, 1, 0x30, 3]
        )
        #expect(done?.token == Self.token && done?.outcome == .acknowledged)
        let missed = ServerAnswer(.chirpstack, topic: Self.chirpStack + "ack", payload: item)
        #expect(missed?.outcome == .notAcknowledged)
    }

    @Test func `The Things Stack tells by correlation identifiers`() throws {
        let ids = #""correlation_ids":["as:downlink:01HM","langso:\#(Self.token)"]"#
        for (type, outcome) in [
            ("sent", ServerAnswer.Outcome.passedOn), ("ack", .acknowledged),
            ("nack", .notAcknowledged),
        ] {
            let answer = Self.answer(.theThingsStack, Self.things + type, "{\(ids)}")
            #expect(answer?.token == Self.token && answer?.outcome == outcome, "\(type)")
        }
        let failed = Self.answer(
            .theThingsStack,
            Self.things + "failed",
            #"{\#(ids),"downlink_failed":{"downlink":{},"#
                + #""error":{"name":"x","message_format":"payload too long"}}}"#
        )
        #expect(failed?.outcome == .refused("payload too long"))
        #expect(Self.answer(.theThingsStack, Self.things + "queued", "{\(ids)}") == nil)
        let others = #"{"correlation_ids":["as:downlink:01HM"]}"#
        #expect(Self.answer(.theThingsStack, Self.things + "ack", others) == nil)
    }

    @Test func `bytes of any sort are read or passed over`() {
        var generator = SeededGenerator.forTest()
        let topics: [(Family, String)] = [
            (.chirpstack, Self.chirpStack + "ack"), (.theThingsStack, Self.things + "failed"),
        ]
        let seed = Array(#"{"queueItemId":"a","acknowledged":true,"correlation_ids":["#.utf8)
        for _ in 0..<2_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = .random(in: 0 ... .max, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            for (family, topic) in topics {
                let answer = ServerAnswer(family, topic: topic, payload: bytes)
                #expect(answer?.token.isEmpty != true, "seed \(generator.seed)")
            }
        }
    }
}
