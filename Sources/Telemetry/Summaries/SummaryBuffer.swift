/// A reusable work array of what windows are put together from: summaries where a whole bucket of
/// time lies in a window, single samples at the edges; in rising time.
///
/// Fields that were not asked for stay empty; all others have as many elements as ``times``.
public struct SummaryBuffer: Sendable {
    /// Which fields are filled.
    public private(set) var fields: SummaryFields
    /// For each piece the end of its bucket, or the time of its one sample, in milliseconds.
    ///
    /// It belongs to the windows that this time lies in.
    public private(set) var times: [Int64] = []
    /// How many samples each piece stands for.
    public private(set) var counts: [Int] = []
    /// The sum of each piece.
    public private(set) var sums: [Double] = []
    /// The smallest value of each piece.
    public private(set) var minima: [Double] = []
    /// The largest value of each piece.
    public private(set) var maxima: [Double] = []
    /// The earliest value of each piece.
    public private(set) var firsts: [Double] = []
    /// The times of those.
    public private(set) var firstTimes: [Int64] = []
    /// The latest value of each piece.
    public private(set) var lasts: [Double] = []
    /// The times of those.
    public private(set) var lastTimes: [Int64] = []
    /// What each piece adds to the difference of its last and first value for a counter.
    public private(set) var resets: [Double] = []
    /// How many pieces are summaries.
    public private(set) var summaryCount = 0
    /// How many of those reach over the edge of a window, because their samples are gone.
    public private(set) var inexactCount = 0

    /// Creates an empty buffer for some fields.
    public init(_ fields: SummaryFields = []) {
        self.fields = fields
    }

    /// How many pieces it holds.
    public var count: Int { times.count }

    /// Whether it holds none.
    public var isEmpty: Bool { times.isEmpty }

    /// Forgets all pieces, keeps the memory, and takes other fields.
    public mutating func removeAll(_ fields: SummaryFields) {
        self.fields = fields
        times.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
        minima.removeAll(keepingCapacity: true)
        maxima.removeAll(keepingCapacity: true)
        firsts.removeAll(keepingCapacity: true)
        firstTimes.removeAll(keepingCapacity: true)
        lasts.removeAll(keepingCapacity: true)
        lastTimes.removeAll(keepingCapacity: true)
        resets.removeAll(keepingCapacity: true)
        summaryCount = 0
        inexactCount = 0
    }

    /// Adds one sample that is later than all pieces; a marker of a series' end is left out.
    public mutating func append(time: Int64, value: Double) {
        if value.bitPattern == Sample.staleMarkerBits { return }
        times.append(time)
        if fields.contains(.count) { counts.append(1) }
        if fields.contains(.sum) { sums.append(value) }
        if fields.contains(.minimum) { minima.append(value) }
        if fields.contains(.maximum) { maxima.append(value) }
        if fields.contains(.first) {
            firsts.append(value)
            firstTimes.append(time)
        }
        if fields.contains(.last) {
            lasts.append(value)
            lastTimes.append(time)
        }
        if fields.contains(.resets) { resets.append(0) }
    }

    /// Adds the samples of another buffer, all later than all pieces.
    public mutating func append(_ samples: borrowing SampleBuffer) {
        for index in 0..<samples.count {
            append(time: samples.times[index], value: samples.values[index])
        }
    }

    /// Adds the summary of a bucket that is later than all pieces.
    ///
    /// - Parameters:
    ///   - summary: What is known of the bucket's samples.
    ///   - end: Where the bucket ends.
    ///   - isExact: Whether no edge of a window lies inside it.
    public mutating func append(_ summary: SampleSummary, end: Int64, isExact: Bool) {
        times.append(end)
        summaryCount += 1
        if !isExact { inexactCount += 1 }
        if fields.contains(.count) { counts.append(summary.count) }
        if fields.contains(.sum) { sums.append(summary.sum.value) }
        if fields.contains(.minimum) { minima.append(summary.minimum) }
        if fields.contains(.maximum) { maxima.append(summary.maximum) }
        if fields.contains(.first) {
            firsts.append(summary.first)
            firstTimes.append(summary.firstTime)
        }
        if fields.contains(.last) {
            lasts.append(summary.last)
            lastTimes.append(summary.lastTime)
        }
        if fields.contains(.resets) { resets.append(summary.resetSum) }
    }

    /// Adds summaries of buckets that lie whole in every window, all later than all pieces.
    ///
    /// - Precondition: the columns of the buffer's fields are filled.
    public mutating func append(_ rows: borrowing SummaryColumns) {
        let count = rows.ends.count
        times += rows.ends
        summaryCount += count
        if fields.contains(.count) { counts += rows.counts }
        if fields.contains(.sum) { Self.append(rows.sums, to: &sums) }
        if fields.contains(.minimum) { Self.append(rows.minima, to: &minima) }
        if fields.contains(.maximum) { Self.append(rows.maxima, to: &maxima) }
        if fields.contains(.first) {
            Self.append(rows.firsts, to: &firsts)
            firstTimes += rows.firstTimes
        }
        if fields.contains(.last) {
            Self.append(rows.lasts, to: &lasts)
            lastTimes += rows.lastTimes
        }
        if fields.contains(.resets) { Self.append(rows.resets, to: &resets) }
    }

    private static func append(_ bits: [UInt64], to values: inout [Double]) {
        // Even none is written down in an empty array, and that one all threads share.
        guard !bits.isEmpty else { return }
        values.append(addingCapacity: bits.count) { output in
            for index in bits.indices { output.append(Double(bitPattern: bits[index])) }
        }
    }
}
