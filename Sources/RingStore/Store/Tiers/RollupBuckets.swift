/// The buckets of a rollup tier, named by the time that they end at.
///
/// A bucket is open where it begins and closed where it ends. Those at the edges of what a time can
/// say are cut short.
struct RollupBuckets: Hashable, Sendable {
    /// Milliseconds of a bucket.
    let width: Int64

    /// End of the bucket that a time lies in.
    func end(of time: Int64) -> Int64 {
        let rest = time % width
        if rest <= 0 { return time - rest }
        let (end, overflow) = time.addingReportingOverflow(width - rest)
        return overflow ? .max : end
    }

    /// The times of the bucket that ends at a time.
    func times(endingAt end: Int64) -> ClosedRange<Int64> {
        if end == .max { return (end - end % width + 1)...end }
        let (start, overflow) = end.subtractingReportingOverflow(width - 1)
        return (overflow ? .min : start)...end
    }

    /// The last end that is not after a time.
    func lastEnd(notAfter time: Int64) -> Int64 {
        let end = end(of: time)
        if end == time { return time }
        let start = times(endingAt: end).lowerBound
        return start > .min ? start - 1 : .min
    }

    /// Ends of the buckets that samples in memory lie in, rising; of samples in a range of times.
    func touched(by head: SeriesHead, in times: ClosedRange<Int64>) -> [Int64] {
        var ends: [Int64] = []
        head.forEachBlock(in: times) { block, part in
            for place in part {
                let time = block[place].time
                if let last = ends.last, time <= last { continue }
                ends.append(end(of: time))
            }
        }
        return ends
    }
}
