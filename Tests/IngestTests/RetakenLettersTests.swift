import Decoding
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// Messages that were decoded when they came, cannot be when they are taken again, and can be in
/// the end.
@Suite struct RetakenLettersTests {
    private typealias Scene = RetakingTests

    private static let (eui, other) = (Scene.eui, "24e124713b492806")
    /// Its messages have frames that are told apart, and no time of their own.
    private static let numbered = Scene.profile("", "water.level")
        .replacing("  - time: {path: time}\n    json:", with: "  - json:")

    private static func open(
        _ profile: String = numbered,
        in place: TemporaryFolder? = nil
    ) throws -> IngestFolder {
        try Scene.open(.chirpstack, "application/+/device/+/event/+", profile: profile, in: place)
    }

    private static func send(
        _ data: inout IngestFolder,
        _ counter: Int,
        copy: String = "",
        of eui: String = eui,
        _ value: Double? = nil,
        isRead: Bool = true
    ) throws {
        let object = isRead ? #", "object": {"value": \#(value ?? Double(counter))}"# : ""
        try data.send(
            "application/a/device/\(eui)/event/up",
            """
            {"deduplicationId": "f\(counter)\(copy)", "devAddr": "01020304",
             "fCnt": \(counter), "deviceInfo": {"devEui": "\(eui)"}, "fPort": 5,
             "data": "AQID"\(object)}
            """,
            at: Scene.minutes(Int64(counter)) + .seconds(copy.isEmpty ? 0 : 1)
        )
    }

    /// Has a box read by a profile that nobody has, or by its topic's again.
    private static func read(
        _ data: inout IngestFolder,
        _ directory: IngestDirectory,
        _ isRight: Bool
    ) {
        var devices = DeviceDirectory()
        if !isRight { devices.assign(eui, .init(profile: "no-such-profile")) }
        data.storage.pipeline.replaceDirectories(devices, directory)
    }

    private static func decodeLetters(_ data: inout IngestFolder) throws -> DecodingRun {
        let journal = try JournalReader(folder: data.folder.path(of: "data"))
        return try data.storage.pipeline.decodeDeadLetters(journal, at: Scene.minutes(60))
    }

