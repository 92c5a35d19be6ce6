/// A part of a bucket's summary, kept as a series of its own in the runs of a rollup tier.
///
/// Series number `n` of the store has the numbers `9n` to `9n + 8` there. The time of each value is
/// the end of its bucket. A bucket of one sample that is written for the first time has only
/// ``summary``, ``last`` and ``lastTime``; one without counter resets has no ``resetSum``; what is
/// written over an earlier row has all columns.
enum RollupColumn: UInt32, CaseIterable {
    /// Twice the count of samples, and one more when some could not be read and are left out.
    case summary
    /// Sum of the values, rounded once.
    case sum
    /// Smallest value; NaN only when there is nothing else.
    case minimum
    /// Largest value; NaN only when there is nothing else.
    case maximum
    /// Earliest value.
    case first
    /// Milliseconds from the earliest value to the end of the bucket.
    case firstTime
    /// Latest value.
    case last
    /// Milliseconds from the latest value to the end of the bucket.
    case lastTime
    /// Sum of the values from which a counter fell back.
    case resetSum

    /// Number of this column of a series.
    func number(of series: UInt32) -> UInt32 {
        series * UInt32(Self.allCases.count) + rawValue
    }

    /// Whether rows have it that are written for the first time, of one sample.
    var isInEveryRow: Bool { self == .summary || self == .last || self == .lastTime }

    /// How many columns that are.
    static let inEveryRowCount = allCases.count { $0.isInEveryRow }

    /// The series that a number belongs to, and its column there.
    static func parts(of number: UInt32) -> (series: UInt32, column: RollupColumn) {
        let (series, column) = number.quotientAndRemainder(
            dividingBy: UInt32(Self.allCases.count)
        )
        guard let column = RollupColumn(rawValue: column) else {
            preconditionFailure("a remainder is below the count of columns")
        }
        return (series, column)
    }
}
