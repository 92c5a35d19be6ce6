public import Telemetry

/// Figures about a store at one moment.
public struct StoreStatistics: Hashable, Sendable {
    /// Series that have labels, with or without samples.
    public var seriesCount = 0
    /// The label with the most different values, or nil without series.
    public var worstLabel: WorstLabel?
    /// Bytes of memory that their labels take, about.
    public var catalogueBytes = 0
    /// Samples held, sealed and unsealed.
    ///
    /// One that replaced a sealed sample is counted beside it until their runs are merged, and
    /// so is one before ``horizon`` until its slot gives way.
    public var sampleCount = 0
    /// Samples in memory, which no checkpoint has sealed yet.
    public var headSampleCount = 0
    /// Bytes of memory that those take.
    public var headBytes = 0
    /// Time of the earliest sample, or nil when there is none; exact to a run.
    public var oldest: Instant?
    /// Time of the latest sample, or nil when there is none.
    public var newest: Instant?
    /// Samples before this time have given way; such new ones are refused.
    public var horizon = Instant.distantPast
    /// Bytes of the raw tier that hold slots in use.
    public var usedBytes: UInt64 = 0
    /// Bytes of encoded samples and their directories inside those slots.
    public var encodedBytes: UInt64 = 0
    /// The directories' part of ``encodedBytes``.
    public var indexBytes: UInt64 = 0
    /// Bytes of the catalogue that hold labels, as the last checkpoint left it.
    public var storedCatalogueBytes: UInt64 = 0
    /// Bytes of the raw tier.
    public var budgetBytes: UInt64 = 0
    /// Bytes of all files: tiers, catalogue and roots.
    public var fileBytes: UInt64 = 0
    /// Sorted runs on disk that a read may have to visit.
    public var runCount = 0
    /// Checkpoints made since the store was created.
    public var checkpointCount: UInt64 = 0
    /// Journal position from which recovery replays.
    public var journalPosition: UInt64 = 0
    /// Blocks, or whole indexes of them, found damaged since the store was created, and left out.
    public var damagedBlockCount = 0
    /// Figures of each tier, the raw one first.
    public var tiers: [TierStatistics] = []

    /// Creates figures of an empty store.
    public init() {}
}
