internal import Telemetry

/// Reads the rows of one series of a rollup tier.
struct RollupReader {
    private let partitions: [Partition]
    private let fields: SummaryFields
    private var columns = [SampleRun](repeating: SampleRun(), count: RollupColumn.allCases.count)
    private var places = [Int](repeating: 0, count: RollupColumn.allCases.count)
    private var part = SampleRun()

    /// Reads from some partitions; of each row only what some fields need.
    ///
    /// What is not asked for is as if the row had one sample, its last.
    init(_ partitions: [Partition], _ fields: SummaryFields) {
        self.partitions = partitions
        self.fields = fields
    }

    /// Calls for each row of a series whose bucket ends in a range, in rising time.
    ///
    /// - Throws: Why and in which run.
    mutating func forEach(
        _ series: UInt32,
        endingIn ends: ClosedRange<Int64>,
        _ body: (RollupRow) -> Void
    ) throws(Partition.ReadFailure) {
        for column in RollupColumn.allCases {
            columns[Int(column.rawValue)].removeAll()
            places[Int(column.rawValue)] = 0
        }
        try read(.summary, series, ends)
        let rows = columns[0]
        guard !rows.isEmpty else { return }
        let counts = rows.bits.map { Int(exactly: Double(bitPattern: $0)) ?? 0 }
        for column in needed where counts.contains(where: { $0 > 3 }) || column.isInEveryRow {
            try read(column, series, ends)
        }
        if counts.contains(where: { $0 == 2 || $0 == 3 }) {
            for column in [RollupColumn.last, .lastTime] where !needed.contains(column) {
                try read(column, series, ends)
            }
        }
        for index in 0..<rows.count {
            body(row(rows.times[index], counts[index]))
        }
    }

    /// The columns to read beside the summary.
    private var needed: [RollupColumn] {
        var columns: [RollupColumn] = []
        if fields.contains(.sum) { columns.append(.sum) }
        if fields.contains(.minimum) { columns.append(.minimum) }
        if fields.contains(.maximum) { columns.append(.maximum) }
        if fields.contains(.first) { columns += [.first, .firstTime] }
        if fields.contains(.last) { columns += [.last, .lastTime] }
        if fields.contains(.resets) { columns.append(.resetSum) }
        return columns
    }

    private mutating func read(
        _ column: RollupColumn,
        _ series: UInt32,
        _ ends: ClosedRange<Int64>
    ) throws(Partition.ReadFailure) {
        let number = column.number(of: series)
        for index in partitions.index(of: ends.lowerBound)..<partitions.count {
            guard partitions[index].start <= ends.upperBound else { break }
            try partitions[index].read(number, in: ends, into: &part)
            columns[Int(column.rawValue)].append(part, 0..<part.count)
        }
    }

    private mutating func row(_ end: Int64, _ count: Int) -> RollupRow {
        guard count > 1 else {
            return RollupRow(end: end, summary: nil, isWhole: count & 1 == 0)
        }
        let last = value(.last, at: end) ?? 0
        let lastTime = end - (Int64(exactly: value(.lastTime, at: end) ?? 0) ?? 0)
        let summary = SampleSummary(
            count: count / 2,
            sum: value(.sum, at: end) ?? last,
            minimum: value(.minimum, at: end) ?? last,
            maximum: value(.maximum, at: end) ?? last,
            first: value(.first, at: end) ?? last,
            firstTime: value(.firstTime, at: end).flatMap { Int64(exactly: $0) }.map { end - $0 }
                ?? lastTime,
            last: last,
            lastTime: lastTime,
            resetSum: value(.resetSum, at: end) ?? 0
        )
        return RollupRow(end: end, summary: summary, isWhole: count & 1 == 0)
    }

    /// The value of a column in a row; rows are asked for in rising time.
    private mutating func value(_ column: RollupColumn, at end: Int64) -> Double? {
        let index = Int(column.rawValue)
        var place = places[index]
        while place < columns[index].count, columns[index].times[place] < end { place += 1 }
        places[index] = place
        guard place < columns[index].count, columns[index].times[place] == end else { return nil }
        return Double(bitPattern: columns[index].bits[place])
    }
}
