internal import RingStore
internal import Telemetry

/// Figures of a store, as `langso store stats` prints them; times are RFC 3339 in UTC.
public struct StoreReport: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// Series known, with or without samples.
    public var series: Int
    /// Samples held.
    public var samples: Int
    /// Earliest sample.
    public var oldest: String?
    /// Latest sample.
    public var newest: String?
    /// Bytes of the raw tier in use, in whole slots.
    public var usedBytes: UInt64
    /// Bytes of encoded samples inside them.
    public var encodedBytes: UInt64
    /// Bytes of the raw tier.
    public var budgetBytes: UInt64
    /// Bytes of all files.
    public var fileBytes: UInt64
    /// Encoded bytes a sample; nil without samples.
    public var bytesPerSample: Double?
    /// Figures of each tier, the raw one first.
    public var tiers: [TierReport]
    /// Sorted runs of the raw tier.
    public var runs: Int
    /// Checkpoints since the store was created.
    public var checkpoints: UInt64
    /// Journal position up to which the samples are sealed.
    public var journalPosition: UInt64
    /// Records that the journal holds after that: the next start of the gateway takes them.
    public var newerRecords: Int
    /// Blocks of all tiers found damaged and left out.
    public var damagedBlocks: Int

    /// Reads the figures of a stopped gateway's data.
    ///
    /// - Throws: `StoreError` or ``GatewayError/inUse(path:processID:)``; each says what to do.
    public init(dataFolder: String) throws {
        let statistics = try StoreTool.explaining(dataFolder) {
            try StoreSnapshot.open(folder: dataFolder)
        }.statistics
        folder = dataFolder
        series = statistics.seriesCount
        samples = statistics.sampleCount
        oldest = statistics.oldest?.rfc3339
        newest = statistics.newest?.rfc3339
        usedBytes = statistics.usedBytes
        encodedBytes = statistics.encodedBytes
        budgetBytes = statistics.budgetBytes
        fileBytes = statistics.fileBytes
        bytesPerSample =
            samples > 0 ? Double(statistics.encodedBytes) / Double(statistics.sampleCount) : nil
        tiers = statistics.tiers.map { TierReport($0) }
        runs = statistics.runCount
        checkpoints = statistics.checkpointCount
        journalPosition = statistics.journalPosition
        newerRecords = try StoreTool.newerRecords(dataFolder, after: journalPosition)
        damagedBlocks = statistics.damagedBlockCount
    }
}