    /// Has a codec answer all that it is asked; how much that was.
    private static func answer(
        _ data: inout IngestFolder,
        _ result: CodecReply.Result = .data(Array(#"{"value": 9}"#.utf8), warningCount: 0)
    ) -> Int {
        let calls = data.storage.pipeline.takeCodecCalls()
        data.storage.pipeline.finish(calls.map { .init(position: $0.position, result: result) })
        return calls.count
    }

    private static func values(
        _ data: inout IngestFolder,
        _ village: String
    ) throws -> [Double] {
        try data.values(["__name__": Scene.level, "device": "D-1", "village": village])
    }

    @Test(arguments: [false, true])
    func `what can be read in the end leaves the old place and is at the new one`(
        restarts: Bool
    ) throws {
        let place = try TemporaryFolder("langso-letters")
        let moved = Scene.moved(Self.eui, at: Scene.minutes(3))
        func take(_ data: inout IngestFolder) throws {
            data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
            for counter in 1...4 { try Self.send(&data, counter) }
            try Self.send(&data, 4, copy: "b")
            #expect(try Self.values(&data, "v1") == [1, 2, 3, 4])
            Self.read(&data, moved, false)
            let report = try data.retake([Self.eui: Scene.minutes(3)])
            #expect(report.undecoded == ["no_profile": 3], "\(report)")
        }
        if restarts {
            var data = try Self.open(in: place)
            try take(&data)
        }
        var data = try Self.open(in: place)
        if !restarts { try take(&data) }
        Self.read(&data, moved, true)
        let run = try Self.decodeLetters(&data)
        #expect(run.tried == 3 && run.decoded == 3 && run.failed == 0)
        #expect(try Self.values(&data, "v1") == [1, 2])
        #expect(try Self.values(&data, "v2") == [3, 4], "two gateways heard the last one")
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
    }

    @Test func `a codec that fails when it is asked again may be asked a third time`() throws {
        let codec = Self.numbered.replacing("source: test", with: "source: test\ncodec: codec.js")
        var data = try Self.open(codec)
        data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
        for counter in 1...4 { try Self.send(&data, counter, isRead: false) }
        #expect(Self.answer(&data) == 4)
        #expect(try Self.values(&data, "v1").count == 4)
        data.storage.pipeline.replaceDirectory(Scene.moved(Self.eui, at: Scene.minutes(3)))
        #expect(try data.retake([Self.eui: Scene.minutes(3)]).awaiting == 2)
        #expect(Self.answer(&data, .failed("broken")) == 2)
        #expect(data.storage.pipeline.deadLetters.counts == ["codec_failed": 2])
        let run = try Self.decodeLetters(&data)
        #expect(run.awaiting == 2)
        #expect(Self.answer(&data) == 2)
        #expect(try Self.values(&data, "v1").count == 2)
        #expect(try Self.values(&data, "v2").count == 2)
    }

    @Test(arguments: [false, true])
    func `who came to the place keeps the sample of the same millisecond`(restarts: Bool) throws {
        let (place, change) = (try TemporaryFolder("langso-letters"), Scene.minutes(3))
        var directory = IngestDirectory()
        directory.assign(Self.eui, [.init(until: change, labels: Scene.labels("D-1", "v1"))])
        directory.assign(Self.other, [.init(from: change, labels: Scene.labels("D-1", "v1"))])
        func take(_ data: inout IngestFolder) throws {
            data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
            try Self.send(&data, 5)
            try Self.send(&data, 5, of: Self.other, 50)
            Self.read(&data, directory, false)
            _ = try data.retake([Self.eui: change, Self.other: change])
            #expect(try Self.values(&data, "v1") == [50])
        }
        if restarts {
            var data = try Self.open(in: place)
            try take(&data)
        }
        var data = try Self.open(in: place)
        if !restarts { try take(&data) }
        Self.read(&data, directory, true)
        #expect(try Self.decodeLetters(&data).decoded == 1)
        #expect(try Self.values(&data, "v1") == [50])
        #expect(try data.values(["__name__": Scene.level, "device": .init(Self.eui)]) == [5])
    }

    @Test(arguments: [false, true])
    func `what comes later to the place keeps its sample of that millisecond`(
        restarts: Bool
    ) throws {
        let (place, change) = (try TemporaryFolder("langso-letters"), Scene.minutes(3))
        var directory = IngestDirectory()
        directory.assign(Self.eui, [.init(until: change, labels: Scene.labels("D-1", "v1"))])
        directory.assign(Self.other, [.init(from: change, labels: Scene.labels("D-1", "v1"))])
        func take(_ data: inout IngestFolder) throws {
            data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
            try Self.send(&data, 5)
            Self.read(&data, directory, false)
            _ = try data.retake([Self.eui: change, Self.other: change])
            try data.storage.pipeline.checkpoint(at: Scene.minutes(6))
        }
        if restarts {
            var data = try Self.open(in: place)
            try take(&data)
        }
        var data = try Self.open(in: place)
        if !restarts { try take(&data) }
        Self.read(&data, directory, false)
        try Self.send(&data, 5, of: Self.other, 50)
        Self.read(&data, directory, true)
        #expect(try Self.decodeLetters(&data).decoded == 1)
        #expect(try Self.values(&data, "v1") == [50])
        #expect(try data.values(["__name__": Scene.level, "device": .init(Self.eui)]) == [5])
    }

    @Test func `a frame that comes twice asks its codec once, and is counted once`() throws {
        let codec = Self.numbered.replacing("source: test", with: "source: test\ncodec: codec.js")
        var data = try Self.open(codec)
        data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
        try Self.send(&data, 4, isRead: false)
        #expect(Self.answer(&data) == 1)
        try Self.send(&data, 4, copy: "b", isRead: false)
        let moved = Scene.moved(Self.eui, at: Scene.minutes(3))
        Self.read(&data, moved, false)
        #expect(try data.retake([Self.eui: Scene.minutes(3)]).undecoded == ["no_profile": 2])
        Self.read(&data, moved, true)
        let run = try Self.decodeLetters(&data)
        #expect(run.tried == 2 && run.awaiting == 1 && run.failed == 0)
        #expect(Self.answer(&data) == 1)
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
    }

    @Test func `the next change takes them again, and leaves no undecodable ones`() throws {
        var data = try Self.open()
        data.storage.pipeline.replaceDirectory(Scene.before(Self.eui))
        for counter in 1...4 { try Self.send(&data, counter) }
        let moved = Scene.moved(Self.eui, at: Scene.minutes(3))
        Self.read(&data, moved, false)
        _ = try data.retake([Self.eui: Scene.minutes(3)])
        #expect(data.storage.pipeline.deadLetters.counts == ["no_profile": 2])
        Self.read(&data, moved, true)
        let report = try data.retake([Self.eui: Scene.minutes(3)])
        #expect(report.stored == 2 && report.undecoded.isEmpty)
        #expect(try Self.values(&data, "v1") == [1, 2])
        #expect(try Self.values(&data, "v2") == [3, 4])
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
    }

    // MARK: The file

    @Test func `the list says which of them are stored, and one from before says it of none`()
        throws
    {
        var letters = DeadLetters()
        letters.note(7, reason: "not_json")
        letters.note(9, reason: "not_json")
        letters.insert(8, reason: "no_profile", isStored: true)
        let bytes = letters.bytes
        let read = try #require(DeadLetters(bytes: bytes))
        #expect(read.entries == letters.entries && read.counts == letters.counts)
        #expect(read.holdsStored && read.entries.map(\.isStored) == [false, true, false])
        for length in 0..<bytes.count {
            #expect(DeadLetters(bytes: Array(bytes[..<length])) == nil)
        }
        // Without the last byte of each entry, and with the old name and the sum of both.
        let entries = bytes.count - 4 - 3 * 10
        let old = CheckedBytes.framed(DeadLetters.magicWithoutStored) { old in
            old += bytes[DeadLetters.magic.count..<entries]
            for entry in 0..<3 { old += bytes[(entries + entry * 10)...].prefix(9) }
        }
        let former = try #require(DeadLetters(bytes: old))
        #expect(former.entries.map(\.position) == [7, 8, 9] && former.counts == letters.counts)
        #expect(!former.holdsStored)
        letters.insert(8, reason: "no_profile")
        #expect(!letters.holdsStored && letters.counts == former.counts)
    }
}
