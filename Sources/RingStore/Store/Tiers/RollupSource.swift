internal import Telemetry

/// Summaries of raw samples as something to seal in a rollup tier.
///
/// They are worked out series by series when the ring asks for them. A bucket is summarised anew
/// from all of its samples; where the raw tier has let go of some, its row is carried on with the
/// later ones.
struct RollupSource: SealSource {
    private let buckets: RollupBuckets
    private var raw: RawBuckets
    /// The rows that there are.
    private var stored: RollupReader
    /// Ends of buckets of which no row counts yet, both included; nil when there are none.
    private let fresh: ClosedRange<Int64>?
    /// For each series the ends, rising, of buckets that have rows and got samples since.
    private let late: [UInt32: [Int64]]
    /// Rows up to it may have been written before.
    private let lastRow: Int64
    /// Whether a row is carried on whose samples have given way in part; else it is taken away.
    private let carriesOn: Bool
    /// Whose rows are at hand now.
    private var current: (series: UInt32, times: ClosedRange<Int64>)?
    /// Those rows in rising time, and whether each is the first of its bucket.
    private var rows: [(row: RollupRow, isFirst: Bool)] = []
    private var samples = SampleRun()
    /// What of the samples and rows on disk may be left out.
    private var skipping = SealedRun.Skipping.damaged

    /// Prepares summaries.
    ///
    /// - Parameters:
    ///   - raw: Where samples come from.
    ///   - ring: The rollup tier.
    ///   - buckets: Its buckets.
    ///   - fresh: Ends of buckets of which no row counts yet, both included.
    ///   - late: For each series the ends, rising, of buckets that have rows and got samples since.
    ///   - carriesOn: Whether a row is carried on whose samples have given way in part; else it is
    ///     taken away.
    init(
        _ raw: RawBuckets,
        ring: SampleRing,
        buckets: RollupBuckets,
        fresh: ClosedRange<Int64>?,
        late: [UInt32: [Int64]],
        carriesOn: Bool = true
    ) {
        self.raw = raw
        self.buckets = buckets
        self.fresh = fresh
        self.late = late
        self.carriesOn = carriesOn
        stored = RollupReader(ring.partitions, .all)
        lastRow = ring.latest ?? .min
    }

    var latest: Int64? {
        let last = late.values.lazy.compactMap(\.last).max()
        guard let fresh else { return last }
        return max(fresh.upperBound, last ?? .min)
    }

    func part(in times: ClosedRange<Int64>) -> SealPart {
        var part = SealPart()
        var present = SeriesSet()
        if let ends = freshEnds(in: times) {
            present = raw.series(in: samplesOf(ends))
            let span = Double(ends.upperBound) - Double(ends.lowerBound)
            let samples = raw.sampleCount(in: samplesOf(ends))
            let buckets = Int(min(span / Double(buckets.width) + 1, Double(samples)))
            let rows = min(present.count * buckets, samples)
            part.sampleCount = min(
                rows * RollupColumn.allCases.count,
                samples * RollupColumn.inEveryRowCount
            )
            part.sketch.add(rows) { index in
                let time = Double(ends.lowerBound) + span * Double(index) / Double(rows)
                return min(
                    max(Int64(exactly: time.rounded()) ?? .max, ends.lowerBound),
                    ends.upperBound
                )
            }
        }
        for (series, ends) in late {
            let ends = ends[Self.indices(of: ends, in: times)]
            guard !ends.isEmpty else { continue }
            present.insert(series)
            part.sampleCount += ends.count * RollupColumn.allCases.count
            part.sketch.add(ends.count) { ends[ends.startIndex + $0] }
        }
        present.forEach { series in
            for column in RollupColumn.allCases { part.series.insert(column.number(of: series)) }
        }
        return part
    }

    mutating func copy(
        _ number: UInt32,
        in times: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into run: inout SampleRun
    ) throws(RunFault) {
        let (series, column) = RollupColumn.parts(of: number)
        if current?.series != series || current?.times != times {
            current = nil
            self.skipping = skipping
            try summarize(series, in: times)
            current = (series, times)
        }
        let rows = rows
        run.append(addingCapacity: rows.count) { index in
            rows[index].row.value(of: column, isFirst: rows[index].isFirst).map {
                (rows[index].row.end, $0.bitPattern)
            }
        }
    }

