internal import Telemetry

// How new samples become runs.
//
// Each partition that there are new samples of gets one new run. Older runs of the partition that
// are not larger than it are written into it, newest first, so that each run is larger than all
// newer ones together: a partition of n slots has at most about log2(n) runs, and a sample is
// rewritten as often. A partition that grows beyond its limit is written anew as several, cut at
// times that leave about the same number of samples in each.
extension SampleRing {
    /// Bytes that a sample is expected to take in a run while none is there to compare with.
    private static let expectedSampleBytes = 2.0
    /// Bytes that each series takes in a run beside its samples, about.
    private static let expectedSeriesBytes = 24
    /// Samples above which a partition is cut in two: rewriting holds one series in memory.
    private static let largestPartitionSamples = 4_000_000

    /// So often in a row a sealing fails when the disk refuses to read; then it goes on without
    /// what the disk goes on refusing, so that a bad sector does not stop all newer samples for
    /// ever.
    static let maximumRefusedReads = 3

    /// Runs that are being written: one for each piece of a partition.
    private struct Pieces {
        /// First time of each piece.
        let starts: [Int64]
        /// Last time of the last piece.
        let end: Int64
        /// Time of the last sample that there is.
        let latest: Int64
        var writers: [RunWriter]
        /// How many pieces, from the oldest on, have given way for want of slots.
        var lostCount = 0

        func times(_ index: Int) -> ClosedRange<Int64> {
            starts[index]...(index + 1 < starts.count ? starts[index + 1] - 1 : end)
        }
    }

    /// Writes new samples of every partition, the oldest first, and installs the new runs.
    ///
    /// Where slots have to be freed by a root in between, no sample is in it without earlier ones
    /// of its series: whether a sample was later than all of them has the same answer after a crash
    /// as it had before, see ``RingStore/append(_:_:journaledAt:)``.
    ///
    /// - Throws: ``SealFailure``; the owner then calls ``revert()``.
    mutating func seal(_ source: inout some SealSource) throws(SealFailure) {
        for start in partitions.map(\.start) {
            try seal(start, &source)
        }
        refusedReads = 0
    }

    /// Writes new samples of a partition, if there are any, and installs the new runs.
    private mutating func seal(
        _ start: Int64,
        _ source: inout some SealSource
    ) throws(SealFailure) {
        guard let index = partitions.firstIndex(where: { $0.start == start }) else {
            preconditionFailure("while older partitions are written, none newer gives way")
        }
        let times = partitions.times(index)
        guard times.upperBound >= horizon else { return }
        let part = source.part(in: max(horizon, times.lowerBound)...times.upperBound)
        guard part.sampleCount > 0 else { return }
        let partition = partitions[index]
        let expectedBytes = Self.expectedBytes(part, beside: partition)
        let bytes = partition.byteCount + expectedBytes
        let samples = partition.sampleCount + part.sampleCount
        let limit = disk.geometry.partitionBytes
        if bytes > limit || samples > Self.largestPartitionSamples {
            let count = max(2, bytes * 2 / limit, samples * 2 / Self.largestPartitionSamples)
            let sketches = partition.runs.map(\.sketch) + [part.sketch]
            let cuts = TimeSketch.cuts(sketches, parts: min(count, TimeSketch.capacity))
            if !cuts.isEmpty {
                try rewrite(start, keeping: 0, part, &source, cuts: cuts)
                return
            }
        }
        var kept = partition.runs.count
        var slots = expectedBytes / disk.geometry.slotBytes + 1
        while kept > 0, partition.runs[kept - 1].record.slots.count <= slots {
            kept -= 1
            slots += partition.runs[kept].record.slots.count
        }
        try rewrite(start, keeping: kept, part, &source, cuts: [])
    }

    /// Bytes that new samples are expected to take beside the runs of a partition.
    private static func expectedBytes(_ part: SealPart, beside partition: Partition) -> Int {
        let rate =
            partition.sampleCount > 0
            ? Double(partition.byteCount) / Double(partition.sampleCount)
            : expectedSampleBytes
        return Int(rate * Double(part.sampleCount)) + part.series.count * expectedSeriesBytes
    }

