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

    @Test func `a queue item that ChirpStack's log names was thrown away, and why`() throws {
        let item = #""context":{"item_size":"60","queue_item_id":"\#(Self.token)"}"#
        let log = Self.chirpStack + "log"
        let discarded = Self.answer(
            .chirpstack,
            log,
            #"{"level":"ERROR","code":"DOWNLINK_PAYLOAD_SIZE","description":"too long",\#(item)}"#
        )
        #expect(discarded?.token == Self.token)
        #expect(discarded?.outcome == .refused("DOWNLINK_PAYLOAD_SIZE: too long"))
        // Without a level it is INFO; an error of a gateway or a codec names no item.
        for text in [
            #"{"code":"EXPIRED",\#(item)}"#, #"{"level":"INFO","code":"EXPIRED",\#(item)}"#,
            #"{"level":"ERROR","code":"DOWNLINK_GATEWAY","description":"TOO_LATE"}"#,
            #"{"level":"ERROR","code":"UPLINK_CODEC","context":{}}"#, "{}", "[]", "",
        ] {
            #expect(Self.answer(.chirpstack, log, text) == nil, "\(text)")
        }
    }

    @Test func `ChirpStack's log in protobuf is read as that in JSON`() throws {
        func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(bytes.count)] + bytes
        }
        let context = field(1, Array("queue_item_id".utf8)) + field(2, Array(Self.token.utf8))
        let expired: [UInt8] =
            [0x18, 2, 0x20, 11] + field(5, Array("old".utf8)) + field(6, context)
        let log = Self.chirpStack + "log"
        let answer = ServerAnswer(.chirpstack, topic: log, payload: expired)
        #expect(answer?.token == Self.token && answer?.outcome == .refused("EXPIRED: old"))
        let cut = Array(expired.dropLast())
        #expect(ServerAnswer(.chirpstack, topic: log, payload: cut) == nil)
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
