internal import Telemetry

/// Aggregations over columns of one grid.
///
/// Most take one column after the other, which costs a fraction of going across all columns at
/// each step. A step's values come in the order of the columns either way.
enum ColumnFold {
    /// The best value of each step; NaN only when there is nothing else.
    static func extreme(
        of columns: [Column],
        _ count: Int,
        _ isBetter: (Double, Double) -> Bool
    ) -> Column {
        var best = Column(count: count).stored
        for column in columns {
            for step in 0..<count {
                let value = column.stored[step]
                // What is missing is NaN and never better.
                if isBetter(value, best[step]) {
                    best[step] = value
                } else if best[step].isNaN, !Column.isMissing(value) {
                    best[step] = value
                }
            }
        }
        return Column(best)
    }

    /// The sum of each step.
    static func sum(of columns: [Column], _ count: Int) -> Column {
        output(totals(of: columns, count)) { $0.sum.value }
    }

    /// The mean of each step, also where the sum is too large for a double.
    static func mean(of columns: [Column], _ count: Int) -> Column {
        let totals = totals(of: columns, count)
        var means = output(totals) { $0.sum.mean(of: $0.count) }
        for step in 0..<count where totals[step].count > 0 && !totals[step].sum.value.isFinite {
            means[step] = CompensatedSum.mean(columns.compactMap { $0[step] })
        }
        return means
    }

    /// How many values each step has.
    static func count(of columns: [Column], _ count: Int) -> Column {
        var counts = [Double](repeating: 0, count: count)
        for column in columns {
            for step in 0..<count where !Column.isMissing(column.stored[step]) { counts[step] += 1 }
        }
        return Column(counts.map { $0 > 0 ? $0 : Column.missing })
    }

    /// One for each step that has any value.
    static func presence(of columns: [Column], _ count: Int) -> Column {
        var presence = self.count(of: columns, count)
        presence.update { _, _ in 1 }
        return presence
    }

    /// What a function gives for all values of a step that has any.
    static func eachStep(
        of columns: [Column],
        _ count: Int,
        _ value: (Int, [Double]) -> Double
    ) -> Column {
        var output = Column(count: count)
        for step in 0..<count {
            let values = columns.compactMap { $0[step] }
            if !values.isEmpty { output[step] = value(step, values) }
        }
        return output
    }

    private struct Total {
        var count = 0.0
        var sum = CompensatedSum()
    }

    private static func totals(of columns: [Column], _ count: Int) -> [Total] {
        var totals = [Total](repeating: Total(), count: count)
        for column in columns {
            for step in 0..<count {
                let value = column.stored[step]
                if Column.isMissing(value) { continue }
                totals[step].count += 1
                totals[step].sum.add(value)
            }
        }
        return totals
    }

    private static func output(_ totals: [Total], _ value: (Total) -> Double) -> Column {
        Column(totals.map { $0.count > 0 ? value($0) : Column.missing })
    }
}
