internal import RingStore
internal import Telemetry

/// Figures of one tier of a store, as `langso store stats` prints them; times are RFC 3339 in UTC.
public struct TierReport: Codable, Sendable {
    /// Which: `raw`, `5m`, `1h` or `1d`.
    public var tier: String
    /// Bytes in use, in whole slots.
    public var usedBytes: UInt64
    /// Bytes that it has.
    public var budgetBytes: UInt64
    /// Bytes of its whole file.
    public var fileBytes: UInt64
    /// Samples on the disk in the raw tier, parts of summaries in the others.
    public var values: Int
    /// Time before which everything has given way; nil when nothing has.
    public var horizon: String?
    /// Last time that is summarised; nil in the raw tier and before anything is.
    public var frontier: String?

    init(_ statistics: TierStatistics) {
        tier = statistics.tier.rawValue
        usedBytes = statistics.usedBytes
        budgetBytes = statistics.budgetBytes
        fileBytes = statistics.fileBytes
        values = statistics.valueCount
        horizon = Self.text(statistics.horizon)
        frontier = statistics.frontier.flatMap { Self.text($0) }
    }

    private static func text(_ time: Instant) -> String? {
        time > .distantPast ? time.description : nil
    }
}
