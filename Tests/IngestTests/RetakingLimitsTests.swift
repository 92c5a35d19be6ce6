import Decoding
import Foundation
import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// How much of the journal is taken again at once, and what of it cannot be.
@Suite struct RetakingLimitsTests {
    private typealias Scene = RetakingTests

    private static let rows = """
        id: test-rows
        manufacturer: test
        model: rows
        title: Rows
        kind: other
        source: test
        families: [plain_json]
        messages:
          - each: rows
            time: {path: time}
            json:
              - {quantity: water.level, path: value}
        """

    @Test func `a slice ends by what is read, not only by how many messages it has`() throws {
        var data = try Scene.open(profile: Self.rows, named: "test-rows")
        data.storage.pipeline.replaceDirectory(Scene.before("b"))
        let (messages, perMessage, limit) = (12, 50, 120)
        for message in 0..<messages {
            let rows = (0..<perMessage).map { row in
                Scene.say(Double(row), at: Scene.start + .seconds(Int64(60 * message + row)))
            }
            let time = Scene.minutes(Int64(message + 1))
            try data.send("boxes/b", "{\"rows\": [\(rows.joined(separator: ","))]}", at: time)
        }
        data.storage.pipeline.replaceDirectory(Scene.moved("b", at: Scene.start))
        let journal = try JournalReader(folder: data.folder.path(of: "data"))
        var retaking = Retaking(["b": Scene.start])
        var (slices, progress) = (0, 0.0)
        while !retaking.isDone {
            let before = data.storage.pipeline.counters
            try data.storage.pipeline.retake(
                journal,
                &retaking,
                at: Scene.minutes(20),
                readings: limit
            )
            let after = data.storage.pipeline.counters
            let written =
                after.storedSamples + after.overwrittenSamples + after.lateSamples
                - before.storedSamples - before.overwrittenSamples - before.lateSamples
            // With the message that passes the limit, and a heartbeat for each.
            #expect(written <= UInt64(limit + perMessage + 4), "slice \(slices)")
            slices += 1
            #expect(retaking.progress >= progress && retaking.progress <= 1)
            progress = retaking.progress
        }
        #expect(slices >= 2 * messages * perMessage / (limit + perMessage))
        #expect(progress == 1)
        #expect(retaking.report.stored == messages)
        let moved = try data.values(["__name__": Scene.level, "village": "v2"])
        #expect(moved.count == messages * perMessage)
    }

    @Test func `what is older than the store still holds singly is told, with its times`() throws {
        var data = try Scene.open()
        data.storage.pipeline.replaceDirectory(Scene.before("b"))
        for minute in 0..<4 {
            let time = Scene.minutes(Int64(minute))
            try data.send("boxes/b", Scene.say(Double(minute), at: time), at: time)
        }
        try Self.fill(&data)
        data.storage.pipeline.replaceDirectory(Scene.moved("b", at: Scene.minutes(1)))
        let report = try data.retake(["b": Scene.minutes(1)])
        // Each message has its reading and when it came.
        #expect(report.tooOld.count == 6)
        #expect(report.tooOld.times == Scene.minutes(1)...Scene.minutes(3))
        let moved = try data.values(["__name__": Scene.level, "village": "v2"])
        #expect(moved.isEmpty)
    }

