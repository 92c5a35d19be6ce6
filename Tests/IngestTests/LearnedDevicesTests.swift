import Decoding
import RingStore
import Telemetry
import TestKit
import Testing

@testable import Ingest

/// Senders that repeat all they know, descriptions over restarts, and messages of several devices.
@Suite struct LearnedDevicesTests {
    private let power: Labels = ["__name__": "lamp_power_watts", "device": "plug"]
    private let lit: Labels = ["__name__": "lamp_on", "device": "plug"]
    private var now: Instant { IngestFolder.now }

    private static func decoder() throws -> MessageDecoder {
        func rule(_ filter: String, _ family: Family, _ profile: String?) throws
            -> SubscriptionRule
        {
            SubscriptionRule(
                topicFilter: try #require(TopicFilter(filter)),
                family: family,
                profile: profile
            )
        }
        return try IngestFolder.decoder(rules: [
            try rule("zigbee2mqtt/#", .zigbee2MQTT, "zigbee2mqtt-lamp"),
            try rule("leaks/#", .zigbee2MQTT, "zigbee2mqtt-water-leak"),
            try rule("homeassistant/#", .homeAssistant, nil),
            try rule("oak/#", .homeAssistant, nil),
            try rule("city/#", .fiware, "fiware-waste-container"),
            try rule("+/events/rpc", .shelly, "shelly-1pm-gen2"),
            try rule("+/status/+", .shelly, "shelly-1pm-gen2"),
        ])
    }

    private func state(_ watts: Double, _ word: String = "ON", _ quality: Int = 100) -> String {
        #"{"state": "\#(word)", "power": \#(watts), "linkquality": \#(quality)}"#
    }

    /// Sends states a minute apart: power changes at 0, 2, 4 and 6, the switch at 0 and 5.
    private func send(to data: inout IngestFolder, _ minutes: Range<Int>) throws {
        let watts = [5.0, 5, 6, 6, 5, 5, 0, 0]
        let words = ["ON", "ON", "ON", "ON", "ON", "OFF", "OFF", "OFF"]
        for minute in minutes {
            let time = now + .minutes(Int64(minute))
            let text = state(watts[minute], words[minute], 100 + minute)
            try data.send("zigbee2mqtt/plug", text, at: time)
            // The same report, published again at once.
            try data.send("zigbee2mqtt/plug", text, at: time + .seconds(1))
        }
    }

