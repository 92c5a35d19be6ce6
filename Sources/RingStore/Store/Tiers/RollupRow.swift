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
    /// Adds the row to the columns of its tier.
    ///
    /// - Parameters:
    ///   - columns: One work array for each column, what they hold is earlier.
    ///   - isFirst: Whether no row of this bucket was written before; it then takes less.
    func append(to columns: inout [SampleRun], isFirst: Bool) {
        func put(_ column: RollupColumn, _ value: Double) {
            columns[Int(column.rawValue)].append(end, value.bitPattern)
        }
        let flag = isWhole ? 0 : 1
        put(.summary, Double((summary?.count ?? 0) * 2 + flag))
        guard let summary else { return }
        put(.last, summary.last)
        put(.lastTime, Double(end - summary.lastTime))
        if summary.resetSum != 0 || !isFirst { put(.resetSum, summary.resetSum) }
        if summary.count == 1, isFirst { return }
        put(.sum, summary.sum.value)
        put(.minimum, summary.minimum)
        put(.maximum, summary.maximum)
        put(.first, summary.first)
        put(.firstTime, Double(end - summary.firstTime))
    }
}
