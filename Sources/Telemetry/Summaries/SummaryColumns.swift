/// Summaries of one series column by column, as a store keeps them; in rising time.
///
/// Columns of fields that are not asked for stay empty; all others have as many elements as
/// ``ends``. Values are bit patterns of doubles.
public struct SummaryColumns: Sendable {
    /// Where each bucket ends, in milliseconds since 1970.
    public var ends: [Int64] = []
    /// How many samples.
    public var counts: [Int] = []
    /// Their sums.
    public var sums: [UInt64] = []
    /// The smallest values.
    public var minima: [UInt64] = []
    /// The largest values.
    public var maxima: [UInt64] = []
    /// The earliest values.
    public var firsts: [UInt64] = []
    /// Times of those, in milliseconds since 1970.
    public var firstTimes: [Int64] = []
    /// The latest values.
    public var lasts: [UInt64] = []
    /// Times of those, in milliseconds since 1970.
    public var lastTimes: [Int64] = []
    /// What has to be added to the difference of last and first for a counter.
    public var resets: [UInt64] = []

    /// Creates columns without rows.
    public init() {}
}
