import Decoding
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// What those hear who wait for answers of devices.
@Suite struct WatchedDevicesTests {
    private static let eui = "0102030405060708"
    private static let lamp = "den-1"
    private static let other = "den-2"

    private static func decoder() throws -> MessageDecoder {
        let parsed = ["tele/#", "stat/#"].compactMap { TopicFilter($0) }
        let rules = parsed.map {
            SubscriptionRule(topicFilter: $0, family: .tasmota, profile: "tasmota-lamp")
        }
        let events = try #require(TopicFilter("application/+/device/+/event/+"))
        let radio = SubscriptionRule(
            topicFilter: events,
            family: .chirpstack,
            profile: "lorawan-luminaire"
        )
        return try IngestFolder.decoder(rules: rules + [radio])
    }

    private func fresh() throws -> IngestFolder {
        try IngestFolder(try TemporaryFolder("langso-watched"), decoder: try Self.decoder())
    }

    @Test func `messages of watched devices are heard, of no others and once`() throws {
        var data = try fresh()
        try data.send("tele/\(Self.lamp)/STATE", #"{"POWER":"ON"}"#)
        #expect(data.storage.pipeline.takeHeard().isEmpty)
        data.storage.pipeline.watch([Self.lamp])
        try data.send("tele/\(Self.lamp)/STATE", #"{"POWER":"OFF"}"#)
        try data.send("tele/\(Self.other)/STATE", #"{"POWER":"OFF"}"#)
        let heard = data.storage.pipeline.takeHeard()
        #expect(heard.map(\.message.deviceAddress) == [Self.lamp])
        #expect(heard[0].message.readings.contains { $0.quantity.id == "lamp.on" })
        #expect(data.storage.pipeline.takeHeard().isEmpty)
    }

    @Test func `a repetition is not heard, and an answer of the server is heard as it came`() throws
    {
        var data = try fresh()
        data.storage.pipeline.watch([Self.eui])
        let topic = "application/a/device/\(Self.eui)/event/"
        let head = #""deviceInfo":{"devEui":"\#(Self.eui)"},"devAddr":"01a2b3c4","fCnt":7"#
        try data.send(topic + "up", "{\(head)}")
        try data.send(topic + "up", "{\(head)}")
        let answer = #"{"deviceInfo":{"devEui":"\#(Self.eui)"},"queueItemId":"q"}"#
        try data.send(topic + "txack", answer)
        let heard = data.storage.pipeline.takeHeard()
        #expect(heard.map(\.message.kind) == [.measurement, .other])
        #expect(String(decoding: heard[1].topic, as: UTF8.self) == topic + "txack")
        #expect(String(decoding: heard[1].payload, as: UTF8.self) == answer)
    }

    @Test func `answers that wait take no more bytes than they may, and the newest is there`()
        throws
    {
        var data = try fresh()
        data.storage.pipeline.watch([Self.eui])
        let padding = String(repeating: "x", count: 50_000)
        for number in 0..<200 {
            try data.send(
                "application/a/device/\(Self.eui)/event/txack",
                #"{"deviceInfo":{"devEui":"\#(Self.eui)"},"queueItemId":"\#(number)\#(padding)"}"#
            )
        }
        let heard = data.storage.pipeline.takeHeard()
        let bytes = heard.reduce(0) { $0 + $1.topic.count + $1.payload.count }
        let most = IngestPipeline.maximumHeardBytes
        #expect(bytes <= most && bytes > most / 4, "\(bytes)")
        let last = String(decoding: heard.last?.payload ?? [], as: UTF8.self)
        #expect(last.contains(#""queueItemId":"199x"#))
        #expect(data.storage.pipeline.takeHeard().isEmpty)
    }

    @Test func `the place of a device's newest message is known, also after a start`() throws {
        var data = try fresh()
        #expect(data.storage.pipeline.lastPosition(of: Self.lamp) == nil)
        try data.send("tele/\(Self.lamp)/STATE", #"{"POWER":"ON"}"#)
        let first = data.storage.pipeline.lastPosition(of: Self.lamp)
        #expect(first != nil)
        try data.send("tele/\(Self.other)/STATE", #"{"POWER":"ON"}"#)
        // What measures nothing is not looked for.
        try data.send("stat/\(Self.lamp)/RESULT", #"{"Command":"Unknown"}"#)
        #expect(data.storage.pipeline.lastPosition(of: Self.lamp) == first)
        let other = data.storage.pipeline.lastPosition(of: Self.other)
        #expect((other ?? 0) > (first ?? 0))
        try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        let folder = data.folder
        _ = consume data
        let again = try IngestFolder(folder, decoder: try Self.decoder())
        #expect(again.storage.pipeline.lastPosition(of: Self.lamp) == first)
        #expect(again.storage.pipeline.lastPosition(of: Self.other) == other)
    }
}