    /// Writes all runs of a partition as one, without what a source leaves out.
    mutating func rewrite(
        _ start: Int64,
        _ source: inout some SealSource
    ) throws(SealFailure) {
        try rewrite(start, keeping: 0, SealPart(), &source, cuts: [])
    }

    /// Writes some runs of a partition and what is new as one run, or one for each piece.
    private mutating func rewrite(
        _ start: Int64,
        keeping kept: Int,
        _ part: SealPart,
        _ source: inout some SealSource,
        cuts: [Int64]
    ) throws(SealFailure) {
        guard let index = partitions.firstIndex(where: { $0.start == start }) else { return }
        let runs = Array(partitions[index].runs[kept...])
        var pieces = Pieces(
            starts: [start] + cuts,
            end: partitions.times(index).upperBound,
            latest: max(source.latest ?? .min, runs.map(\.record.latest).max() ?? .min),
            writers: (0...cuts.count).map { _ in RunWriter(disk: disk) }
        )
        var series = part.series
        for run in runs { series.formUnion(run.series) }
        do {
            try write(series, runs, &source, into: &pieces, of: start)
            for piece in pieces.writers.indices where piece >= pieces.lostCount {
                guard pieces.writers[piece].sampleCount > 0 else { continue }
                pieces.writers[piece].finish()
                try drain(&pieces, piece, of: start, isFinished: true)
            }
        } catch {
            for writer in pieces.writers { pool.giveBack(writer.slots) }
            throw error
        }
        for run in runs { damagedBlockCount += UInt64(run.damagedChunkCount) }
        install(pieces, start, keeping: kept)
    }

    private mutating func write(
        _ series: SeriesSet,
        _ runs: [SealedRun],
        _ source: inout some SealSource,
        into pieces: inout Pieces,
        of start: Int64
    ) throws(SealFailure) {
        var merged = SampleRun()
        var part = SampleRun()
        var fresh = SampleRun()
        let times = max(start, horizon)...max(start, horizon, pieces.end)
        let skipping: SealedRun.Skipping =
            refusedReads < Self.maximumRefusedReads ? .damaged : .unreadable
        for number in series.sorted {
            fresh.removeAll()
            try reading { () throws(RunFault) in
                try source.copy(number, in: times, skipping: skipping, into: &fresh)
            }
            if pieces.writers.count == 1, pieces.lostCount == 0, !source.changes(number),
                try appendInOrder(number, runs, fresh, skipping, to: &pieces.writers[0], in: times)
            {
                try drain(&pieces, 0, of: start, isFinished: false)
                continue
            }
            merged.removeAll()
            for run in runs {
                part.removeAll()
                try reading { () throws(RunFault) in
                    _ = try run.read(number, in: times, into: &part, skipping: skipping)
                }
                merged.overlay(part)
            }
            merged.overlay(fresh)
            source.change(number, &merged)
            var piece = pieces.lostCount
            while piece < pieces.writers.count {
                let range = merged.indices(in: pieces.times(piece))
                pieces.writers[piece].append(number, merged, range)
                try drain(&pieces, piece, of: start, isFinished: false)
                piece = max(piece + 1, pieces.lostCount)
            }
        }
    }

    /// Writes a series whose runs and new samples follow each other in time, as they mostly do;
    /// whole blocks are copied as they are.
    ///
    /// - Returns: false when they do not; nothing was written then.
    private mutating func appendInOrder(
        _ number: UInt32,
        _ runs: [SealedRun],
        _ fresh: borrowing SampleRun,
        _ skipping: SealedRun.Skipping,
        to writer: inout RunWriter,
        in times: ClosedRange<Int64>
    ) throws(SealFailure) -> Bool {
        guard !runs.isEmpty else { return false }
        var merger = BlockMerger(times)
        for run in runs {
            let blocks = try reading { () throws(RunFault) in
                try run.blocks(of: number, skipping: skipping)
            }
            guard merger.add(blocks) else { return false }
        }
        return merger.finish(fresh, number, to: &writer)
    }

