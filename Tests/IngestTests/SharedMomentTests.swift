import Decoding
import Ingest
import Telemetry
import TestKit
import Testing

/// Boxes that follow each other at places, with readings of one millisecond.
@Suite struct SharedMomentTests {
    private typealias Scene = RetakingTests

    private static let codec = Scene.profile("codec: codec.js", "water.level")
    private static let (one, two) = ("24e124713b492805", "24e124713b492806")

    private static func values(_ data: inout IngestFolder, _ device: String) throws -> [Double] {
        try data.values(["__name__": Scene.level, "device": device])
    }

    @Test func `a box that is taken elsewhere later leaves the sample of who came after it`() throws
    {
        var data = try Scene.open()
        data.storage.pipeline.replaceDirectory(Scene.before("old"))
        let (change, time) = (Scene.minutes(5), Scene.minutes(10))
        for (box, value) in [("old", 2.0), ("new", 20)] {
            try data.send("boxes/\(box)", Scene.say(value, at: time), at: time)
        }
        var directory = IngestDirectory()
        directory.assign("new", [.init(from: change, labels: Scene.labels("D-1", "v1"))])
        directory.assign("old", [.init(until: change, labels: Scene.labels("D-1", "v1"))])
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake(["old": change, "new": change])
        #expect(try Self.values(&data, "D-1") == [20])
        // At the same moment the old one came to another place, which is noted by itself.
        directory.assign(
            "old",
            [
                .init(until: change, labels: Scene.labels("D-1", "v1")),
                .init(from: change, labels: Scene.labels("D-2", "v1")),
            ]
        )
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake(["old": change])
        #expect(try Self.values(&data, "D-1") == [20])
        #expect(try Self.values(&data, "D-2") == [2])
        #expect(try Self.values(&data, "old").isEmpty)
    }

    @Test(arguments: [[one, two], [two, one]])
    func `boxes with codecs that changed places keep their readings of one millisecond`(
        order: [String]
    ) throws {
        var data = try Scene.open(
            .chirpstack,
            "application/+/device/+/event/+",
            profile: Self.codec
        )
        let (change, time) = (Scene.minutes(5), Scene.minutes(10))
        var directory = IngestDirectory()
        directory.assign(Self.one, Scene.labels("D-1", "v1"))
        directory.assign(Self.two, Scene.labels("D-2", "v1"))
        data.storage.pipeline.replaceDirectory(directory)
        try Self.send(&data, at: time)
        Self.answer(&data, [Self.one, Self.two], at: time)
        #expect(try Self.values(&data, "D-1") == [1] && Self.values(&data, "D-2") == [2])
        for (eui, places) in [(Self.one, ["D-1", "D-2"]), (Self.two, ["D-2", "D-1"])] {
            directory.assign(
                eui,
                [
                    .init(until: change, labels: Scene.labels(places[0], "v1")),
                    .init(from: change, labels: Scene.labels(places[1], "v1")),
                ]
            )
        }
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.one: change, Self.two: change])
        Self.answer(&data, order, at: time)
        #expect(try Self.values(&data, "D-1") == [2])
        #expect(try Self.values(&data, "D-2") == [1])
    }

    @Test(arguments: [[one, two], [two, one]])
    func `a codec's answer leaves who came long ago to a place that its box had`(
        order: [String]
    ) throws {
        var data = try Scene.open(
            .chirpstack,
            "application/+/device/+/event/+",
            profile: Self.codec
        )
        let (past, change, time) = (Scene.minutes(2), Scene.minutes(5), Scene.minutes(10))
        func labels(_ device: String) -> Labels { Scene.labels(device, "v1") }
        var directory = IngestDirectory()
        directory.assign(
            Self.one,
            [.init(until: past, labels: labels("D-1")), .init(from: past, labels: labels("D-2"))]
        )
        directory.assign(Self.two, [.init(from: past, labels: labels("D-1"))])
        data.storage.pipeline.replaceDirectory(directory)
        try Self.send(&data, at: time)
        Self.answer(&data, [Self.one, Self.two], at: time)
        #expect(try Self.values(&data, "D-1") == [2] && Self.values(&data, "D-2") == [1])
        directory.assign(
            Self.one,
            [
                .init(until: past, labels: labels("D-1")),
                .init(from: past, until: change, labels: labels("D-2")),
                .init(from: change, labels: labels("D-3")),
            ]
        )
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake([Self.one: change])
        // Another change, of somebody else, begins before the codec has answered.
        _ = try data.retake(["lamp": change])
        Self.answer(&data, order, at: time)
        #expect(try Self.values(&data, "D-1") == [2])
        #expect(try Self.values(&data, "D-2").isEmpty)
        #expect(try Self.values(&data, "D-3") == [1])
    }

    /// Has both boxes send a frame.
    private static func send(_ data: inout IngestFolder, at time: Instant) throws {
        for eui in [one, two] {
            try data.send(
                "application/a/device/\(eui)/event/up",
                """
                {"deduplicationId": "f\(eui)", "devAddr": "01020304", "fCnt": 1,
                 "deviceInfo": {"devEui": "\(eui)"}, "fPort": 5, "data": "AQID"}
                """,
                at: time
            )
        }
    }

    /// Has the codec say what each box measured, one box after the other.
    private static func answer(_ data: inout IngestFolder, _ order: [String], at time: Instant) {
        let calls = data.storage.pipeline.takeCodecCalls()
        for eui in order {
            let said = Array(Scene.say(eui == one ? 1 : 2, at: time).utf8)
            data.storage.pipeline.finish(
                calls.filter { $0.request.deviceAddress == eui }.map {
                    .init(position: $0.position, result: .data(said, warningCount: 0))
                }
            )
        }
    }
}
