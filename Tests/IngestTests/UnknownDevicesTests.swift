import Decoding
import Foundation
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// Which messages are whose, when nobody has told the gateway of their senders.
struct UnknownDevicesTests {
    private static let now = IngestFolder.now
    private static let eui = "0102030405060708"

    private static func uplink(_ counter: Int, eui: String = eui) -> (String, String) {
        (
            "application/a/device/\(eui)/event/up",
            """
            {"deduplicationId": "d\(counter)", "deviceInfo": {"devEui": "\(eui)"}, \
            "fCnt": \(counter), "fPort": 2, "data": "DUoDhAAAAAE="}
            """
        )
    }

    private static func fresh(
        _ folder: TemporaryFolder? = nil,
        knowing directory: DeviceDirectory = DeviceDirectory()
    ) throws -> IngestFolder {
        var rules = SubscriptionRule.wellKnown
        let plain = try #require(TopicFilter("village/#"))
        rules.append(SubscriptionRule(topicFilter: plain, family: .plainJSON))
        var decoder = try IngestFolder.decoder(rules: rules)
        decoder.replaceDirectory(directory)
        return try IngestFolder(
            try folder ?? TemporaryFolder("langso-unknown"),
            decoder: decoder
        )
    }

    private static func unknown(
        _ data: borrowing IngestFolder,
        knowing directory: DeviceDirectory = DeviceDirectory()
    ) throws -> UnknownDevices {
        var decoder = data.storage.pipeline.decoder
        decoder.replaceDirectory(directory)
        return try UnknownDevices(
            in: data.storage.pipeline.deadLetters,
            of: try JournalReader(folder: data.folder.path(of: "data")),
            decoder: decoder
        )
    }