    /// Reads what is to be merged; a refusal of the disk is counted, and the sealing fails.
    private mutating func reading<Result>(
        _ body: () throws(RunFault) -> Result
    ) throws(SealFailure) -> Result {
        do {
            return try body()
        } catch {
            switch error {
            case .file(let error):
                refusedReads += 1
                throw .file(error)
            case .damaged: preconditionFailure("damage is skipped")
            case .gaveWay:
                preconditionFailure("a run of the writer's own does not give way")
            }
        }
    }

    /// Writes what a piece has ready for slots; the oldest piece gives way when there is none.
    private mutating func drain(
        _ pieces: inout Pieces,
        _ piece: Int,
        of start: Int64,
        isFinished: Bool
    ) throws(SealFailure) {
        while piece >= pieces.lostCount,
            let bytes = pieces.writers[piece].nextSlotful(isFinished: isFinished)
        {
            guard let slot = try takeSlot(for: start) else {
                let end = min(pieces.times(pieces.lostCount).upperBound, pieces.latest)
                try requireExpendable(before: end < .max ? end + 1 : end)
                pool.giveBack(pieces.writers[pieces.lostCount].slots)
                pieces.writers[pieces.lostCount] = RunWriter(disk: disk)
                pieces.lostCount += 1
                continue
            }
            do {
                try unsafe disk.file.write(bytes.span.bytes, at: disk.geometry.slotOffset(slot))
            } catch {
                pool.giveBack([slot])
                throw .file(error)
            }
            pieces.writers[piece].passSlotful(slot)
        }
    }

    /// A slot to write, for which whatever is older than a partition gives way; nil when that is
    /// not enough.
    private mutating func takeSlot(for start: Int64) throws(SealFailure) -> UInt32? {
        if let slot = pool.take() { return slot }
        // What is finished may free the slots of what it replaces, but only when a root says so.
        // The journal is still needed from the old position on.
        try SealFailure.wrapping { () throws(FileError) in try commit() }
        if let slot = pool.take() ?? pool.takeResting() { return slot }
        while partitions[0].start < start {
            try dropOldest()
            try SealFailure.wrapping { () throws(FileError) in try commit() }
            if let slot = pool.take() ?? pool.takeResting() { return slot }
        }
        return nil
    }

    private mutating func install(_ pieces: Pieces, _ start: Int64, keeping kept: Int) {
        guard let index = partitions.firstIndex(where: { $0.start == start }) else { return }
        let keptRuns = Array(partitions[index].runs[..<kept])
        var fresh: [Partition] = []
        for piece in pieces.writers.indices where piece >= pieces.lostCount {
            let writer = pieces.writers[piece]
            guard writer.sampleCount > 0 else { continue }
            let run = writer.sealedRun()
            newRuns.append(run)
            fresh.append(Partition(start: pieces.starts[piece], runs: [run]))
        }
        if pieces.lostCount > 0 {
            // What gave way was the oldest of all: nothing before this partition is left.
            let isAllLost = pieces.lostCount == pieces.starts.count
            let after = pieces.latest < .max ? pieces.latest + 1 : .max
            let next = index + 1 < partitions.count ? partitions[index + 1].start : after
            horizon = max(horizon, isAllLost ? next : pieces.starts[pieces.lostCount])
            if fresh.isEmpty, index + 1 == partitions.count {
                fresh = [Partition(start: horizon, runs: [])]
            } else if !fresh.isEmpty {
                fresh[0].start = pieces.starts[pieces.lostCount]
            }
        } else if fresh.isEmpty {
            fresh = [Partition(start: start, runs: keptRuns)]
        } else {
            fresh[0].start = start
            fresh[0].runs = keptRuns + fresh[0].runs
        }
        partitions.replaceSubrange(index...index, with: fresh)
    }
}
