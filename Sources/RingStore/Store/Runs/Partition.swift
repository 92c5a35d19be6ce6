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

    /// Adds the samples of a series in a range to a work array, in rising time.
    ///
    /// - Parameters:
    ///   - series: The series.
    ///   - range: Both ends are included.
    ///   - samples: Gets the samples; what it holds is of earlier partitions.
    ///   - skipping: Which chunks are left out and counted.
    /// - Throws: Why and in which run.
    /// - Returns: Whether no chunk was left out.
    @discardableResult
    func read(
        _ series: UInt32,
        in range: ClosedRange<Int64>,
        into samples: inout SampleRun,
        skipping: SealedRun.Skipping = .nothing
    ) throws(ReadFailure) -> Bool {
        var isWhole = true
        for run in runs where run.mayHold(series, in: range) {
            let known = samples.count
            do {
                let isRunWhole = try run.read(series, in: range, into: &samples, skipping: skipping)
                isWhole = isRunWhole && isWhole
            } catch {
                throw ReadFailure(fault: error, run: run)
            }
            samples.settle(from: known)
        }
        return isWhole
    }

    /// Why a series could not be read, and in which run.
    struct ReadFailure: Error {
        let fault: RunFault
        let run: SealedRun
    }
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
