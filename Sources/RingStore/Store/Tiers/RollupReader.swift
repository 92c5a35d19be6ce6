internal import Telemetry

/// Reads the rows of one series of a rollup tier after the other.
struct RollupReader {
    private let partitions: [Partition]
    private let fields: SummaryFields
    private var columns = [SampleRun](repeating: SampleRun(), count: RollupColumn.allCases.count)
    /// Of each row twice the count of samples, and one more when some could not be read.
    private var marks: [Int] = []
    /// Whether rows have one sample only.
    private var hasSingles = false
    /// Whether rows have no samples, one only, or some that could not be read.
    private var hasUnusual = false
    private var places = [Int](repeating: 0, count: RollupColumn.allCases.count)
    private var part = SampleRun()

    /// Reads from some partitions; of each row only what some fields need.
    init(_ partitions: [Partition], _ fields: SummaryFields) {
        self.partitions = partitions
        self.fields = fields
    }

    /// Reads the rows of a series whose buckets end in a range.
    ///
    /// - Parameters:
    ///   - series: The series.
    ///   - ends: Both are included.
    ///   - skipping: Which chunks are left out and counted.
    /// - Throws: Why and in which run.
    /// - Returns: Whether no chunk was left out; if one was, rows may lack columns.
    @discardableResult
    mutating func load(
        _ series: UInt32,
        endingIn ends: ClosedRange<Int64>,
        skipping: SealedRun.Skipping = .nothing
    ) throws(Partition.ReadFailure) -> Bool {
        for column in columns.indices { columns[column].removeAll() }
        marks.removeAll(keepingCapacity: true)
        var isWhole = try read(.summary, series, ends, skipping)
        noteMarks()
        guard !marks.isEmpty else { return isWhole }
        for column in RollupColumn.allCases
        where isNeeded(column) || hasSingles && column.isInEveryRow && column != .summary {
            isWhole = try read(column, series, ends, skipping) && isWhole
        }
        return isWhole
    }

    /// The ends of all buckets in a range that a series has rows of, rising; damaged ones are left
    /// out.
    ///
    /// - Throws: ``RunFault/file(_:)`` when the disk refuses.
    mutating func ends(
        of series: UInt32,
        in range: ClosedRange<Int64>
    ) throws(RunFault) -> [Int64] {
        var ends: [Int64] = []
        for partition in partitions {
            let number = RollupColumn.summary.number(of: series)
            part.removeAll()
            do {
                try partition.read(number, in: range, into: &part, skipping: .damaged)
            } catch {
                throw error.fault
            }
            ends += part.times
        }
        return ends
    }

    /// Whether every row that was loaded has all columns, and all samples that there were.
    var isPlain: Bool {
        !hasUnusual
            && RollupColumn.allCases.allSatisfy { column in
                let count = columns[Int(column.rawValue)].count
                // Rows without counter resets leave theirs out.
                let isLeftOut = column == .resetSum && count == 0
                return !isNeeded(column) || count == marks.count || isLeftOut
            }
    }

    /// The columns of plain rows.
    var plainColumns: SummaryColumns {
        var rows = SummaryColumns()
        rows.ends = columns[0].times
        if fields.contains(.count) { rows.counts = marks.map { $0 >> 1 } }
        if fields.contains(.sum) { rows.sums = bits(.sum) }
        if fields.contains(.minimum) { rows.minima = bits(.minimum) }
        if fields.contains(.maximum) { rows.maxima = bits(.maximum) }
        if fields.contains(.first) {
            rows.firsts = bits(.first)
            rows.firstTimes = times(.firstTime)
        }
        if fields.contains(.last) {
            rows.lasts = bits(.last)
            rows.lastTimes = times(.lastTime)
        }
        guard fields.contains(.resets) else { return rows }
        rows.resets = bits(.resetSum)
        if rows.resets.isEmpty { rows.resets = [UInt64](repeating: 0, count: marks.count) }
        return rows
    }