    @Test func `an attribute that is only repeated is no new measurement`() throws {
        var data = try IngestFolder(try TemporaryFolder("langso-ingest"), decoder: Self.decoder())
        try send(to: &data, 0..<8)
        #expect(try data.samples(power).map(\.value) == [5, 6, 5, 0])
        #expect(
            try data.samples(power).map { ($0.time - now).count / 60_000 } == [0, 2, 4, 6]
        )
        #expect(try data.samples(lit).map(\.value) == [1, 0])
        #expect(data.storage.pipeline.counters.repeatedReadings == 16 * 3 - 4 - 2 - 8)
    }

    @Test(arguments: 0...8)
    func `repetitions are the same after a restart at any point`(checkpoint: Int) throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            try send(to: &data, 0..<checkpoint)
            try data.storage.pipeline.checkpoint(at: now)
            try send(to: &data, checkpoint..<8)
        }
        var data = try IngestFolder(folder, decoder: Self.decoder())
        #expect(try data.samples(power).map(\.value) == [5, 6, 5, 0])
        #expect(try data.samples(lit).map(\.value) == [1, 0])
    }

    @Test func `a state is taken again once the expected interval is over, a number is not`()
        throws
    {
        var data = try IngestFolder(try TemporaryFolder("langso-ingest"), decoder: Self.decoder())
        for minute in [0, 14, 15, 29, 30] {
            let time = now + .minutes(Int64(minute))
            try data.send("zigbee2mqtt/plug", state(5), at: time)
        }
        #expect(try data.samples(lit).map { ($0.time - now).count / 60_000 } == [0, 15, 30])
        #expect(try data.samples(power).count == 1)
    }

    @Test func `series of a device end when its bridge is away, and go on when it speaks`() throws {
        var data = try IngestFolder(try TemporaryFolder("langso-ingest"), decoder: Self.decoder())
        let devices = #"[{"friendly_name":"plug","ieee_address":"0x1"}]"#
        try data.send("zigbee2mqtt/bridge/devices", devices, at: now)
        try data.send("zigbee2mqtt/plug", state(5), at: now)
        try data.send("zigbee2mqtt/bridge/state", "offline", at: now + .minutes(1))
        #expect(try data.samples(power).last?.value.bitPattern == Sample.staleMarkerBits)
        try data.send("zigbee2mqtt/plug", state(5), at: now + .minutes(2))
        #expect(try data.samples(power).map(\.value).filter(\.isFinite) == [5, 5])
        // Nobody said that the device itself was gone.
        #expect(try data.samples(["__name__": "device_online", "device": "plug"]).isEmpty)
    }

    @Test func `a change that Shelly tells twice is one sample, and one frame comes once`() throws {
        var data = try IngestFolder(try TemporaryFolder("langso-ingest"), decoder: Self.decoder())
        let seconds = now.milliseconds / 1000
        let notification =
            #"{"src":"s","method":"NotifyStatus","params":{"ts":\#(seconds),"switch:0":{"apowe"#
            + #"r":7}}}"#
        try data.send("plug/events/rpc", notification, at: now)
        try data.send("plug/status/switch:0", #"{"apower":7}"#, at: now + Milliseconds(20))
        try data.send("plug/events/rpc", notification, flags: .duplicate, at: now + .seconds(9))
        #expect(try data.samples(power).map(\.time) == [now])
        #expect(data.storage.pipeline.counters.duplicateMessages == 1)
        #expect(data.storage.pipeline.counters.repeatedReadings == 1)
    }

    @Test func `what descriptions taught is known after a restart`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        let devices =
            #"[{"friendly_name":"l","definition":{"exposes":[{"property":"voltage","unit":"V"}]}}]"#
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            try data.send("leaks/bridge/devices", devices, flags: .retained)
            try data.send("homeassistant/sensor/t/config", Self.config, flags: .retained)
            try data.storage.pipeline.checkpoint(at: now)
        }
        var data = try IngestFolder(folder, decoder: Self.decoder())
        #expect(data.storage.pipeline.counters.notes["lesson_refused"] == nil)
        try data.send("leaks/l", #"{"voltage":3}"#, at: now)
        try data.send("oak/t", "21.5", at: now)
        let voltage = try data.samples(["__name__": "battery_voltage_volts"])
        #expect(voltage.map(\.value) == [3])
        let degrees = try data.samples(["__name__": "air_temperature_celsius", "channel": "t"])
        #expect(degrees.map(\.value) == [21.5])
    }

    private static let config =
        #"{"unique_id":"t","state_topic":"oak/t","device_class":"temperature","#
        + #""unit_of_measurement":"°C"}"#

    @Test func `what was learned after the last checkpoint is not known before its place`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        let degrees: Labels = ["__name__": "air_temperature_celsius", "channel": "t"]
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            try data.send("homeassistant/sensor/t/config", Self.config, flags: .retained)
            try data.storage.pipeline.checkpoint(at: now)
            try data.send("oak/t", "21.5", at: now)
            #expect(try data.samples(degrees).map(\.value) == [21.5])
            // The entity is taken back, and a crash comes between the lessons and the store.
            try data.send("homeassistant/sensor/t/config", "", flags: .retained)
            try data.storage.pipeline.writeMemory(SystemFileCalls())
            try data.storage.pipeline.writeLessons(SystemFileCalls())
        }
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            #expect(try data.samples(degrees).map(\.value) == [21.5])
            #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
            try data.storage.pipeline.checkpoint(at: now)
        }
        var data = try IngestFolder(folder, decoder: Self.decoder())
        try data.send("oak/t", "22.5", at: now + .minutes(9))
        #expect(try data.samples(degrees).map(\.value) == [21.5])
        #expect(data.storage.pipeline.deadLetters.counts == ["unknown_device": 1])
    }

    @Test func `a state that waits for its description waits over a restart`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            try data.send("oak/t", "21.5", at: now)
            try data.storage.pipeline.checkpoint(at: now)
        }
        var data = try IngestFolder(folder, decoder: Self.decoder())
        let later = now + .seconds(5)
        try data.send("homeassistant/sensor/t/config", Self.config, at: later)
        let degrees: Labels = ["__name__": "air_temperature_celsius", "channel": "t"]
        #expect(try data.samples(degrees) == [Sample(time: now, value: 21.5)])
    }

    @Test func `what an availability topic said counts after a restart`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        let config =
            #"{"unique_id":"t","state_topic":"oak/t","device_class":"temperature","#
            + #""availability_mode":"all","availability":[{"topic":"oak/a"},{"topic":"oak/b"}]}"#
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder())
            try data.send("homeassistant/sensor/t/config", config, flags: .retained)
            try data.send("oak/a", "offline", at: now)
            try data.storage.pipeline.checkpoint(at: now)
        }
        var data = try IngestFolder(folder, decoder: Self.decoder())
        try data.send("oak/b", "online", at: now + .seconds(5))
        let online = try data.samples(["__name__": "device_online"])
        #expect(online.map(\.value) == [0, 0])
    }

    @Test func `decoding a dead letter again changes nothing of what was heard`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        var data = try IngestFolder(folder, decoder: Self.decoder())
        try data.send("oak/t", "21.5", at: now)
        try data.send("oak/t", "22.5", at: now + .seconds(1))
        let journal = try JournalReader(folder: folder.path(of: "data"))
        let first = try #require(data.storage.pipeline.deadLetters.entries.first)
        let record = try journal.record(at: first.position)
        #expect(data.storage.pipeline.refusal(of: record) != nil)
        _ = try data.storage.pipeline.decodeDeadLetters(journal, at: now)
        try data.send("homeassistant/sensor/t/config", Self.config, at: now + .seconds(5))
        let degrees: Labels = ["__name__": "air_temperature_celsius", "channel": "t"]
        #expect(try data.samples(degrees).map(\.value) == [22.5])
    }

    @Test func `the file of lessons is whole or refused`() throws {
        let lessons = [
            Lesson(topic: [1, 2], payload: [3]), Lesson(topic: [], payload: []),
            Lesson(topic: Array("a/b".utf8), payload: [UInt8](repeating: 7, count: 300)),
        ]
        let file = LearnedFile()
            .adding(.init(position: 5, lessons: [lessons[0]]), keeping: 0)
            .adding(.init(position: 9, lessons: lessons), keeping: 6)
        let bytes = file.bytes
        #expect(LearnedFile(bytes: bytes) == file)
        for length in 0..<bytes.count {
            #expect(LearnedFile(bytes: Array(bytes[..<length])) == nil)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(LearnedFile(bytes: damaged) == nil)
        }
    }

    @Test func `of two states of lessons the newest counts that the store has come to`() {
        let old = [Lesson(topic: [1], payload: [1])]
        let new = [Lesson(topic: [2], payload: [2])]
        let file = LearnedFile()
            .adding(.init(position: 5, lessons: old), keeping: 0)
            .adding(.init(position: 9, lessons: new), keeping: 8)
        #expect(file.lessons(at: 4).isEmpty && file.lessons(at: 8) == old)
        #expect(file.lessons(at: 9) == new && file.lessons(at: 99) == new)
        let next = file.adding(.init(position: 12, lessons: []), keeping: 9)
        #expect(next.lessons(at: 8).isEmpty && next.lessons(at: 9) == new)
        #expect(next.lessons(at: 12).isEmpty)
    }

    @Test func `each entity of a notification goes to its own device`() throws {
        var data = try IngestFolder(try TemporaryFolder("langso-ingest"), decoder: Self.decoder())
        let time = now.rfc3339
        let list = (1...3).map { number in
            #"{"id":"b\#(number)","type":"W","fillingLevel":{"value":0.\#(number),"#
                + #""observedAt":"\#(time)"}}"#
        }.joined(separator: ",")
        let text = #"{"type":"Notification","data":[\#(list)]}"#
        try data.send("city/bins", text, at: now)
        // The broker notifies again of what did not change.
        try data.send("city/bins", text, at: now + .minutes(3))
        for number in 1...3 {
            let labels: Labels = ["__name__": "bin_fill_ratio", "device": "b\(number)"]
            let samples = try data.samples(labels)
            #expect(samples == [Sample(time: now, value: Double(number) / 10)])
        }
        #expect(data.storage.pipeline.counters.messages == 2)
    }
}
