/// A stretch of time and what was sealed in it; it ends where the next partition begins.
struct Partition: Sendable {
    /// Earliest time that belongs to it, in milliseconds since 1970.
    var start: Int64
    /// Its runs in the order of writing: where several have a sample of the same series and time,
    /// the last one's counts.
    var runs: [SealedRun]

    /// Bytes that its runs take without what is left free in their slots.
    var byteCount: Int { runs.reduce(0) { $0 + $1.record.dataBytes + $1.record.indexBytes } }

    /// Samples in its runs.
    var sampleCount: Int { runs.reduce(0) { $0 + $1.record.sampleCount } }
}

extension [Partition] {
    /// The times of the partition at an index.
    func times(_ index: Int) -> ClosedRange<Int64> {
        let end = index + 1 < count ? self[index + 1].start - 1 : .max
        return self[index].start...end
    }

    /// Index of the partition that a time belongs to; the first one's takes all before it.
    func index(of time: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle].start <= time { low = middle + 1 } else { high = middle }
        }
        return Swift.max(0, low - 1)
    }
}