    /// Calls for each row that was loaded, in rising time.
    ///
    /// What was not asked for is as if the row had one sample.
    mutating func forEach<Failure: Error>(
        _ body: (RollupRow) throws(Failure) -> Void
    ) throws(Failure) {
        for column in places.indices { places[column] = 0 }
        for index in marks.indices { try body(row(columns[0].times[index], marks[index])) }
    }

    private mutating func noteMarks() {
        let bits = columns[0].bits
        marks.resize(to: bits.count)
        var target = marks.mutableSpan
        var (singles, unusual) = (false, false)
        for index in target.indices {
            let mark = Self.count(Double(bitPattern: bits[index]))
            singles = singles || mark >> 1 == 1
            unusual = unusual || mark < 4 || mark & 1 == 1
            target[index] = mark
        }
        (hasSingles, hasUnusual) = (singles, unusual)
    }

    /// The whole number that a value is, or zero for all that none can be.
    ///
    /// Added to 2 to the power of 52, whole numbers are the low bits of the sum; `Int(exactly:)`
    /// takes several times as long.
    @inline(__always)
    private static func count(_ value: Double) -> Int {
        let shifted = value + 0x1p52
        let isWhole = value >= 0 && value < 0x1p52 && shifted - 0x1p52 == value
        return isWhole ? Int(shifted.bitPattern & (1 << 52 - 1)) : 0
    }

    private func bits(_ column: RollupColumn) -> [UInt64] { columns[Int(column.rawValue)].bits }

    private func times(_ column: RollupColumn) -> [Int64] {
        let column = columns[Int(column.rawValue)]
        return column.times.indices.map { index in
            column.times[index] - Self.lag(Double(bitPattern: column.bits[index]))
        }
    }

    private static func lag(_ value: Double) -> Int64 { Int64(exactly: value) ?? 0 }

    /// Whether a column has to be read beside the summary.
    private func isNeeded(_ column: RollupColumn) -> Bool {
        switch column {
        case .summary: false
        case .sum: fields.contains(.sum)
        case .minimum: fields.contains(.minimum)
        case .maximum: fields.contains(.maximum)
        case .first, .firstTime: fields.contains(.first)
        case .last, .lastTime: fields.contains(.last)
        case .resetSum: fields.contains(.resets)
        }
    }

    private mutating func read(
        _ column: RollupColumn,
        _ series: UInt32,
        _ ends: ClosedRange<Int64>,
        _ skipping: SealedRun.Skipping
    ) throws(Partition.ReadFailure) -> Bool {
        let number = column.number(of: series)
        var isWhole = true
        for index in partitions.index(of: ends.lowerBound)..<partitions.count {
            guard partitions[index].start <= ends.upperBound else { break }
            let samples = Int(column.rawValue)
            isWhole =
                try partitions[index]
                .read(number, in: ends, into: &columns[samples], skipping: skipping) && isWhole
        }
        return isWhole
    }

    private mutating func row(_ end: Int64, _ mark: Int) -> RollupRow {
        guard mark > 1 else { return RollupRow(end: end, summary: nil, isWhole: mark & 1 == 0) }
        let last = value(.last, at: end) ?? 0
        let lastTime = end - Self.lag(value(.lastTime, at: end) ?? 0)
        let summary = SampleSummary(
            count: mark >> 1,
            sum: value(.sum, at: end) ?? last,
            minimum: value(.minimum, at: end) ?? last,
            maximum: value(.maximum, at: end) ?? last,
            first: value(.first, at: end) ?? last,
            firstTime: value(.firstTime, at: end).map { end - Self.lag($0) } ?? lastTime,
            last: last,
            lastTime: lastTime,
            resetSum: value(.resetSum, at: end) ?? 0
        )
        return RollupRow(end: end, summary: summary, isWhole: mark & 1 == 0)
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
