public import Telemetry

/// What a rebuilding of a store took over, and what it had to leave.
public struct StoreRebuild: Hashable, Sendable {
    /// Bytes of the raw tier before.
    public var rawTierBytesBefore: UInt64 = 0
    /// Bytes of the raw tier now.
    public var rawTierBytes: UInt64 = 0
    /// Series that have samples in the new file.
    public var seriesCount = 0
    /// Series that had labels and no samples, and were left out.
    public var emptySeriesCount = 0
    /// Samples that were taken over.
    public var sampleCount = 0
    /// The oldest samples, for which the new tier has no room.
    public var droppedSampleCount = 0
    /// Time of the first sample that was dropped, exact to a run; nil when none was.
    public var droppedFrom: Instant?
    /// Samples before this time are gone, because the new tier has no room for them; nil when
    /// none was dropped.
    public var droppedBefore: Instant?
    /// Blocks, and whole runs, that could not be read, and were left out.
    public var damagedBlockCount = 0
    /// Samples in those runs.
    public var unreadableSampleCount = 0
    /// What became of the rollup tiers that were there before.
    public var rollups: [RollupRebuild] = []
}

/// What a rebuilding did with a rollup tier.
public struct RollupRebuild: Hashable, Sendable {
    /// Which.
    public let tier: StoreTier
    /// Its bytes before.
    public let bytesBefore: UInt64
    /// Its bytes now; 0 when it was taken away.
    public let bytes: UInt64
    /// Summaries before this time are gone for want of room; nil when none are.
    public internal(set) var droppedBefore: Instant?
}

/// What a rebuilding may lose for ever.
public struct RebuildLosses: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Creates losses from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The oldest samples, for which a smaller tier has no room.
    public static let oldest = RebuildLosses(rawValue: 1)
    /// What cannot be read.
    public static let damaged = RebuildLosses(rawValue: 2)
}

extension StoreRebuild {
    /// Notes a rollup tier that is taken away.
    mutating func noteRemoval(_ old: LoadedRing) {
        let frontier = old.root.mark.frontier ?? .min
        rollups.append(
            RollupRebuild(
                tier: old.disk.geometry.tier,
                bytesBefore: old.disk.geometry.tierBytes,
                bytes: 0,
                droppedBefore: frontier > .min ? Instant(milliseconds: frontier) : nil
            )
        )
    }
}