    @Test func `messages are listed by device, and by topic where no family knows them`() throws {
        var data = try Self.fresh()
        for counter in 0..<12 {
            let (topic, text) = Self.uplink(counter)
            try data.send(topic, text, at: Self.now + .minutes(Int64(counter)))
        }
        try data.send("village/7/raw", "no JSON at all", at: Self.now + .hours(1))
        try data.send("village/7/raw", "nor this", at: Self.now + .hours(2))
        try data.send("village/8/meter", #"{"index": 4}"#, at: Self.now)
        let found = try Self.unknown(data)
        #expect(
            found.devices.map(\.sender.text) == [
                "topic:village/7/raw", "chirpstack:\(Self.eui)", "plain_json:8/meter",
            ]
        )
        let device = found.devices[1]
        #expect(device.messageCount == 12)
        #expect(device.positions.count == GuessLimits.frames)
        #expect(device.firstAt == Self.now && device.lastAt == Self.now + .minutes(11))
        #expect(device.reasons == ["unknown_device": 12])
        let frames = try device.frames(
            from: try JournalReader(folder: data.folder.path(of: "data"))
        )
        let newest = String(decoding: try #require(frames.last).frame.payload, as: UTF8.self)
        #expect(newest.contains("d11"))
        #expect(found.omittedCount == 0)
    }

    @Test func `a device is found by its name, and by its address in any form`() throws {
        var data = try Self.fresh()
        let (topic, text) = Self.uplink(1)
        try data.send(topic, text)
        let found = try Self.unknown(data)
        for name in ["chirpstack:\(Self.eui)", Self.eui, "01-02-03-04-05-06-07-08"] {
            #expect(found.device(named: name)?.sender.address == Self.eui, "\(name)")
        }
        for name in ["", ":", "tasmota:\(Self.eui)", "topic:", "1"] {
            #expect(found.device(named: name) == nil, "\(name)")
        }
    }

    @Test func `messages of devices with a profile are no unknown device's`() throws {
        var data = try Self.fresh()
        let (topic, text) = Self.uplink(1)
        try data.send(topic, text)
        var directory = DeviceDirectory()
        // A profile that does not fit, one that is not there, and one that does.
        for profile in ["milesight-em310-udl", "not-there", "dragino-ldds75"] {
            directory.assign(Self.eui, .init(profile: profile))
            #expect(try Self.unknown(data, knowing: directory).devices.isEmpty, "\(profile)")
        }
    }

    @Test func `the list is the same after a restart, and ends with the messages' decoding`() throws
    {
        var data = try Self.fresh()
        for counter in 0..<3 {
            let (topic, text) = Self.uplink(counter)
            try data.send(topic, text, at: Self.now + .minutes(Int64(counter)))
        }
        let before = try Self.unknown(data)
        try data.storage.pipeline.checkpoint(at: Self.now)
        let folder = data.folder.path(of: "data")
        let letters = try IngestPipeline.deadLetters(inFolder: folder)
        #expect(letters.entries == data.storage.pipeline.deadLetters.entries)
        var directory = DeviceDirectory()
        directory.assign(Self.eui, .init(profile: "dragino-ldds75"))
        data.storage.pipeline.replaceDirectories(directory, IngestDirectory())
        let run = try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: folder),
            at: Self.now
        )
        #expect(run.decoded == 3 && run.failed == 0)
        #expect(before.devices.count == 1)
        #expect(try Self.unknown(data).devices.isEmpty)
        let samples = try data.samples(["__name__": "bin_distance_metres"])
        #expect(samples.map(\.value) == [0.9, 0.9, 0.9])
    }

    @Test func `a device that is registered while the gateway stands still loses nothing`() throws {
        let folder = try TemporaryFolder("langso-unknown")
        do {
            var data = try Self.fresh(folder)
            for counter in 0..<3 {
                let (topic, text) = Self.uplink(counter)
                try data.send(topic, text, at: Self.now + .minutes(Int64(counter)))
            }
            try data.storage.pipeline.checkpoint(at: Self.now)
        }
        var directory = DeviceDirectory()
        directory.assign(Self.eui, .init(profile: "dragino-ldds75"))
        var data = try Self.fresh(folder, knowing: directory)
        let none = try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: folder.path(of: "data")),
            at: Self.now,
            leaving: [.unknownDevice]
        )
        #expect(none.tried == 0)
        let run = try data.storage.pipeline.decodeDeadLetters(
            try JournalReader(folder: folder.path(of: "data")),
            at: Self.now
        )
        #expect(run.decoded == 3 && run.failed == 0)
        let samples = try data.samples(["__name__": "bin_distance_metres"])
        #expect(samples.count == 3)
        #expect(data.storage.pipeline.counters.duplicateMessages == 0)
    }

    @Test func `too many devices are cut, those that spoke last stay`() throws {
        var data = try Self.fresh()
        for number in 0..<(UnknownDevices.maximumCount + 5) {
            try data.send(
                "village/\(number)",
                "{}",
                at: Self.now + .seconds(Int64(number))
            )
        }
        let found = try Self.unknown(data)
        #expect(found.devices.count == UnknownDevices.maximumCount)
        #expect(found.omittedCount == 5)
        #expect(found.devices.first?.sender.address == "\(UnknownDevices.maximumCount + 4)")
    }

    @Test func `what has left the ring of the journal is passed over`() throws {
        let settings = JournalSettings(sizeBytes: 3 << 20, segmentBytes: 1 << 20)
        var data = try IngestFolder(
            try TemporaryFolder("langso-unknown"),
            decoder: try IngestFolder.decoder(rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("village/#")),
                    family: .plainJSON
                )
            ]),
            journal: settings
        )
        try data.send("village/old", "{}")
        let filling = String(repeating: "x", count: 200_000)
        for _ in 0..<20 {
            try data.send("village/new", "{\"text\": \"\(filling)\"}")
            try data.storage.pipeline.checkpoint(at: Self.now)
        }
        let found = try Self.unknown(data)
        #expect(found.devices.map(\.sender.address) == ["new"])
    }

    @Test func `a message that speaks of several devices stands under each of them`() throws {
        var data = try IngestFolder(
            try TemporaryFolder("langso-unknown"),
            decoder: try IngestFolder.decoder(rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("city/#")),
                    family: .fiware
                )
            ])
        )
        func entity(_ name: String) -> String {
            #"{"id": "urn:\#(name)", "type": "WasteContainer", "fillingLevel": 0.4}"#
        }
        let names = ["a", "b", "a"] + (0..<UnknownDevices.maximumParts).map { "m\($0)" }
        let list = names.prefix(3).map(entity).joined(separator: ",")
        let text = #"{"type": "Notification", "data": [\#(list)]}"#
        try data.send("city/1", text, at: Self.now)
        try data.send("city/1", entity("a"), at: Self.now + .minutes(1))
        let found = try Self.unknown(data)
        #expect(found.devices.map(\.sender.address) == ["urn:a", "urn:b"])
        #expect(found.devices.map(\.messageCount) == [2, 1])
        #expect(found.devices.allSatisfy { $0.isPart })
        let reader = try JournalReader(folder: data.folder.path(of: "data"))
        for device in found.devices {
            let frames = try device.frames(from: reader)
            #expect(frames.allSatisfy { $0.frame.part == device.sender.address })
        }
        let many = names.map(entity).joined(separator: ",")
        try data.send("city/2", "[\(many)]", at: Self.now + .hours(1))
        #expect(try Self.unknown(data).devices.count == UnknownDevices.maximumParts)
    }

    @Test func `a damaged message is left out, counted and named`() throws {
        var data = try Self.fresh()
        for counter in 0..<3 {
            let (topic, text) = Self.uplink(counter)
            try data.send(topic, text, at: Self.now + .minutes(Int64(counter)))
        }
        let path = data.folder.path(of: "data/journal")
        let bytes = try Array(Data(contentsOf: URL(filePath: path), options: .alwaysMapped))
        let place = try #require(bytes.firstRange(of: Array(#""d1""#.utf8))).lowerBound
        let before = try #require(try Self.unknown(data).devices.first)
        try StorageFile(path, .readWrite).write([0x21].span.bytes, at: UInt64(place + 1))
        let found = try Self.unknown(data)
        #expect(found.devices.first?.messageCount == 2)
        #expect(found.damagedCount == 1 && found.faults.count == 1)
        #expect("\(found.faults)".contains("failed its check"))
        // A list from before the damage is still shown.
        let frames = try before.frames(
            from: try JournalReader(folder: data.folder.path(of: "data"))
        )
        #expect(frames.count == 2)
    }
}
