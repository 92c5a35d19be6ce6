public import Telemetry

/// Figures about one tier of a store at one moment.
public struct TierStatistics: Hashable, Sendable {
    /// Which.
    public let tier: StoreTier
    /// Values held: samples in the raw tier, in a rollup tier the parts of its summaries, up to
    /// nine each.
    public var valueCount = 0
    /// Times before this have given way.
    public var horizon = Instant.distantPast
    /// Last time that is rolled up; nil in the raw tier.
    public var frontier: Instant?
    /// Bytes of slots in use.
    public var usedBytes: UInt64 = 0
    /// Bytes of encoded values and their directories inside those slots.
    public var encodedBytes: UInt64 = 0
    /// The directories' part of ``encodedBytes``.
    public var indexBytes: UInt64 = 0
    /// Bytes of all slots.
    public var budgetBytes: UInt64 = 0
    /// Bytes of the whole file.
    public var fileBytes: UInt64 = 0
    /// Sorted runs that a read may have to visit.
    public var runCount = 0
    /// Blocks, or whole indexes of them, found damaged since the store was created.
    public var damagedBlockCount = 0

    /// Creates figures of an empty tier.
    public init(_ tier: StoreTier) {
        self.tier = tier
    }
}
