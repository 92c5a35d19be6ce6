import Decoding
import Foundation
@testable import Ingest
import QualityControl
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

    @Test(arguments: [(5.0, 7999.0), (7999, 20), (7999, 8888), (5, 20)])
    func `a mark goes with the box whose reading it is about, and no other's does`(
        old: Double,
        new: Double
    ) throws {
        let sentinels = [7999.0, 8888]
        var policy = QualityPolicy()
        policy.quantities["water.volume"] = .init()
        policy.quantities["water.volume"]?.sentinels = sentinels
        let profile = Scene.profile("families: [plain_json]", "water.volume")
        var data = try Scene.open(profile: profile, quality: policy)
        data.storage.pipeline.replaceDirectory(Scene.before("old"))
        var before = IngestDirectory()
        for box in ["old", "new"] { before.assign(box, Scene.labels("D-1", "v1")) }
        data.storage.pipeline.replaceDirectory(before)
        let (change, time) = (Scene.minutes(5), Scene.minutes(10))
        for (box, value) in [("old", old), ("new", new)] {
            try data.send("boxes/\(box)", Scene.say(value, at: time), at: time)
        }
        var directory = IngestDirectory()
        directory.assign(
            "old",
            [
                .init(until: change, labels: Scene.labels("D-1", "v1")),
                .init(
                    from: change,
                    labels: Scene.labels("D-2", "v1"),
                    counterOffsets: ["water.volume": 100]
                ),
            ]
        )
        directory.assign("new", [.init(from: change, labels: Scene.labels("D-1", "v1"))])
        data.storage.pipeline.replaceDirectory(directory)
        func rejected(_ device: String) throws -> [Double] {
            try data.values(["__name__": IngestPipeline.rejectedMetric, "device": .init(device)])
        }
        // A second time it finds all where it belongs.
        for _ in 0..<2 {
            _ = try data.retake(["old": change, "new": change])
            #expect(try rejected("D-1") == (sentinels.contains(new) ? [new] : []))
            #expect(try rejected("D-2") == (sentinels.contains(old) ? [old + 100] : []))
        }
    }

    @Test func `a mark of what another profile read goes with a box that was alone at its place`()
        throws
    {
        var policy = QualityPolicy()
        policy.quantities["water.level"] = .init()
        policy.quantities["water.level"]?.sentinels = [7999]
        let place = try TemporaryFolder("langso-again")
        do {
            var data = try Scene.open(quality: policy, in: place)
            data.storage.pipeline.replaceDirectory(Scene.before("b"))
            let time = Scene.minutes(10)
            try data.send("boxes/b", Scene.say(7999, at: time), at: time)
            try data.storage.pipeline.checkpoint(at: time)
        }
        let scaled = Scene.profile("families: [plain_json]", "water.level")
            .replacing("id: test-again", with: "id: test-scaled")
            .replacing("path: value}", with: "path: value, unit: cm}")
        var data = try Scene.open(profile: scaled, named: "test-scaled", in: place)
        data.storage.pipeline.replaceDirectory(Scene.moved("b", at: Scene.minutes(5)))
        _ = try data.retake(["b": Scene.minutes(5)])
        func rejected(_ village: String) throws -> [Double] {
            try data.values(["__name__": IngestPipeline.rejectedMetric, "village": .init(village)])
        }
        #expect(try rejected("v1").isEmpty)
        #expect(try rejected("v2").map { ($0 * 100).rounded() } == [7999])
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

    @Test(arguments: [[one, two], [two, one]], [false, true])
    func `a stop between two answers of codecs takes no right sample away`(
        order: [String],
        isCrash: Bool
    ) throws {
        let place = try TemporaryFolder("langso-again")
        let (change, time) = (Scene.minutes(5), Scene.minutes(10))
        let topic = "application/+/device/+/event/+"
        func directory(_ isChanged: Bool) -> IngestDirectory {
            var directory = IngestDirectory()
            for (eui, places) in [(Self.one, ["D-1", "D-2"]), (Self.two, ["D-2", "D-1"])] {
                let labels = places.map { Scene.labels($0, "v1") }
                guard isChanged else {
                    directory.assign(eui, labels[0])
                    continue
                }
                directory.assign(
                    eui,
                    [
                        .init(until: change, labels: labels[0]),
                        .init(from: change, labels: labels[1]),
                    ]
                )
            }
            return directory
        }
        do {
            var data = try Scene.open(.chirpstack, topic, profile: Self.codec, in: place)
            data.storage.pipeline.replaceDirectory(directory(false))
            try Self.send(&data, at: time)
            Self.answer(&data, [Self.one, Self.two], at: time)
            data.storage.pipeline.replaceDirectory(directory(true))
            _ = try data.retake([Self.one: change, Self.two: change])
            Self.answer(&data, [order[0]], at: time)
            if !isCrash { try data.storage.pipeline.checkpoint(at: time) }
        }
        var data = try Scene.open(.chirpstack, topic, profile: Self.codec, in: place)
        data.storage.pipeline.replaceDirectory(directory(true))
        Self.answer(&data, isCrash ? order : [order[1]], at: time)
        #expect(try Self.values(&data, "D-1") == [2])
        #expect(try Self.values(&data, "D-2") == [1])
        // What is right is not remembered for longer than somebody could take it away.
        // The first may not be made: both would be asked again.
        for _ in 0..<2 { try data.storage.pipeline.checkpoint(at: time) }
        let file = place.path(of: "data/\(IngestPipeline.retakenFile)")
        let left = try #require(FileManager.default.contents(atPath: file))
        #expect(RetakenFile(bytes: Array(left))?.parts.isEmpty == true)
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
