internal import Telemetry

// How rollup tiers follow the raw one.
//
// A tier's frontier is the last time that is rolled up. Each checkpoint, before it seals the
// samples of the head, moves frontiers on where an hour has passed since, or over everything when
// that costs little, and summarises anew every bucket before them that got samples meanwhile. What
// the raw tier is about to let go must lie before all frontiers.
//
// Rows are on the disk before the samples that they were made of leave the head, and before the raw
// tier lets go of any. After a crash between the two the journal brings the same samples again, and
// the same rows are made once more.
extension RingStore {
    /// Milliseconds that pass after a bucket before it is rolled up for the first time.
    private static let settlingTime: Int64 = 60 * 60_000
    /// With so many samples a series between checkpoints, buckets that have only begun are rolled
    /// up too: queries need no sample then.
    private static let denseSampleCount = 128
    /// Milliseconds of the longest of these: the next checkpoint reads their samples again, which
    /// for a day would be more than has come since.
    private static let longestBegun: Int64 = 60 * 60_000
    /// Milliseconds of samples that are summarised at once, or longer where few samples lie.
    private static let usualAdvance: Int64 = 7 * 24 * 60 * 60_000
    /// Samples that are summarised at once at most in a longer time: one series may have them all.
    private static let longAdvanceSampleCount = 2_000_000

    /// Samples as they are now, for summaries.
    private var rawBuckets: RawBuckets {
        RawBuckets(partitions: raw.partitions, horizon: raw.horizon, head: head)
    }

    /// Summarises what has come, and moves frontiers on as far as samples have settled.
    mutating func rollUp(at now: Instant?) throws(SealFailure) {
        guard !rollups.isEmpty, let latest = rawBuckets.latest else { return }
        let newest = min(latest, now?.milliseconds ?? .max)
        let (settled, overflow) = newest.subtractingReportingOverflow(Self.settlingTime)
        let isDense = head.sampleCount >= Self.denseSampleCount * max(1, head.filledSeries)
        for index in rollups.indices {
            let buckets = rollups[index].buckets
            if isDense, buckets.width <= Self.longestBegun {
                try rollUp(index, to: buckets.end(of: newest))
            } else {
                let stride = RollupBuckets(width: rollups[index].stride)
                try rollUp(index, to: overflow ? .min : stride.lastEnd(notAfter: settled))
            }
        }
        noteFrontiers()
    }

    /// Moves frontiers on until everything before a time may give way.
    mutating func rollUp(before time: Int64) throws(SealFailure) {
        for index in rollups.indices {
            try rollUp(index, to: rollups[index].buckets.end(of: time - 1))
        }
        noteFrontiers()
    }

    /// Tells the raw tier what it may let go.
    mutating func noteFrontiers() {
        let frontier = rollups.map(\.frontier).min() ?? .max
        raw.expendableBefore = frontier < .max ? frontier + 1 : frontier
    }

    /// Moves one frontier on to a time, if it is before, and summarises late samples.
    private mutating func rollUp(_ index: Int, to target: Int64) throws(SealFailure) {
        var late = lateEnds(rollups[index])
        repeat {
            let frontier = rollups[index].frontier
            var (next, fresh) = (frontier, ClosedRange<Int64>?.none)
            if frontier < target {
                (next, fresh) = advance(rollups[index].buckets, from: frontier, to: target)
            }
            guard next > frontier || !late.isEmpty else { return }
            let source = RollupSource(
                rawBuckets,
                ring: rollups[index].ring,
                buckets: rollups[index].buckets,
                fresh: fresh,
                late: late
            )
            try seal(source, index, frontier: next)
            late = [:]
        } while rollups[index].frontier < target
    }

