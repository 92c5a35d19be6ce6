/// Parts of summaries that a function needs; what it does not need is not read.
public struct SummaryFields: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Creates fields from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// How many samples.
    public static let count = SummaryFields(rawValue: 1)
    /// Their sum.
    public static let sum = SummaryFields(rawValue: 2)
    /// The smallest value.
    public static let minimum = SummaryFields(rawValue: 4)
    /// The largest value.
    public static let maximum = SummaryFields(rawValue: 8)
    /// The earliest value and its time.
    public static let first = SummaryFields(rawValue: 16)
    /// The latest value and its time.
    public static let last = SummaryFields(rawValue: 32)
    /// What has to be added to the difference of last and first for a counter.
    public static let resets = SummaryFields(rawValue: 64)
}

extension SummaryFields {
    /// Everything that a summary has.
    public static let all: SummaryFields = [
        .count, .sum, .minimum, .maximum, .first, .last, .resets,
    ]
}
