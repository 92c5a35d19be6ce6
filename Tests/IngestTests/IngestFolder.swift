import Testing
import ConfigurationText
import Decoding
import Ingest
import QualityControl
import RingStore
import Telemetry
import TestKit

/// A data folder with a journal and a pipeline, as the gateway's threads use them.
struct IngestFolder: ~Copyable {
    let folder: TemporaryFolder
    var storage: IngestStorage
    private let batch = RecordBatch()
    private var numbers = SeriesNumbers()

    static let now = Instant(milliseconds: 1_773_100_000_000)
    static let store = StoreSettings(rawTierBytes: 4 << 20, maximumSeries: 1_000)
    static let journal = JournalSettings(sizeBytes: 4 << 20, segmentBytes: 1 << 20)

    init(
        _ folder: TemporaryFolder,
        decoder: MessageDecoder? = nil,
        quality: QualityPolicy = QualityPolicy(),
        journal: JournalSettings = IngestFolder.journal
    ) throws {
        self.folder = folder
        var directory = IngestDirectory()
        directory.assign("bin-1", ["device": "B-1", "village": "v1", "simulated": "true"])
        storage = try IngestPipeline.open(
            folder: folder.path(of: "data"),
            store: Self.store,
            journal: journal,
            decoder: try decoder ?? Self.decoder(),
            directory: directory,
            quality: quality,
            now: Self.now
        )
    }

    /// Journals a message and takes it.
    mutating func send(
        _ topic: String,
        _ payload: String,
        flags: RecordFlags = [],
        packetIdentifier: UInt16 = 0,
        at time: Instant = IngestFolder.now
    ) throws {
        try send(
            topic,
            bytes: Array(payload.utf8),
            flags: flags,
            packetIdentifier: packetIdentifier,
            at: time
        )
    }

    /// Journals a message of any bytes and takes it.
    mutating func send(
        _ topic: String,
        bytes: [UInt8],
        flags: RecordFlags = [],
        packetIdentifier: UInt16 = 0,
        at time: Instant
    ) throws {
        batch.removeAll()
        try batch.append(
            kind: .message,
            flags: flags,
            receivedAt: time,
            packetIdentifier: packetIdentifier,
            topic: Array(topic.utf8),
            payload: bytes
        )
        try storage.journal.commit(batch)
        storage.pipeline.take(batch)
    }

    /// Journals samples of the gateway's own and takes them.
    mutating func send(own samples: LabelledSamples) throws {
        batch.removeAll()
        try storage.journal.append(
            samples,
            receivedAt: Self.now,
            to: batch,
            numbers: &numbers
        )
        try storage.journal.commit(batch)
        storage.pipeline.take(batch)
    }

    /// Stores what boxes said again, in slices of a few records, with something between them.
    mutating func retake(
        _ boxes: [String: Instant],
        slice: Int = 3,
        between: (inout IngestFolder) throws -> Void = { _ in }
    ) throws -> RetakingReport {
        let journal = try JournalReader(folder: folder.path(of: "data"))
        var retaking = Retaking(boxes)
        while !retaking.isDone {
            try storage.pipeline.retake(journal, &retaking, at: Self.now, most: slice)
            try between(&self)
        }
        return retaking.report
    }

    /// The values of a series; without the markers of its end.
    mutating func values(_ labels: Labels) throws -> [Double] {
        try samples(labels).map(\.value).filter { $0.bitPattern != Sample.staleMarkerBits }
    }

    mutating func samples(_ labels: Labels) throws -> [Sample] {
        let snapshot = storage.pipeline.store.snapshot()
        let all = Instant.distantPast...Instant.distantFuture
        let matchers = labels.sorted.map { LabelMatcher($0.name, .equal($0.value)) }
        guard let found = try snapshot.select(matchers, in: all).first else { return [] }
        var buffer = SampleBuffer()
        try snapshot.read(found.id, in: all, into: &buffer)
        return (0..<buffer.count).map { buffer[$0] }
    }

    /// A decoder with rules for plain JSON bins, Tasmota and ChirpStack, and the shipped profiles.
    static func decoder(
        profiles extra: [ProfileText] = [],
        rules: [SubscriptionRule]? = nil
    ) throws -> MessageDecoder {
        let library = try ShippedProfiles.library()
            .overlaid(with: ProfileLibrary(folder: [ProfileText(file: "bin", text: bin)] + extra))
        let plain = try #require(TopicFilter("bins/+"))
        return MessageDecoder(
            rules: rules ?? [
                SubscriptionRule(topicFilter: plain, family: .plainJSON, profile: "test-bin")
            ] + SubscriptionRule.wellKnown,
            library: library
        )
    }

    static let bin = """
        id: test-bin
        manufacturer: test
        model: bin
        title: Bin
        kind: bin
        source: test
        families: [plain_json]
        expected_interval: 1h
        messages:
          - time: {path: time}
            json:
              - {quantity: bin.fill, path: fill}
        """
}
