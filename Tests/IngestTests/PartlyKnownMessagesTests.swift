import Decoding
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// Messages of several devices of which only some are registered.
struct PartlyKnownMessagesTests {
    private static let now = IngestFolder.now
    private static let metric = "bin_fill_ratio"

    private static func directory(_ names: [String]) -> DeviceDirectory {
        var directory = DeviceDirectory()
        for name in names {
            directory.assign("urn:\(name)", .init(profile: "fiware-waste-container"))
        }
        return directory
    }

    private static func labels(_ names: [String]) -> IngestDirectory {
        var labels = IngestDirectory()
        for name in names { labels.assign("urn:\(name)", ["device": name]) }
        return labels
    }

    private static func folder(
        _ folder: TemporaryFolder,
        knowing names: [String]
    ) throws -> IngestFolder {
        var decoder = try IngestFolder.decoder(rules: [
            SubscriptionRule(topicFilter: try #require(TopicFilter("city/#")), family: .fiware)
        ])
        decoder.replaceDirectory(directory(names))
        var data = try IngestFolder(folder, decoder: decoder)
        data.storage.pipeline.replaceDirectories(directory(names), labels(names))
        return data
    }

    private static func notification(_ names: [String], _ level: Double) -> String {
        let list = names.map { name in
            #"{"id": "urn:\#(name)", "type": "WasteContainer", "fillingLevel": \#(level)}"#
        }
        return #"{"type": "Notification", "data": [\#(list.joined(separator: ","))]}"#
    }

    private static func unknown(_ data: borrowing IngestFolder) throws -> UnknownDevices {
        try UnknownDevices(
            in: data.storage.pipeline.deadLetters,
            of: try JournalReader(folder: data.folder.path(of: "data")),
            decoder: data.storage.pipeline.decoder
        )
    }

    private static func decodeAgain(
        _ data: inout IngestFolder,
        knowing names: [String]
    ) throws -> DecodingRun {
        data.storage.pipeline.replaceDirectories(directory(names), labels(names))
        return try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: data.folder.path(of: "data")),
            at: now
        )
    }

    private static func send(
        _ data: inout IngestFolder,
        _ names: [String],
        _ level: Double,
        minute: Int
    ) throws {
        try data.send(
            "city/1",
            notification(names, level),
            at: now + .minutes(Int64(minute))
        )
    }

    private static func values(_ data: inout IngestFolder, _ device: String) throws -> [Double] {
        try data.samples(["__name__": metric, "device": device]).map(\.value)
    }

    @Test func `unknown devices of a message whose others are known come into the inbox`() throws {
        var data = try Self.folder(TemporaryFolder("langso-parts"), knowing: ["a"])
        for minute in 0..<3 {
            try Self.send(
                &data,
                ["a", "b", "c"],
                Double(minute + 1) / 10,
                minute: minute
            )
        }
        try Self.send(&data, ["a"], 0.9, minute: 3)
        #expect(try Self.values(&data, "a") == [0.1, 0.2, 0.3, 0.9])
        let letters = data.storage.pipeline.deadLetters
        #expect(letters.counts == [DeadLetters.unknownPart: 3] && letters.entries.count == 3)
        #expect(data.storage.pipeline.counters.undecodedMessages.isEmpty)
        let found = try Self.unknown(data)
        #expect(found.devices.map(\.sender.text) == ["fiware:urn:b", "fiware:urn:c"])
        #expect(found.devices.allSatisfy { $0.isPart && $0.messageCount == 3 })
    }

    @Test func `what is known in part is taken again with a change, and is no news`() throws {
        var data = try Self.folder(TemporaryFolder("langso-parts"), knowing: ["a"])
        for minute in 0..<3 { try Self.send(&data, ["a", "b"], 0.5, minute: minute) }
        var moved = IngestDirectory()
        moved.assign(
            "urn:a",
            [
                .init(until: Self.now + .minutes(1), labels: ["device": "a"]),
                .init(from: Self.now + .minutes(1), labels: ["device": "elsewhere"]),
            ]
        )
        data.storage.pipeline.replaceDirectories(Self.directory(["a"]), moved)
        let report = try data.retake(["urn:a": Self.now + .minutes(1)])
        #expect(report.stored == 2)
        let known = data.storage.pipeline.counters.decodedMessages
        let run = try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: data.folder.path(of: "data")),
            at: Self.now
        )
        #expect(run.partial == 3 && data.storage.pipeline.counters.decodedMessages == known)
        #expect(try data.values(["__name__": Self.metric, "device": "a"]).count == 1)
        #expect(try data.values(["__name__": Self.metric, "device": "elsewhere"]).count == 2)
    }

    @Test func `who is registered gets what was said before, and the rest waits on`() throws {
        var data = try Self.folder(TemporaryFolder("langso-parts"), knowing: ["a"])
        try Self.send(&data, ["a", "b", "c"], 0.1, minute: 0)
        try Self.send(&data, ["b", "c"], 0.2, minute: 1)
        let first = try Self.decodeAgain(&data, knowing: ["a", "b"])
        #expect(first.tried == 2 && first.partial == 2 && first.failed == 0)
        #expect(try Self.values(&data, "b") == [0.1, 0.2])
        #expect(try Self.unknown(data).devices.map(\.sender.address) == ["urn:c"])
        #expect(data.storage.pipeline.deadLetters.counts == [DeadLetters.unknownPart: 2])
        let words = data.storage.pipeline.refusal(
            of: try JournalReader(folder: data.folder.path(of: "data"))
                .record(at: data.storage.pipeline.deadLetters.entries[0].position)
        )
        #expect(words?.contains("'urn:c' is not registered") == true, "\(words ?? "")")
        let second = try Self.decodeAgain(&data, knowing: ["a", "b", "c"])
        #expect(second.decoded == 2 && second.partial == 0)
        #expect(try Self.values(&data, "a") == [0.1])
        #expect(try Self.values(&data, "c") == [0.1, 0.2])
        #expect(data.storage.pipeline.deadLetters.entries.isEmpty)
    }

    @Test func `a line of a station that is registered later is taken from its message`() throws {
        let lines = """
            id: lines
            manufacturer: test
            model: lines
            title: Lines
            kind: bin
            source: test
            families: [csv]
            csv:
              columns: [station, at, fill]
              time: {column: at, format: unix}
              device: station
            messages:
              - records:
                  - {record: fill, quantity: bin.fill, unit: "1"}
            """
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("lines/#")),
            family: .csv
        )
        let decoder = try IngestFolder.decoder(
            profiles: [ProfileText(file: "lines", text: lines)],
            rules: [rule]
        )
        var data = try IngestFolder(TemporaryFolder("langso-parts"), decoder: decoder)
        func know(_ stations: [String]) {
            var (devices, labels) = (DeviceDirectory(), IngestDirectory())
            for station in stations {
                devices.assign(station, .init(profile: "lines"))
                labels.assign(station, ["device": station])
            }
            data.storage.pipeline.replaceDirectories(devices, labels)
        }
        // What sends the lines says how they are read.
        know(["hub", "a"])
        let seconds = Self.now.milliseconds / 1000
        try data.send("lines/hub", "a,\(seconds),0.1\nb,\(seconds),0.2\n", at: Self.now)
        #expect(try Self.values(&data, "a") == [0.1] && Self.values(&data, "b").isEmpty)
        #expect(try Self.unknown(data).devices.map(\.sender.address) == ["b"])
        know(["hub", "a", "b"])
        let run = try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: data.folder.path(of: "data")),
            at: Self.now
        )
        #expect(run.decoded == 1)
        #expect(try Self.values(&data, "a") == [0.1] && Self.values(&data, "b") == [0.2])
        #expect(data.storage.pipeline.deadLetters.entries.isEmpty)
    }

    @Test func `the inbox has them after a crash, each message once`() throws {
        let folder = try TemporaryFolder("langso-parts")
        do {
            var data = try Self.folder(folder, knowing: ["a"])
            try Self.send(&data, ["a", "b"], 0.1, minute: 0)
            try data.storage.pipeline.checkpoint(at: Self.now)
            try Self.send(&data, ["a", "b"], 0.2, minute: 1)
        }
        var data = try Self.folder(folder, knowing: ["a"])
        #expect(data.storage.pipeline.deadLetters.counts == [DeadLetters.unknownPart: 2])
        #expect(try Self.unknown(data).devices.map(\.messageCount) == [2])
        #expect(try Self.decodeAgain(&data, knowing: ["a", "b"]).decoded == 2)
        #expect(try Self.values(&data, "b") == [0.1, 0.2])
    }

    @Test func `messages with unknown parts push out no other undecodable ones`() throws {
        var letters = DeadLetters()
        for position in 1...10 { letters.note(UInt64(position), reason: "unknown_device") }
        for position in 11...30_000 {
            letters.note(UInt64(position), reason: DeadLetters.unknownPart)
        }
        let newest = letters.newest(DeadLetters.capacity)
        #expect(newest.count { $0.reason == "unknown_device" } == 10)
        let parts = newest.filter { $0.reason == DeadLetters.unknownPart }
        #expect(parts.count >= DeadLetters.partCapacity)
        #expect(parts.count < 2 * DeadLetters.partCapacity)
        #expect(newest.first?.position == 30_000)
        let read = try #require(DeadLetters(bytes: letters.bytes))
        #expect(read.entries == letters.entries && read.counts == letters.counts)
        letters.resolve(Set(parts.map(\.position)))
        #expect(letters.entries.count == 10)
    }
}
