internal import Telemetry

/// What a rollup tier keeps of one bucket of a series.
struct RollupRow: Hashable {
    /// Where the bucket ends.
    let end: Int64
    /// What is known of its samples; nil when all that were there have been taken away.
    var summary: SampleSummary?
    /// Whether every sample that was there could be read.
    var isWhole = true
}

extension RollupRow {
    /// What a column of its tier keeps of the row, nil when it leaves it out.
    ///
    /// - Parameters:
    ///   - column: The column.
    ///   - isFirst: Whether no row of this bucket was written before; it then takes less.
    /// - Returns: The value.
    @inline(__always)
    func value(of column: RollupColumn, isFirst: Bool) -> Double? {
        if column == .summary {
            return Double((summary?.count ?? 0) * 2 + (isWhole ? 0 : 1))
        }
        guard let summary else { return nil }
        switch column {
        case .summary: return nil
        case .last: return summary.last
        case .lastTime: return Double(end - summary.lastTime)
        case .resetSum: return summary.resetSum != 0 || !isFirst ? summary.resetSum : nil
        case .sum, .minimum, .maximum, .first, .firstTime:
            if summary.count == 1, isFirst { return nil }
        }
        switch column {
        case .sum: return summary.sum.value
        case .minimum: return summary.minimum
        case .maximum: return summary.maximum
        case .first: return summary.first
        default: return Double(end - summary.firstTime)
        }
    }
}
