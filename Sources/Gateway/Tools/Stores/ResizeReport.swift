internal import RingStore
internal import Telemetry

/// What `langso store resize` took over; times are RFC 3339 in UTC.
public struct ResizeReport: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// Bytes for samples before.
    public var rawTierBytesBefore: UInt64
    /// Bytes for samples now.
    public var rawTierBytes: UInt64
    /// The rollup tiers that there were or are, the finest first.
    public var rollups: [ResizedRollup]
    /// Series that have samples.
    public var series: Int
    /// Series without any sample, which were left out.
    public var emptySeries: Int
    /// Samples that were taken over.
    public var samples: Int
    /// The oldest samples, which have no room.
    public var droppedSamples: Int
    /// Time of the first of them; nil when there is none.
    public var droppedFrom: String?
    /// Time before which they were dropped; nil when there is none.
    public var droppedBefore: String?
    /// Blocks, and whole runs, that could not be read.
    public var damagedBlocks: Int
    /// Samples in those runs.
    public var unreadableSamples: Int
    /// What must change in the settings file; all else there stays.
    public var settings: String

    init(
        _ folder: String,
        _ report: StoreRebuild,
        _ before: StoreSettings,
        _ now: StoreSettings,
        maximumSeries: Int?
    ) {
        self.folder = folder
        rawTierBytesBefore = report.rawTierBytesBefore
        rawTierBytes = report.rawTierBytes
        rollups = StoreTier.rollups.compactMap { tier in
            let sizes = (before: before.rollupBytes[tier] ?? 0, now: now.rollupBytes[tier] ?? 0)
            guard sizes.before > 0 || sizes.now > 0 else { return nil }
            let rebuilt = report.rollups.first { $0.tier == tier }
            return ResizedRollup(
                tier: tier.rawValue,
                bytesBefore: sizes.before,
                bytes: sizes.now,
                droppedBefore: rebuilt?.droppedBefore?.description
            )
        }
        series = report.seriesCount
        emptySeries = report.emptySeriesCount
        samples = report.sampleCount
        droppedSamples = report.droppedSampleCount
        droppedFrom = report.droppedFrom?.description
        droppedBefore = report.droppedBefore?.description
        damagedBlocks = report.damagedBlockCount
        unreadableSamples = report.unreadableSampleCount
        settings = StoreTool.settingsLine(now, maximumSeries: maximumSeries)
    }
}
