/// All samples of a store, sealed or in memory, as summaries are made of them.
struct RawBuckets {
    let partitions: [Partition]
    /// Samples before it have given way.
    let horizon: Int64
    let head: StoreHead
    private var sealed = SampleRun()
    private var part = SampleRun()

    init(partitions: [Partition], horizon: Int64, head: StoreHead) {
        self.partitions = partitions
        self.horizon = horizon
        self.head = head
    }

    /// The series that may have samples in a range of times, both ends included.
    func series(in range: ClosedRange<Int64>) -> SeriesSet {
        var present = head.seriesPresent(in: range)
        for run in partitions.lazy.flatMap(\.runs) where run.times.overlaps(range) {
            present.formUnion(run.series)
        }
        return present
    }

    /// How many samples there are in a range of times, about; zero only when there are none.
    func sampleCount(in range: ClosedRange<Int64>) -> Int {
        var count = head.times?.overlaps(range) == true ? head.sampleCount : 0
        for run in partitions.lazy.flatMap(\.runs) where run.times.overlaps(range) {
            // Samples lie about evenly.
            let times = run.times.clamped(to: range)
            let part = Double(times.upperBound) - Double(times.lowerBound) + 1
            let whole = Double(run.record.latest) - Double(run.record.earliest) + 1
            count += 1 + Int(Double(run.record.sampleCount) * part / whole)
        }
        return count
    }

    /// Time of the earliest sample at or after a time that there may be, or nil.
    func nextTime(from time: Int64) -> Int64? {
        var next: Int64?
        let runs = partitions.lazy.flatMap(\.runs).map(\.times)
        for times in runs where times.upperBound >= max(time, horizon) {
            next = min(next ?? .max, max(time, horizon, times.lowerBound))
        }
        if let times = head.times, times.upperBound >= time {
            next = min(next ?? .max, max(time, times.lowerBound))
        }
        return next
    }

    /// Time of the latest sample, or nil when there is none.
    var latest: Int64? {
        let sealed = partitions.lazy.flatMap(\.runs).map(\.record.latest).max()
        guard let head = head.times?.upperBound else { return sealed }
        return max(head, sealed ?? .min)
    }

    /// Replaces a work array's content by the samples of a series in a range, in rising time.
    ///
    /// - Throws: ``RunFault/file(_:)`` when the disk refuses and that is not skipped.
    /// - Returns: Whether all of them could be read; the others are left out.
    mutating func read(
        _ number: UInt32,
        in range: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into samples: inout SampleRun
    ) throws(RunFault) -> Bool {
        samples.removeAll()
        guard range.upperBound >= horizon else { return true }
        let range = max(horizon, range.lowerBound)...range.upperBound
        var isWhole = true
        for index in partitions.index(of: range.lowerBound)..<partitions.count {
            guard partitions[index].start <= range.upperBound else { break }
            sealed.removeAll()
            do {
                let isPartWhole = try partitions[index]
                    .read(number, in: range, into: &sealed, skipping: skipping)
                isWhole = isPartWhole && isWhole
            } catch {
                throw error.fault
            }
            samples.append(sealed, 0..<sealed.count)
        }
        part.removeAll()
        if number < head.series.count { head.series[Int(number)].copy(range, into: &part) }
        samples.overlay(part)
        return isWhole
    }
}
