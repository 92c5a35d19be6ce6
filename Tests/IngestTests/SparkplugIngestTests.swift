import Decoding
import Ingest
import Protobuf
import RingStore
import Telemetry
import TestKit
import Testing

/// Sparkplug in the pipeline: deaths end series, births survive checkpoints.
struct SparkplugIngestTests {
    private static let now = IngestFolder.now

    static func decoder() throws -> MessageDecoder {
        let filter = try #require(TopicFilter("spBv1.0/#"))
        return try IngestFolder.decoder(rules: [
            SubscriptionRule(
                topicFilter: filter,
                family: .sparkplug,
                profile: "sparkplug-street-lamp"
            )
        ])
    }

    private static func payload(_ sequence: UInt64?, _ metrics: [(inout ProtobufWriter) -> Void])
        -> [UInt8]
    {
        var writer = ProtobufWriter()
        for metric in metrics { writer.nested(2, metric) }
        if let sequence { writer.variable(3, sequence) }
        return writer.bytes
    }

    static let nodeBirth = payload(
        0,
        [
            { metric in
                metric.bytes(1, "bdSeq".utf8)
                metric.variable(4, 8)
                metric.variable(11, 7)
            }
        ]
    )

    static let deviceBirth = payload(
        1,
        [
            { metric in
                metric.bytes(1, "lamp/power".utf8)
                metric.variable(2, 11)
                metric.variable(4, 10)
                metric.fixed64(13, (38.5).bitPattern)
            }
        ]
    )

    static func data(_ sequence: UInt64, alias: UInt64 = 11, _ value: Double) -> [UInt8] {
        payload(
            sequence,
            [
                { metric in
                    metric.variable(2, alias)
                    metric.fixed64(13, value.bitPattern)
                }
            ]
        )
    }

    private static let death = payload(
        nil,
        [
            { metric in
                metric.bytes(1, "bdSeq".utf8)
                metric.variable(11, 7)
            }
        ]
    )

    static let power: Labels = [
        "__name__": "lamp_power_watts", "device": "village/n1/lamp",
    ]
    private static let online: Labels = ["__name__": "device_online", "device": "village/n1/lamp"]

    private static func bear(_ folder: inout IngestFolder) throws {
        try folder.send("spBv1.0/village/NBIRTH/n1", bytes: nodeBirth, at: now)
        try folder.send("spBv1.0/village/DBIRTH/n1/lamp", bytes: deviceBirth, at: now)
    }

    @Test func `a node's death ends the series of its devices when it came`() throws {
        var folder = try IngestFolder(try TemporaryFolder(), decoder: try Self.decoder())
        try Self.bear(&folder)
        let end = Self.now + .minutes(1)
        try folder.send("spBv1.0/village/NDEATH/n1", bytes: Self.death, at: end)
        let power = try folder.samples(Self.power)
        #expect(power.map(\.time) == [Self.now, end])
        #expect(power.last?.value.bitPattern == Sample.staleMarkerBits)
        #expect(try folder.samples(Self.online).map(\.value) == [1, 0])
        let node: Labels = ["__name__": "device_online", "device": "village/n1"]
        #expect(try folder.samples(node).map(\.value) == [1, 0])
        // Born again, the series goes on.
        let again = end + .minutes(1)
        try folder.send("spBv1.0/village/NBIRTH/n1", bytes: Self.nodeBirth, at: again)
        try folder.send("spBv1.0/village/DBIRTH/n1/lamp", bytes: Self.deviceBirth, at: again)
        #expect(try folder.samples(Self.power).last == Sample(time: again, value: 38.5))
        #expect(try folder.samples(Self.online).map(\.value) == [1, 0, 1])
    }

    /// The births lie before the checkpoint, the data behind it; the gateway is killed.
    @Test(arguments: [false, true])
    func `what a checkpoint lacks is read by the births before it`(isRebornLater: Bool) throws {
        let place = try TemporaryFolder()
        var before: [Sample] = []
        do {
            var folder = try IngestFolder(place, decoder: try Self.decoder())
            try Self.bear(&folder)
            try folder.storage.pipeline.checkpoint(at: Self.now)
            try folder.send(
                "spBv1.0/village/DDATA/n1/lamp",
                bytes: Self.data(2, 21.25),
                at: Self.now + .minutes(1)
            )
            if isRebornLater {
                // Aliases are dropped after the data: the state of now would not read it.
                try folder.send(
                    "spBv1.0/village/NDEATH/n1",
                    bytes: Self.death,
                    at: Self.now + .minutes(2)
                )
            }
            before = try folder.samples(Self.power)
        }
        var folder = try IngestFolder(place, decoder: try Self.decoder())
        #expect(folder.storage.pipeline.counters.undecodedMessages.isEmpty)
        let after = try folder.samples(Self.power)
        #expect(after.map(\.time) == before.map(\.time))
        #expect(after.map(\.value.bitPattern) == before.map(\.value.bitPattern))
        #expect(before.count == (isRebornLater ? 3 : 2))
    }

    @Test func `while the broker is away no series of a node goes on`() throws {
        var folder = try IngestFolder(try TemporaryFolder(), decoder: try Self.decoder())
        try Self.bear(&folder)
        let lost = Self.now + .minutes(1)
        folder.storage.pipeline.endSparkplugSeries(at: lost)
        for labels in [Self.power, Self.power.setting("__name__", to: "device_online")] {
            let samples = try folder.samples(labels)
            let last = try #require(samples.last)
            #expect(last.time == lost, "\(labels)")
            #expect(last.value.bitPattern == Sample.staleMarkerBits, "\(labels)")
        }
        try folder.send(
            "spBv1.0/village/DDATA/n1/lamp",
            bytes: Self.data(2, 21.25),
            at: Self.now + .minutes(2)
        )
        #expect(try folder.samples(Self.power).last?.value == 21.25)
    }

    @Test func `a start asks nothing for what was taken before, data after it asks`() throws {
        let place = try TemporaryFolder()
        do {
            var folder = try IngestFolder(place, decoder: try Self.decoder())
            try folder.send(
                "spBv1.0/village/DDATA/n1/lamp",
                bytes: Self.data(2, 21.25),
                at: Self.now
            )
            #expect(folder.storage.pipeline.takeRequests().count == 1)
            #expect(folder.storage.pipeline.counters.undecodedMessages == ["no_birth": 1])
            #expect(folder.storage.pipeline.deadLetters.counts == ["no_birth": 1])
        }
        var folder = try IngestFolder(place, decoder: try Self.decoder())
        #expect(folder.storage.pipeline.takeRequests().isEmpty)
        try folder.send(
            "spBv1.0/village/DDATA/n1/lamp",
            bytes: Self.data(3, 21.5),
            at: Self.now + .minutes(2)
        )
        #expect(folder.storage.pipeline.takeRequests().count == 1)
    }

    @Test func `a damaged memory stops the start and says what to remove`() throws {
        let place = try TemporaryFolder()
        do {
            var folder = try IngestFolder(place, decoder: try Self.decoder())
            try Self.bear(&folder)
            try folder.storage.pipeline.checkpoint(at: Self.now)
        }
        let storage = StorageFolder(place.path(of: "data"))
        var bytes = try #require(try storage.contents(of: IngestPipeline.memoryFile))
        bytes[bytes.count / 2] ^= 1
        try storage.replace(IngestPipeline.memoryFile, with: bytes)
        let path = storage.path(of: IngestPipeline.memoryFile)
        #expect(throws: IngestError.damagedMemory(path: path)) {
            _ = try IngestFolder(place, decoder: try Self.decoder())
        }
    }
}