    /// Makes the rows of a series.
    private mutating func summarize(
        _ series: UInt32,
        in times: ClosedRange<Int64>
    ) throws(RunFault) {
        rows.removeAll(keepingCapacity: true)
        if let ends = late[series] {
            var place = Self.indices(of: ends, in: times)
            while !place.isEmpty {
                // Neighbours are read at once.
                var next = place.lowerBound + 1
                while next < place.upperBound, ends[next] - ends[next - 1] == buckets.width {
                    next += 1
                }
                try summarize(series, ends[place.lowerBound]...ends[next - 1], isFirst: false)
                place = next..<place.upperBound
            }
        }
        if let ends = freshEnds(in: times) { try summarize(series, ends, isFirst: true) }
    }

    private mutating func summarize(
        _ series: UInt32,
        _ ends: ClosedRange<Int64>,
        isFirst: Bool
    ) throws(RunFault) {
        let isWhole = try raw.read(
            series,
            in: samplesOf(ends),
            skipping: skipping,
            into: &samples
        )
        var place = 0
        if !isFirst {
            var end = ends.lowerBound
            while end <= ends.upperBound {
                var row = RollupRow(end: end, isWhole: isWhole)
                let isCut = buckets.times(endingAt: end).lowerBound < raw.horizon
                if isCut, carriesOn, let known = try storedRow(series, end) {
                    row = known
                    row.isWhole = row.isWhole && isWhole
                }
                take(&place, into: &row)
                if isCut, !carriesOn { row.summary = nil }
                rows.append((row, false))
                guard end < .max else { return }
                end = buckets.end(of: end + 1)
            }
            return
        }
        while place < samples.count {
            var row = RollupRow(end: buckets.end(of: samples.times[place]), isWhole: isWhole)
            take(&place, into: &row)
            // A sealing that was cut short, or damage, leaves rows later than the frontier; where
            // all values of one are gone since, it must not stay.
            let isFirst = row.end > lastRow
            guard row.summary != nil || !isFirst else { continue }
            rows.append((row, isFirst))
        }
    }

    /// Takes all samples of a row's bucket from a place on that are later than those it has.
    private func take(_ place: inout Int, into row: inout RollupRow) {
        var first = place
        while place < samples.count, samples.times[place] <= row.end { place += 1 }
        guard var summary = row.summary else {
            row.summary = SampleSummary(
                times: samples.times.span.extracting(first..<place),
                bits: samples.bits.span.extracting(first..<place)
            )
            return
        }
        while first < place, samples.times[first] <= summary.lastTime { first += 1 }
        summary.add(
            times: samples.times.span.extracting(first..<place),
            bits: samples.bits.span.extracting(first..<place)
        )
        row.summary = summary
    }

    private mutating func storedRow(
        _ series: UInt32,
        _ end: Int64
    ) throws(RunFault) -> RollupRow? {
        do {
            // What cannot be read is lost; the row goes on without it and says so.
            guard try stored.load(series, endingIn: end...end, skipping: skipping) else {
                return RollupRow(end: end, isWhole: false)
            }
        } catch {
            throw error.fault
        }
        var found: RollupRow?
        stored.forEach { found = $0 }
        return found
    }

    /// The ends of fresh buckets in a range of times.
    private func freshEnds(in times: ClosedRange<Int64>) -> ClosedRange<Int64>? {
        guard let fresh else { return nil }
        let first = max(fresh.lowerBound, buckets.end(of: times.lowerBound))
        let last = min(fresh.upperBound, buckets.lastEnd(notAfter: times.upperBound))
        return first <= last ? first...last : nil
    }

    /// The times of the samples of some buckets.
    private func samplesOf(_ ends: ClosedRange<Int64>) -> ClosedRange<Int64> {
        buckets.times(endingAt: ends.lowerBound).lowerBound...ends.upperBound
    }

    private static func indices(of ends: [Int64], in times: ClosedRange<Int64>) -> Range<Int> {
        let first = ends.firstIndex { $0 >= times.lowerBound } ?? ends.count
        let end = ends[first...].firstIndex { $0 > times.upperBound } ?? ends.count
        return first..<end
    }
}
