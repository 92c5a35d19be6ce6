import Decoding
import Foundation
@testable import Ingest
import QualityControl
import Telemetry
import TestKit
import Testing

/// Boxes with codecs that are moved again, or forgotten by a crash, before all codecs answered.
@Suite struct RetakenTwiceTests {
    private typealias Scene = RetakingTests

    private static let topic = "application/+/device/+/event/+"
    private static let codec = Scene.profile("codec: codec.js", "water.level")
    private static let (one, two) = ("24e124713b492805", "24e124713b492806")
    private static let (change, time) = (Scene.minutes(5), Scene.minutes(10))

    private static func open(_ place: TemporaryFolder? = nil) throws -> IngestFolder {
        try Scene.open(.chirpstack, topic, profile: codec, in: place)
    }

    /// A box that was at one place after the other.
    private static func assign(
        _ box: String,
        _ places: [(device: String, until: Instant?)],
        _ directory: inout IngestDirectory
    ) {
        var from: Instant?
        var list: [IngestDirectory.Installation] = []
        for place in places {
            let labels = Scene.labels(place.device, "v1")
            list.append(.init(from: from, until: place.until, labels: labels))
            from = place.until
        }
        directory.assign(box, list)
    }

    /// Has a box say something that its codec reads, or that the server has read.
    private static func send(
        _ data: inout IngestFolder,
        _ box: String,
        read value: Double? = nil,
        at time: Instant = time
    ) throws {
        let object = value.map { #", "object": \#(Scene.say($0, at: time))"# } ?? ""
        try data.send(
            "application/a/device/\(box)/event/up",
            """
            {"deduplicationId": "f\(box)\(time.rfc3339)", "devAddr": "01020304",
             "fCnt": \(time.milliseconds / 60_000 % 1000), "deviceInfo": {"devEui": "\(box)"},
             "fPort": 5, "data": "AQID"\(object)}
            """,
            at: time
        )
    }

    /// Has the codec answer what it was asked for some boxes, and leave the others waiting.
    @discardableResult
    private static func answer(
        _ data: inout IngestFolder,
        _ boxes: [String],
        _ value: Double = 1
    ) -> Int {
        let calls = data.storage.pipeline.takeCodecCalls()
            .filter { boxes.contains($0.request.deviceAddress) }
        data.storage.pipeline.finish(
            calls.map { call in
                let time = Instant(milliseconds: call.request.receivedAtMilliseconds)
                let said = Array(Scene.say(value, at: time).utf8)
                return .init(position: call.position, result: .data(said, warningCount: 0))
            }
        )
        return calls.count
    }

    private static func values(_ data: inout IngestFolder, _ device: String) throws -> [Double] {
        try data.values(["__name__": Scene.level, "device": .init(device)])
    }

    @Test func `a box that moves again leaves the place of before while another codec is silent`()
        throws
    {
        var data = try Self.open()
        var directory = IngestDirectory()
        directory.assign(Self.one, Scene.labels("D-1", "v1"))
        directory.assign(Self.two, Scene.labels("D-9", "v1"))
        data.storage.pipeline.replaceDirectory(directory)
        for box in [Self.one, Self.two] { try Self.send(&data, box) }
        Self.answer(&data, [Self.one, Self.two])
        Self.assign(Self.one, [("D-1", Self.change), ("D-2", nil)], &directory)
        Self.assign(Self.two, [("D-9", Self.change), ("D-8", nil)], &directory)
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.one: Self.change, Self.two: Self.change])
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-2") == [1])
        let later = Scene.minutes(7)
        Self.assign(Self.one, [("D-1", Self.change), ("D-2", later), ("D-3", nil)], &directory)
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.one: later])
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-2").isEmpty)
        #expect(try Self.values(&data, "D-3") == [1])
        #expect(try Self.values(&data, "D-1").isEmpty)
    }

    @Test func `what a codec says while another is silent leaves its place with a later change`()
        throws
    {
        var data = try Self.open()
        var directory = IngestDirectory()
        directory.assign(Self.one, Scene.labels("D-1", "v1"))
        directory.assign(Self.two, Scene.labels("D-9", "v1"))
        data.storage.pipeline.replaceDirectory(directory)
        try Self.send(&data, Self.two)
        Self.answer(&data, [Self.two])
        Self.assign(Self.two, [("D-9", Self.change), ("D-8", nil)], &directory)
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.two: Self.change])
        try Self.send(&data, Self.one)
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-1") == [1])
        Self.assign(Self.one, [("D-1", Self.change), ("D-3", nil)], &directory)
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.one: Self.change])
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-1").isEmpty)
        #expect(try Self.values(&data, "D-3") == [1])
    }

    // MARK: Crashes

    private static func swapped() -> IngestDirectory {
        var directory = IngestDirectory()
        assign(one, [("D-1", change), ("D-2", nil)], &directory)
        assign(two, [("D-2", change), ("D-1", nil)], &directory)
        return directory
    }

    @Test func `a crash in the checkpoint after the last answer takes no right sample away`() throws
    {
        let (place, cut) = (try TemporaryFolder("langso-twice"), try TemporaryFolder("langso-cut"))
        do {
            var data = try Self.open(place)
            var directory = IngestDirectory()
            directory.assign(Self.one, Scene.labels("D-1", "v1"))
            directory.assign(Self.two, Scene.labels("D-2", "v1"))
            data.storage.pipeline.replaceDirectory(directory)
            try Self.send(&data, Self.two, read: 2)
            try Self.send(&data, Self.one)
            Self.answer(&data, [Self.one])
            data.storage.pipeline.replaceDirectory(Self.swapped())
            _ = try data.retake([Self.one: Self.change, Self.two: Self.change])
            #expect(Self.answer(&data, [Self.one]) == 1)
            // The lists are those of the checkpoint, and the store is that of before.
            let from = place.path(of: "data")
            let to = cut.path(of: "data")
            try FileManager.default.copyItem(atPath: from, toPath: to)
            try data.storage.pipeline.checkpoint(at: Self.time)
            for list in [
                IngestPipeline.retakenFile, IngestPipeline.deadLettersFile,
                IngestPipeline.awaitedFile,
            ] {
                try? FileManager.default.removeItem(atPath: "\(to)/\(list)")
                try FileManager.default.copyItem(atPath: "\(from)/\(list)", toPath: "\(to)/\(list)")
            }
        }
        var data = try Self.open(cut)
        data.storage.pipeline.replaceDirectory(Self.swapped())
        #expect(try Self.values(&data, "D-1") == [2])
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-1") == [2])
        #expect(try Self.values(&data, "D-2") == [1])
    }

    @Test func `what was right before a checkpoint within a slice is known after a start`() throws {
        let place = try TemporaryFolder("langso-twice")
        var before = IngestDirectory()
        before.assign(Self.one, Scene.labels("D-1", "v1"))
        before.assign(Self.two, Scene.labels("D-2", "v1"))
        do {
            var data = try Self.open(place)
            data.storage.pipeline.replaceDirectory(before)
            // A change of before whose file is emptied.
            try Self.send(&data, Self.one, at: Scene.minutes(1))
            Self.answer(&data, [Self.one])
            var other = before
            Self.assign(Self.one, [("D-1", nil)], &other)
            data.storage.pipeline.replaceDirectory(other)
            _ = try data.retake([Self.one: Scene.start])
            Self.answer(&data, [Self.one])
            for _ in 0..<2 { try data.storage.pipeline.checkpoint(at: Self.time) }
            data.storage.pipeline.replaceDirectory(before)
            try Self.send(&data, Self.two, read: 2)
            try Self.send(&data, Self.one)
            Self.answer(&data, [Self.one])
            data.storage.pipeline.replaceDirectory(Self.swapped())
            _ = try data.retake([Self.one: Self.change, Self.two: Self.change], slice: 1) { data in
                try data.storage.pipeline.checkpoint(at: Self.time)
            }
        }
        var data = try Self.open(place)
        data.storage.pipeline.replaceDirectory(Self.swapped())
        #expect(Self.answer(&data, [Self.one]) == 1)
        #expect(try Self.values(&data, "D-1") == [1, 2])
        #expect(try Self.values(&data, "D-2") == [1])
    }

    // MARK: Clocks

    @Test func `the clock error of one box stays where the other is that has it`() throws {
        let far = Scene.start + .days(4000)
        var data = try Scene.open()
        var directory = IngestDirectory()
        for box in ["old", "new"] { directory.assign(box, Scene.labels("D-1", "v1")) }
        data.storage.pipeline.replaceDirectory(directory)
        for (box, ahead) in [("old", 1), ("new", 2)] {
            let said = Scene.say(3, at: far + .days(Int64(ahead)))
            try data.send("boxes/\(box)", said, at: Self.time)
        }
        func errors(_ device: String) throws -> [Double] {
            let name = IngestPipeline.clockErrorMetric
            return try data.values(["__name__": .init(name), "device": .init(device)])
        }
        let before = try errors("D-1")
        #expect(before == [(Self.time - far - .days(2)).seconds])
        Self.assign("old", [("D-1", Self.change), ("D-2", nil)], &directory)
        Self.assign("new", [("D-0", Self.change), ("D-1", nil)], &directory)
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake(["old": Self.change, "new": Self.change])
        #expect(try errors("D-1") == before)
        #expect(try errors("D-2").isEmpty)
    }
}
