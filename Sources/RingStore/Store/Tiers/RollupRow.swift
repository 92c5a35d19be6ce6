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
        let flag = isWhole ? 0 : 1
        guard let summary else { return column == .summary ? Double(flag) : nil }
        let isSingle = isFirst && summary.count == 1
        switch column {
        case .summary: return Double(summary.count * 2 + flag)
        case .sum: return isSingle ? nil : summary.sum.value
        case .minimum: return isSingle ? nil : summary.minimum
        case .maximum: return isSingle ? nil : summary.maximum
        case .first: return isSingle ? nil : summary.first
        case .firstTime: return isSingle ? nil : Double(end - summary.firstTime)
        case .last: return summary.last
        case .lastTime: return Double(end - summary.lastTime)
        case .resetSum: return isFirst && summary.resetSum == 0 ? nil : summary.resetSum
        }
    }
}