    /// How far a frontier moves next, and the ends of buckets that it passes and that may have
    /// samples.
    private func advance(
        _ buckets: RollupBuckets,
        from frontier: Int64,
        to target: Int64
    ) -> (next: Int64, fresh: ClosedRange<Int64>?) {
        let from = frontier == .min ? .min : frontier + 1
        let raw = rawBuckets
        guard let time = raw.nextTime(from: from), time <= target else { return (target, nil) }
        var limit = time
        var span = Self.usualAdvance
        while limit < target {
            let (longer, overflow) = time.addingReportingOverflow(span)
            let next = overflow || span == .max ? target : min(target, longer)
            let isFirst = limit == time
            if !isFirst, raw.sampleCount(in: time...next) > Self.longAdvanceSampleCount { break }
            limit = next
            span = span > .max / 2 ? .max : span * 2
        }
        let first = buckets.end(of: time)
        let next = max(first, limit == target ? target : buckets.lastEnd(notAfter: limit))
        return (next, first...next)
    }

    /// For each series the buckets of a tier before its frontier that the head has samples of.
    private func lateEnds(_ rollup: RollupTier) -> [UInt32: [Int64]] {
        var late: [UInt32: [Int64]] = [:]
        let frontier = rollup.frontier
        // Before anything is rolled up nothing is late, the earliest time that there is neither.
        guard frontier > .min, let times = head.times, times.lowerBound <= frontier else {
            return late
        }
        for number in 0..<head.series.count {
            guard let first = head.series[number].times?.lowerBound, first <= frontier else {
                continue
            }
            let ends = rollup.buckets.touched(by: head.series[number], in: .min...frontier)
            late[UInt32(number)] = ends
        }
        return late
    }

    /// Works all summaries out anew that a deletion touches; those whose samples have given way are
    /// taken away.
    ///
    /// - Returns: How many were.
    mutating func summarizeAnew(_ deletion: DeletionIntent) throws(SealFailure) -> Int {
        var count = 0
        for index in rollups.indices {
            let rollup = rollups[index]
            let first = max(rollup.ring.horizon, rollup.buckets.end(of: deletion.range.lowerBound))
            // A sealing that was cut short, or damage, leaves rows later than the frontier.
            let lastRow = max(rollup.frontier, rollup.ring.latest ?? .min)
            let last = min(lastRow, rollup.buckets.end(of: deletion.range.upperBound))
            guard first <= last else { continue }
            var touched: [UInt32: [Int64]] = [:]
            var reader = RollupReader(rollup.ring.partitions, [])
            for series in deletion.series {
                let ends: [Int64]
                do {
                    ends = try reader.ends(of: series, in: first...last)
                } catch .file(let error) {
                    throw .file(error)
                } catch {
                    preconditionFailure("a run of the writer's own does not give way")
                }
                if !ends.isEmpty { touched[series] = ends }
                count += ends.count
            }
            guard !touched.isEmpty else { continue }
            let source = RollupSource(
                rawBuckets,
                ring: rollup.ring,
                buckets: rollup.buckets,
                fresh: nil,
                late: touched,
                carriesOn: false
            )
            try seal(source, index, frontier: rollup.frontier)
        }
        return count
    }

    /// Seals summaries and makes them durable, or leaves the tier as it was.
    ///
    /// Where rows were damaged and are given up, the frontier goes back as far as samples are left:
    /// those rows are made once more.
    private mutating func seal(
        _ source: RollupSource,
        _ index: Int,
        frontier: Int64
    ) throws(SealFailure) {
        var source = source
        let damagedCount = rollups[index].ring.damagedBlockCount
        do {
            try rollups[index].ring.seal(&source)
            try rollups[index].ring.dropForReserve()
            let isWhole = rollups[index].ring.damagedBlockCount == damagedCount
            rollups[index].ring.mark.frontier =
                isWhole ? frontier : min(frontier, firstFrontier(rollups[index].tier))
            rollups[index].ring.mark.checkpointCount += 1
            try SealFailure.wrapping { () throws(FileError) in
                try rollups[index].ring.commit()
            }
        } catch {
            rollups[index].ring.revert()
            throw error
        }
    }

    /// The last time before which no bucket can be summarised from samples any more.
    private func firstFrontier(_ tier: StoreTier) -> Int64 {
        let first = RollupTier.firstHorizon(tier, rawHorizon: raw.horizon)
        return first > .min ? first - 1 : .min
    }
}
