internal import Telemetry

/// Puts together what the windows of one query need, series by series.
struct SummaryReading {
    private let windows: WindowGrid
    private let buckets: RollupBuckets
    /// Times of all windows.
    private let times: ClosedRange<Int64>
    /// Ends of buckets that rows are there of; nil when there are none.
    private let ends: ClosedRange<Int64>?
    /// Ends of buckets that an edge of a window cuts, rising.
    private let cuts: [Int64]
    private var reader: RollupReader

    /// Begins to answer a plan from a tier of a snapshot, which is handed in again at each reading:
    /// a copy of it would cost more than a short series does.
    init(_ snapshot: StoreSnapshot, _ view: TierView, _ plan: SummaryPlan) {
        windows = plan.windows
        buckets = RollupBuckets(width: view.tier.bucketMilliseconds ?? 1)
        times = windows.times
        let frontier = view.root.mark.frontier ?? .min
        let first = max(buckets.end(of: times.lowerBound), buckets.end(of: view.horizon))
        let last = min(buckets.end(of: times.upperBound), frontier)
        ends = first <= last ? first...last : nil
        cuts = Self.cuts(windows, buckets, first, last)
        var fields = plan.fields
        // Rows may be followed by later samples of their bucket.
        let isFollowed = snapshot.head.times.map { $0.lowerBound <= last } ?? false
        if times.lowerBound < snapshot.raw.horizon || isFollowed { fields.insert(.last) }
        reader = RollupReader(view.partitions, fields)
    }

    /// Adds the pieces of a series.
    ///
    /// - Throws: `SeriesSourceError`.
    mutating func read(
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        guard let ends else { return try samples(number, of: snapshot, in: times, into: &buffer) }
        let start = buckets.times(endingAt: ends.lowerBound).lowerBound
        if times.lowerBound < start {
            try samples(number, of: snapshot, in: times.lowerBound...(start - 1), into: &buffer)
        }
        try rows(number, of: snapshot, ends, into: &buffer)
        if ends.upperBound < times.upperBound {
            try samples(
                number,
                of: snapshot,
                in: (ends.upperBound + 1)...times.upperBound,
                into: &buffer
            )
        }
    }

    private mutating func rows(
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        _ ends: ClosedRange<Int64>,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        do {
            try reader.load(number, endingIn: ends)
        } catch {
            throw StoreSnapshot.sourceError(error.fault, SeriesID(number), error.run)
        }
        let fresh = freshEnds(number, of: snapshot, ends)
        if cuts.isEmpty, fresh.isEmpty, reader.isPlain {
            buffer.append(reader.plainColumns)
            return
        }
        var opened = cuts
        if !fresh.isEmpty { opened = Set(cuts).union(fresh).sorted() }
        var next = 0
        // The reader lends its rows while this reads samples.
        var reader = reader
        try reader.forEach { (row) throws(SeriesSourceError) in
            while next < opened.count, opened[next] < row.end {
                try open(RollupRow(end: opened[next]), number, of: snapshot, into: &buffer)
                next += 1
            }
            if next < opened.count, opened[next] == row.end {
                try open(row, number, of: snapshot, into: &buffer)
                next += 1
            } else if !row.isWhole {
                try open(row, number, of: snapshot, into: &buffer)
            } else if let summary = row.summary {
                buffer.append(summary, end: row.end, isExact: true)
            }
        }
        for end in opened[next...] {
            try open(RollupRow(end: end), number, of: snapshot, into: &buffer)
        }
    }

    /// Adds the samples of a bucket; where those have given way, or only later ones have come since
    /// its row was written, the row and what came after.
    private func open(
        _ row: RollupRow,
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        var bucket = buckets.times(endingAt: row.end)
        guard bucket.overlaps(times) else { return }
        let isCut = !windows.keepsWhole(after: bucket.lowerBound - 1, to: row.end)
        if let summary = row.summary,
            max(bucket.lowerBound, times.lowerBound) < snapshot.raw.horizon
                || !isCut && row.isWhole && isFollowed(summary, number, of: snapshot, in: bucket)
        {
            // A row that is followed by samples of its own bucket stands where it ends itself.
            let hasLater = summary.lastTime < row.end
            let end = isCut || hasLater ? summary.lastTime : row.end
            buffer.append(summary, end: end, isExact: !isCut)
            guard hasLater else { return }
            bucket = (summary.lastTime + 1)...row.end
            guard bucket.overlaps(times) else { return }
        }
        try samples(number, of: snapshot, in: bucket.clamped(to: times), into: &buffer)
    }

    /// Whether all samples in memory of a bucket are later than those of its row.
    private func isFollowed(
        _ summary: SampleSummary,
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        in bucket: ClosedRange<Int64>
    ) -> Bool {
        let known = bucket.lowerBound...summary.lastTime
        var isFollowed = true
        snapshot.head.series[Int(number)].forEachBlock(in: known) { _, _ in isFollowed = false }
        return isFollowed
    }

    /// Adds the samples of a series in a range, as far as they have not given way.
    private func samples(
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        in range: ClosedRange<Int64>,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        guard range.upperBound >= snapshot.raw.horizon else { return }
        let range = max(range.lowerBound, snapshot.raw.horizon)...range.upperBound
        var run = SampleRun()
        try snapshot.read(number, in: range, into: &run)
        for index in 0..<run.count {
            buffer.append(time: run.times[index], value: Double(bitPattern: run.bits[index]))
        }
    }

    /// Ends of rolled-up buckets that the head has samples of.
    private func freshEnds(
        _ number: UInt32,
        of snapshot: StoreSnapshot,
        _ ends: ClosedRange<Int64>
    ) -> [Int64] {
        let head = snapshot.head.series[Int(number)]
        guard let first = head.times?.lowerBound, first <= ends.upperBound else { return [] }
        return buckets.touched(by: head, in: samplesOf(ends))
    }

    private func samplesOf(_ ends: ClosedRange<Int64>) -> ClosedRange<Int64> {
        buckets.times(endingAt: ends.lowerBound).lowerBound...ends.upperBound
    }

    private static func cuts(
        _ windows: WindowGrid,
        _ buckets: RollupBuckets,
        _ first: Int64,
        _ last: Int64
    ) -> [Int64] {
        guard !TierChoice(windows: windows).isAligned(toBuckets: buckets.width) else { return [] }
        var cuts: Set<Int64> = []
        for index in 0..<windows.count {
            let end = windows.firstEnd + windows.step * Int64(index)
            for edge in [end - windows.length, end] {
                let bucket = buckets.end(of: edge)
                if bucket != edge, bucket >= first, bucket <= last { cuts.insert(bucket) }
            }
        }
        return cuts.sorted()
    }
}