    @Test func `what a codec's answer finds to be too old is told of its box, once all answered`()
        throws
    {
        let codec = Scene.profile("codec: codec.js", "water.level")
        var data = try Scene.open(.chirpstack, "application/+/device/+/event/+", profile: codec)
        data.storage.pipeline.replaceDirectory(Scene.before(Scene.eui))
        for counter in 1...3 {
            try data.send(
                "application/a/device/\(Scene.eui)/event/up",
                """
                {"deduplicationId": "f\(counter)", "devAddr": "01020304", "fCnt": \(counter),
                 "deviceInfo": {"devEui": "\(Scene.eui)"}, "fPort": 5, "data": "AQID"}
                """,
                at: Scene.minutes(Int64(counter))
            )
        }
        func answer() {
            data.storage.pipeline.finish(
                data.storage.pipeline.takeCodecCalls().prefix(2).map {
                    let data = Array(#"{"value": 2}"#.utf8)
                    return .init(position: $0.position, result: .data(data, warningCount: 0))
                }
            )
        }
        answer()
        try Self.fill(&data)
        data.storage.pipeline.replaceDirectory(Scene.moved(Scene.eui, at: Scene.minutes(1)))
        let report = try data.retake([Scene.eui: Scene.minutes(1)])
        #expect(report.awaiting == 3 && report.tooOld.count == 0)
        let boxes: Set = [Scene.eui]
        let early = data.storage.pipeline.takeLateTooOld(of: boxes)
        #expect(early == nil)
        let otherEarly = data.storage.pipeline.takeLateTooOld(of: ["another"])
        #expect(otherEarly?.count == 0, "its own codec is asked nothing")
        answer()
        let others = data.storage.pipeline.takeLateTooOld(of: ["another"])
        let late = data.storage.pipeline.takeLateTooOld(of: boxes)
        #expect(others?.count == 0)
        // Each message has its reading and when it came; the third is asked for the first time.
        #expect(late?.count == 4)
        #expect(late?.times == Scene.minutes(1)...Scene.minutes(2))
        let again = data.storage.pipeline.takeLateTooOld(of: boxes)
        #expect(again?.count == 0)
        // What nobody asked for is not told of the next change.
        _ = try data.retake([Scene.eui: Scene.minutes(1)])
        answer()
        _ = try data.retake([Scene.eui: Scene.minutes(5)])
        let forgotten = data.storage.pipeline.takeLateTooOld(of: boxes)
        #expect(forgotten?.count == 0)
    }

    /// Fills the store until it holds the scene's messages no longer singly.
    private static func fill(_ data: inout IngestFolder) throws {
        var generator = SeededGenerator.forTest()
        let series = try data.storage.pipeline.store.series(for: ["__name__": "filling"])
        var second: Int64 = 3600
        while data.storage.pipeline.store.statistics.horizon < Scene.minutes(10) {
            for _ in 0..<20_000 {
                let value = Double(bitPattern: generator.next() >> 2)
                let time = Scene.start + .seconds(second)
                _ = data.storage.pipeline.store.append(series, Sample(time: time, value: value))
                second += 1
            }
            try data.storage.pipeline.checkpoint(at: Scene.start + .seconds(second))
            try #require(second < 4_000_000)
        }
    }

    // MARK: Damage

    /// Changes bytes of the journal's file.
    private static func damage(
        _ folder: TemporaryFolder,
        _ find: (Data) throws -> Int
    ) throws {
        let path = folder.path(of: "data/journal")
        let place = try find(Data(contentsOf: URL(filePath: path)))
        let file = try FileHandle(forUpdating: URL(filePath: path))
        try file.seek(toOffset: UInt64(place))
        try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 8))
        try file.close()
    }

    @Test func `a stretch with a damaged beginning is read by the births before it`() throws {
        let folder = try TemporaryFolder("langso-again")
        var data = try Scene.open(
            .sparkplug,
            "spBv1.0/#",
            named: "sparkplug-street-lamp",
            in: folder
        )
        let lamp = "village/n1/lamp"
        data.storage.pipeline.replaceDirectory(Scene.before(lamp))
        func send(_ kind: String, _ bytes: [UInt8], _ minute: Int64) throws {
            let place = kind.hasPrefix("N") ? "n1" : "n1/lamp"
            let topic = "spBv1.0/village/\(kind)/\(place)"
            try data.send(topic, bytes: bytes, at: Scene.minutes(minute))
        }
        func bear(_ alias: UInt64, _ power: Double, _ minute: Int64) throws {
            try send("NBIRTH", Scene.sparkplug(0, [("bdSeq", 1, nil)]), minute)
            try send("DBIRTH", Scene.sparkplug(1, [("lamp/power", alias, power)]), minute)
        }
        try bear(11, 38, 0)
        // Some 17 fit into a segment: the fourth begins after the change, the second lies before.
        let padding = [UInt8](repeating: 0xFF, count: 60_000)
        for number in 0..<56 {
            let time = Scene.minutes(number < 40 ? 1 : 6)
            try data.send("spBv1.0/village/DDATA/x/y", bytes: padding, at: time)
        }
        try send("DDATA", Scene.sparkplug(2, [("", 11, 21)]), 10)
        try bear(12, 39, 20)
        try send("DDATA", Scene.sparkplug(2, [("", 12, 40)]), 30)
        try Self.damage(folder) { _ in 4096 + (1 << 20) + 100 }
        data.storage.pipeline.replaceDirectory(Scene.moved(lamp, at: Scene.minutes(5)))
        let report = try data.retake([lamp: Scene.minutes(5)])
        #expect(report.damagedPlaces == 1)
        let power = try data.values(["__name__": "lamp_power_watts", "village": "v2"])
        #expect(power == [21, 39, 40] && report.undecoded.isEmpty, "\(power) \(report)")
    }

    @Test func `a journal whose newest segment has lost its beginning is come through`() throws {
        let folder = try TemporaryFolder("langso-again")
        var data = try Scene.open(in: folder)
        data.storage.pipeline.replaceDirectory(Scene.before("b"))
        let padding = String(repeating: " ", count: 60_000)
        for minute in 0..<24 {
            let time = Scene.minutes(Int64(minute))
            try data.send("boxes/b", Scene.say(1, at: time) + padding, at: time)
        }
        try Self.damage(folder) { _ in 4096 + (1 << 20) }
        data.storage.pipeline.replaceDirectory(Scene.moved("b", at: Scene.start))
        let journal = try JournalReader(folder: folder.path(of: "data"))
        var retaking = Retaking(["b": Scene.start])
        for _ in 0..<50 where !retaking.isDone {
            try data.storage.pipeline.retake(journal, &retaking, at: Scene.minutes(30))
        }
        try #require(retaking.isDone)
        #expect(retaking.report.damagedPlaces == 1)
        #expect((10..<24).contains(retaking.report.stored), "\(retaking.report)")
    }
}
