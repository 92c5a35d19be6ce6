/// Names the parts of a run for people: which run, and the byte of the file.
struct RunPlace {
    private let record: RunRecord
    private let disk: StoreDisk

    init(_ record: RunRecord, _ disk: StoreDisk) {
        self.record = record
        self.disk = disk
    }

    private var name: String { "\(disk.placePrefix)run \(record.number)" }

    /// The run as a whole.
    var run: String { "\(name) at byte \(disk.offset(0, in: record))" }

    /// Its index.
    var index: String {
        "\(name), index at byte \(disk.offset(record.dataBytes, in: record))"
    }

    /// One of its chunks, by number and place in the run.
    func chunk(_ number: Int, at offset: Int) -> String {
        "\(name), chunk \(number) at byte \(disk.offset(offset, in: record))"
    }
}

extension StoreVerification {
    /// Checks what must hold between partitions.
    mutating func check(_ partitions: [Partition], horizon: Int64, place: String) {
        partitionCount += partitions.count
        require(!partitions.isEmpty, place, "it has no partition")
        for (before, after) in zip(partitions, partitions.dropFirst()) {
            require(before.start < after.start, place, "its partitions do not rise")
            require(after.start > horizon, place, "a partition lies before the horizon")
        }
        if let first = partitions.first {
            require(first.start <= horizon, place, "times after the horizon have no partition")
        }
    }

    /// Reads a run whole.
    ///
    /// - Parameters:
    ///   - run: Its index has passed.
    ///   - disk: Where it lies.
    ///   - times: The times of its partition.
    ///   - seriesCount: How many series have labels.
    mutating func check(
        _ run: SealedRun,
        on disk: StoreDisk,
        in times: ClosedRange<Int64>,
        seriesCount: Int
    ) {
        let record = run.record
        let place = RunPlace(record, disk)
        runCount += 1
        let numbers = SeriesSet(below: seriesCount * disk.geometry.tier.columnCount)
        require(
            times.contains(record.earliest) && times.contains(record.latest),
            place.run,
            "it reaches beyond its partition"
        )
        require(
            run.series.isSubset(of: numbers),
            place.index,
            "it names series that have no labels"
        )
        var walk = RunWalk()
        for index in run.fences.indices { check(run, chunk: index, place, &walk) }
        sampleCount += walk.sampleCount
        guard walk.isWhole else { return }
        require(
            walk.sampleCount == record.sampleCount && walk.earliest == record.earliest
                && walk.latest == record.latest && walk.series == run.series,
            place.run,
            "it holds \(walk.sampleCount) samples of \(walk.series.count) series from "
                + "\(walk.earliest) to \(walk.latest) ms, its root says \(record.sampleCount) of "
                + "\(run.series.count) from \(record.earliest) to \(record.latest)"
        )
    }

    /// What a walk through a run has met.
    private struct RunWalk {
        var series = SeriesSet()
        var sampleCount = 0
        var earliest = Int64.max
        var latest = Int64.min
        /// Series and time of the last sample.
        var last: (series: UInt32, time: Int64)?
        /// Whether every chunk could be read.
        var isWhole = true
        var samples = SampleRun()
    }

    private mutating func check(
        _ run: SealedRun,
        chunk index: Int,
        _ place: RunPlace,
        _ walk: inout RunWalk
    ) {
        chunkCount += 1
        let fence = run.fences[index]
        let here = place.chunk(index, at: Int(fence.offset))
        do {
            let entries = try run.entries(ofChunk: index)
            blockCount += entries.count
            var wanted: [UInt32: Int] = [:]
            var firstTimes: [(series: UInt32, time: Int64)] = []
            for entry in entries {
                require(
                    run.series.contains(entry.series),
                    here,
                    "it holds samples of series \(entry.series), which the index leaves out"
                )
                if wanted[entry.series] == nil {
                    firstTimes.append((entry.series, entry.firstTime))
                }
                wanted[entry.series, default: 0] += entry.count
            }
            for (series, time) in firstTimes {
                walk.samples.removeAll()
                let times = time...max(time, end(of: series, in: run, index))
                try run.read(series, in: times, into: &walk.samples)
                require(
                    walk.samples.count == wanted[series],
                    here,
                    "of series \(series) \(walk.samples.count) samples can be decoded, "
                        + "\(wanted[series] ?? 0) are counted"
                )
                note(series, here, run.record, &walk)
            }
        } catch {
            walk.isWhole = false
            let reason: String
            switch error {
            case .file(let error): reason = error.description
            case .damaged: reason = "it does not pass its check"
            case .gaveWay: reason = "it was written over while it was read"
            }
            fault(here, reason)
        }
    }

    /// The last time that samples of a series may have in a chunk.
    private func end(of series: UInt32, in run: SealedRun, _ index: Int) -> Int64 {
        guard index + 1 < run.fences.count, run.fences[index + 1].series == series else {
            return .max
        }
        return run.fences[index + 1].firstTime &- 1
    }

    /// Takes the samples of a series that were decoded from a chunk into account.
    private mutating func note(
        _ series: UInt32,
        _ here: String,
        _ record: RunRecord,
        _ walk: inout RunWalk
    ) {
        let samples = walk.samples.times
        guard let first = samples.first, let last = samples.last else { return }
        var isRising = zip(samples, samples.dropFirst()).allSatisfy { $0 < $1 }
        if let before = walk.last {
            isRising = isRising && (before.series, before.time) < (series, first)
        }
        require(isRising, here, "series or times do not rise at series \(series)")
        require(
            record.earliest <= first && last <= record.latest,
            here,
            "series \(series) has samples beyond the times of its run"
        )
        walk.last = (series, last)
        walk.series.insert(series)
        walk.sampleCount += samples.count
        walk.earliest = min(walk.earliest, first)
        walk.latest = max(walk.latest, last)
    }
}

extension SealedRun {
    /// What stands before a block.
    struct EntryHeader: Hashable {
        var series: UInt32
        var count: Int
        var firstTime: Int64
    }

    /// The headers of all entries of a chunk, in order, without their blocks.
    ///
    /// - Throws: ``RunFault``.
    func entries(ofChunk index: Int) throws(RunFault) -> [EntryHeader] {
        let chunk = try chunk(index)
        var reader = ByteReader(chunk, Self.chunkHeaderBytes..<chunk.count)
        var entries: [EntryHeader] = []
        var series = fences[index].series
        while reader.remaining > 0 {
            series &+= UInt32(truncatingIfNeeded: reader.takeVariable())
            let count = reader.takeCount(limit: SampleBlock.maximumSamples)
            let firstTime = fences[index].firstTime &+ reader.takeSigned()
            reader.skip(reader.takeCount(limit: reader.remaining))
            guard !reader.isExhausted, count > 0 else { throw .damaged(chunk: index) }
            entries.append(EntryHeader(series: series, count: count, firstTime: firstTime))
        }
        return entries
    }
}
