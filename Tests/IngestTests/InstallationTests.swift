import Decoding
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

/// Messages of boxes that were exchanged or carried elsewhere.
struct InstallationTests {
    private static let noon = IngestFolder.now
    private static let metric = "water_volume_cubic_metres_total"
    private static let meter = """
        id: test-meter
        manufacturer: test
        model: meter
        title: Meter
        kind: water_meter
        source: test
        families: [plain_json]
        messages:
          - each: rows
            time: {path: time}
            json:
              - {quantity: water.volume, path: index}
        """

    private static func labels(_ device: String, _ village: String) -> Labels {
        ["device": device, "village": village]
    }

    /// A meter whose box was exchanged at noon, the old one of which went to another village.
    private static var directory: IngestDirectory {
        var directory = IngestDirectory()
        directory.assign(
            "old",
            [
                .init(from: noon + .hours(1), labels: labels("M-2", "v2")),
                .init(until: noon, labels: labels("M-1", "v1")),
            ]
        )
        directory.assign(
            "new",
            [
                .init(
                    from: noon,
                    labels: labels("M-1", "v1"),
                    counterOffsets: ["water.volume": 900]
                )
            ]
        )
        return directory
    }

    private static func folder(_ folder: TemporaryFolder) throws -> IngestFolder {
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("meters/+")),
            family: .plainJSON,
            profile: "test-meter"
        )
        let decoder = try IngestFolder.decoder(
            profiles: [ProfileText(file: "meter", text: meter)],
            rules: [rule]
        )
        return try IngestFolder(folder, decoder: decoder)
    }

    /// One message with an index for each time.
    private static func rows(_ rows: [(Instant, Double)]) -> String {
        let items = rows.map { #"{"time": "\#($0.0.rfc3339)", "index": \#($0.1)}"# }
        return #"{"rows": [\#(items.joined(separator: ","))]}"#
    }

    private static func minutes(_ count: Int64) -> Instant { noon + .minutes(count) }

    @Test func `a series goes on from box to box, and a late message goes where its box was`()
        throws
    {
        var folder = try Self.folder(try TemporaryFolder())
        folder.storage.pipeline.replaceDirectory(Self.directory)
        try folder.send("meters/old", Self.rows([(Self.minutes(-60), 990)]))
        let evening = Self.noon + .hours(2)
        try folder.send("meters/new", Self.rows([(Self.minutes(20), 110)]), at: evening)
        // Of before the exchange, and after it on the bench, and at its new place.
        try folder.send(
            "meters/old",
            Self.rows([
                (Self.minutes(-1), 1000), (Self.minutes(30), 1001), (Self.minutes(90), 1002),
            ]),
            at: evening
        )
        // Of before it came.
        try folder.send("meters/new", Self.rows([(Self.minutes(-30), 99)]))
        let first = try folder.samples(
            ["__name__": Self.metric, "device": "M-1", "village": "v1"]
        )
        #expect(first.map(\.value) == [990, 1000, 1010])
        #expect(first.map(\.time) == [-60, -1, 20].map(Self.minutes))
        let second = try folder.samples(["__name__": Self.metric, "device": "M-2"])
        #expect(second.map(\.value) == [1002])
        // What stood nowhere is known by its address.
        #expect(try folder.samples(["__name__": Self.metric, "device": "old"]).count == 1)
        #expect(try folder.samples(["__name__": Self.metric, "device": "new"]).count == 1)
    }

    @Test func `a box beyond those that are remembered goes from place to place all the same`()
        throws
    {
        var folder = try Self.folder(try TemporaryFolder())
        folder.storage.pipeline.slotLimit = 1
        folder.storage.pipeline.replaceDirectory(Self.directory)
        try folder.send("meters/other", Self.rows([(Self.noon, 1)]))
        try folder.send(
            "meters/old",
            Self.rows([
                (Self.minutes(-1), 1000), (Self.minutes(30), 1001), (Self.minutes(90), 1002),
            ]),
            at: Self.minutes(100)
        )
        func values(_ device: String) throws -> [Double] {
            try folder.values(["__name__": Self.metric, "device": device])
        }
        #expect(try values("M-1") == [1000])
        #expect(try values("old") == [1001])
        #expect(try values("M-2") == [1002])
    }

    @Test func `what a box measures once it is at no place any more is of one that nobody knows`()
        throws
    {
        var directory = DeviceDirectory()
        directory.assign("m-1", .init(profile: "test-meter"))
        directory.end("m-1", at: Self.noon)
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("any/+")),
            family: .plainJSON
        )
        var decoder = try IngestFolder.decoder(
            profiles: [ProfileText(file: "meter", text: Self.meter)],
            rules: [rule]
        )
        decoder.replaceDirectory(directory)
        func decode(_ minutes: [Int64]) throws -> Int {
            let rows = Self.rows(minutes.map { (Self.minutes($0), 1) })
            return try decoder.decode(
                topic: "any/m-1",
                payload: Array(rows.utf8),
                receivedAt: Self.minutes(100)
            ).readings.count
        }
        #expect(try decode([-10, 10]) == 2, "it came late")
        #expect(throws: DecodingError.unknownDevice(address: "m-1", family: .plainJSON)) {
            try decode([10, 20])
        }
        #expect(!decoder.knowsSender)
    }

    @Test func `an exchange that is noted late is right after its messages are taken again`() throws
    {
        var folder = try Self.folder(try TemporaryFolder())
        var before = IngestDirectory()
        before.assign("box", Self.labels("M-1", "v1"))
        folder.storage.pipeline.replaceDirectory(before)
        for (minute, index) in [(-10, 500.0), (10, 1.0), (20, 2.0)] {
            let time = Self.minutes(Int64(minute))
            try folder.send("meters/box", Self.rows([(time, index)]), at: time)
            try folder.send("meters/other", Self.rows([(time, 7)]), at: time)
        }
        var after = IngestDirectory()
        after.assign(
            "box",
            [
                .init(until: Self.noon, labels: Self.labels("M-1", "v1")),
                .init(
                    from: Self.noon,
                    labels: Self.labels("M-1", "v1"),
                    counterOffsets: ["water.volume": 505]
                ),
            ]
        )
        folder.storage.pipeline.replaceDirectory(after)
        let report = try folder.retake(["box": Self.noon])
        #expect(report.stored == 2 && report.heldSince == nil)
        let samples = try folder.samples(["__name__": Self.metric, "device": "M-1"])
        #expect(samples.map(\.value) == [500, 506, 507])
        #expect(try folder.retake(["box": Self.noon]) == report)
        #expect(try folder.samples(["__name__": Self.metric, "device": "M-1"]) == samples)
    }

    @Test func `a box is read by the profile and sizes of the time at which its message came`()
        throws
    {
        var directory = DeviceDirectory()
        directory.assign("bin-9", .init(profile: "test-bin"))
        directory.assign("bin-9", .init(profile: "test-meter"), until: Self.noon)
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("any/+")),
            family: .plainJSON
        )
        var decoder = try IngestFolder.decoder(
            profiles: [ProfileText(file: "meter", text: Self.meter)],
            rules: [rule]
        )
        decoder.replaceDirectory(directory)
        func profile(_ time: Instant) throws -> String {
            let payload = Array(#"{"fill": 40, "rows": [{"index": 1}]}"#.utf8)
            return try decoder.decode(topic: "any/bin-9", payload: payload, receivedAt: time)
                .profileID
        }
        #expect(try profile(Self.minutes(-1)) == "test-meter")
        #expect(try profile(Self.noon) == "test-bin")
    }
}
