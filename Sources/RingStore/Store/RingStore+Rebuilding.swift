internal import Telemetry

// How a store gets another size or a newer format.
//
// The folder is locked. A new store is built beside the old files, by appending all samples in the
// order of their stretches of time, the oldest first, so that each is written as it was when it
// came and the ring itself lets go of what it has no room for. Rows of rollup tiers are copied; a
// tier that was not there before is filled by the gateway's next checkpoint. When all of it is on
// the disk, with the old store's position, horizon and counters, one renaming puts it in the old
// one's place. Until then the old files are only read; a crash leaves at most files of the names
// that ``FreshFiles`` has, which the next opening removes.
extension RingStore {
    /// Stretches before those that fill the new tier so many times are not read at all.
    ///
    /// No change of encoding makes samples so much smaller.
    private static let hopelessTiers: UInt64 = 4

    /// Builds the store of a folder anew, with other sizes or in the newest format.
    ///
    /// Costs reading and writing all samples, room on the disk for both files meanwhile, and the
    /// memory of a store.
    ///
    /// - Parameters:
    ///   - folder: The folder that the store lies in.
    ///   - rawTierBytes: The new size of the raw tier; nil keeps it.
    ///   - rollupBytes: The new sizes of rollup tiers, 0 to do without; those left out stay.
    ///   - maximumSeries: For how many series labels shall have room; nil keeps it.
    ///   - losses: What may be lost; anything else makes it fail.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share of samples that were read, 0 to 1.
    /// - Throws: ``StoreError/file(_:)`` with `FileError.alreadyInUse` while a gateway holds the
    ///   folder, `FileError.notEnoughSpace` when both files do not fit; the errors of an opening;
    ///   ``StoreError/tooManySeries(limit:worst:)``;
    ///   ``StoreError/wouldLoseDamaged(path:blocks:unreadableSamples:)``,
    ///   ``StoreError/wouldDropOldest(path:samples:before:)``,
    ///   ``StoreError/wouldDropSummaries(path:tier:before:)``. The old store is then as it was.
    /// - Returns: What was taken over.
    public static func rebuild(
        folder: String,
        rawTierBytes: UInt64? = nil,
        rollupBytes: [StoreTier: UInt64] = [:],
        maximumSeries: Int? = nil,
        allowing losses: RebuildLosses = [],
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> StoreRebuild {
        let storage = StorageFolder(folder, calls: calls)
        let lock = try LoadedStore.lock(storage, .exclusive)
        try TierFiles.settle(storage)
        let old = try LoadedStore(storage, .readOnly)
        var settings = old.raw.disk.geometry.settings
        for rollup in old.rollups.map(\.disk.geometry) {
            settings.rollupBytes[rollup.tier] = rollup.tierBytes
        }
        for (tier, bytes) in rollupBytes { settings.rollupBytes[tier] = bytes > 0 ? bytes : nil }
        settings.rawTierBytes = rawTierBytes ?? settings.rawTierBytes
        settings.maximumSeries = maximumSeries ?? settings.maximumSeries
        let layout = try StoreGeometry(settings)
        // No more at once than a stretch of time may take, however badly it is compressed: one that
        // is too large must be written a second time, for which a full ring has no room.
        settings.headBytes = min(settings.headLimit(seriesCount: 0), layout.partitionBytes)
        // Without a limit that was asked for, what had room must not be refused for its number.
        if maximumSeries == nil { settings.maximumSeries = StoreSettings.maximumSeriesLimit }
        let files = try FreshFiles(layout.withRollups(settings), in: storage)
        do {
            // Without its rollup tiers: their rows are copied, not worked out anew.
            var store = RingStore(
                folder: folder,
                settings: settings,
                loaded: try LoadedStore(files.disk(.raw)),
                lock: lock
            )
            var numbers = [SeriesID?](repeating: nil, count: old.catalogue.count)
            var report = try store.take(old, &numbers, progress)
            for layout in layout.withRollups(settings).dropFirst() {
                let disk = try files.disk(layout.tier)
                try store.fill(disk, from: old, &numbers, &report)
            }
            report.seriesCount = store.catalogue.count
            report.emptySeriesCount = old.catalogue.count - store.catalogue.count
            for rollup in old.rollups where settings.rollupBytes[rollup.disk.geometry.tier] == nil {
                report.noteRemoval(rollup)
            }
            try require(losses, report, old.raw.disk.file.path)
            let identity = old.raw.disk.geometry.identity
            try store.takeDeletion(of: identity, numbers, in: storage)
            try retireRollups(old, settings, in: storage)
            try files.install()
            // The next opening makes up for what is left out here.
            try? TierFiles.settle(storage)
            progress(1)
            return report
        } catch {
            files.discard()
            // The first error says why; an opening makes up for what is left out here.
            try? TierFiles.settle(storage)
            throw error
        }
    }

    /// Takes rollup tiers out of the way that shall be no more, before the new store takes the old
    /// one's place.
    ///
    /// They would belong to none then. ``TierFiles/settle(_:)`` removes them, or puts them back.
    private static func retireRollups(
        _ old: LoadedStore,
        _ settings: StoreSettings,
        in storage: StorageFolder
    ) throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            for tier in old.rollups.map(\.disk.geometry.tier)
            where settings.rollupBytes[tier] == nil {
                try storage.rename(tier.fileName, to: tier.retiredFileName)
            }
        }
    }

    /// Refuses what would lose more than was allowed.
    private static func require(
        _ losses: RebuildLosses,
        _ report: StoreRebuild,
        _ path: String
    ) throws(StoreError) {
        if report.damagedBlockCount > 0, !losses.contains(.damaged) {
            throw .wouldLoseDamaged(
                path: path,
                blocks: report.damagedBlockCount,
                unreadableSamples: report.unreadableSampleCount
            )
        }
        if let before = report.droppedBefore, !losses.contains(.oldest) {
            throw .wouldDropOldest(
                path: path,
                samples: report.droppedSampleCount,
                before: before
            )
        }
        for rollup in report.rollups where !losses.contains(.oldest) {
            guard let before = rollup.droppedBefore else { continue }
            throw .wouldDropSummaries(path: path, tier: rollup.tier, before: before)
        }
    }

    /// The format of the store in a folder, and the one that this program writes.
    ///
    /// - Throws: The errors of an opening; a newer format is one.
    /// - Returns: Both versions.
    public static func formats(
        folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> (found: UInt32, written: UInt32) {
        let storage = StorageFolder(folder, calls: calls)
        try LoadedStore.requireStore(in: storage)
        let geometry = try LoadedStore.disk(storage, .readOnly).geometry
        return (geometry.foundVersion, StoreGeometry.version)
    }

    /// Takes everything over from another store, and puts it on the disk.
    private mutating func take(
        _ old: LoadedStore,
        _ numbers: inout [SeriesID?],
        _ progress: (Double) -> Void
    ) throws(StoreError) -> StoreRebuild {
        let catalogue = old.catalogue
        let old = old.raw
        raw.begin(at: old.root.horizon)
        var report = StoreRebuild()
        report.rawTierBytesBefore = old.disk.geometry.tierBytes
        report.rawTierBytes = disk.geometry.tierBytes
        report.damagedBlockCount = old.unreadableRuns.count
        report.unreadableSampleCount = old.unreadableRuns.reduce(0) { $0 + $1.sampleCount }
        let limit = Self.hopelessTiers * disk.geometry.tierBytes
        var first = old.partitions.count
        var byteCount: UInt64 = 0
        while first > 0, byteCount < limit {
            first -= 1
            byteCount += UInt64(old.partitions[first].byteCount)
        }
        if first > 0 {
            report.droppedSampleCount = old.partitions[..<first].reduce(0) { $0 + $1.sampleCount }
            raw.begin(at: max(raw.horizon, old.partitions[first].start))
        }
        for index in first..<old.partitions.count {
            let share = Double(index - first) / Double(old.partitions.count - first)
            progress(share)
            try take(old, catalogue, index, &numbers, &report)
        }
        try seal(old)
        // What was appended and gave way again is not there.
        let statistics = statistics
        report.droppedSampleCount += report.sampleCount - statistics.sampleCount
        report.sampleCount = statistics.sampleCount
        if report.droppedSampleCount > 0 {
            let oldest = old.partitions.flatMap(\.runs).map(\.record.earliest).min() ?? raw.horizon
            report.droppedFrom = Instant(milliseconds: max(oldest, old.root.horizon))
            report.droppedBefore = Instant(milliseconds: raw.horizon)
        }
        return report
    }

    private mutating func take(
        _ old: LoadedRing,
        _ catalogue: SeriesCatalogue,
        _ index: Int,
        _ numbers: inout [SeriesID?],
        _ report: inout StoreRebuild
    ) throws(StoreError) {
        let partition = old.partitions[index]
        let times = old.partitions.times(index)
        let lowest = max(times.lowerBound, old.root.horizon)
        guard lowest <= times.upperBound else { return }
        var present = SeriesSet()
        for run in partition.runs { present.formUnion(run.series) }
        var merged = SampleRun()
        for number in present.sorted {
            try Self.read(number, partition, lowest...times.upperBound, &merged)
            guard !merged.isEmpty else { continue }
            let series = try series(number, in: catalogue, &numbers)
            report.sampleCount += merged.count
            for place in 0..<merged.count {
                let time = Instant(milliseconds: merged.times[place])
                let value = Double(bitPattern: merged.bits[place])
                _ = append(series, Sample(time: time, value: value))
            }
            if isCheckpointDue { try checkpoint(journalPosition: old.root.mark.journalPosition) }
        }
        let damaged = partition.runs.reduce(0) { $0 + $1.damagedChunkCount }
        report.damagedBlockCount += damaged
    }

    /// Reads a series of an old partition; only what is damaged for certain is left out.
    private static func read(
        _ number: UInt32,
        _ partition: Partition,
        _ range: ClosedRange<Int64>,
        _ samples: inout SampleRun
    ) throws(StoreError) {
        for skipping in [SealedRun.Skipping.nothing, .damaged] {
            samples.removeAll()
            do {
                try partition.read(number, in: range, into: &samples, skipping: skipping)
                return
            } catch {
                switch error.fault {
                case .damaged: continue
                case .file(let error): throw .file(error)
                case .gaveWay: preconditionFailure("a run of a locked store does not give way")
                }
            }
        }
    }

    /// The series of an old catalogue's number in this store.
    ///
    /// What labels take is reckoned high until a checkpoint has written them.
    mutating func series(
        _ number: UInt32,
        in old: SeriesCatalogue,
        _ numbers: inout [SeriesID?]
    ) throws(StoreError) -> SeriesID {
        if let known = numbers[Int(number)] { return known }
        let labels = old.labels(of: number)
        let series: SeriesID
        do {
            series = try self.series(for: labels)
        } catch {
            guard case .catalogueFull = error else { throw error }
            try checkpoint(journalPosition: journalPosition)
            series = try self.series(for: labels)
        }
        numbers[Int(number)] = series
        return series
    }

    /// Puts everything on the disk, with an old store's counters.
    private mutating func seal(_ old: LoadedRing) throws(StoreError) {
        try checkpoint(journalPosition: old.root.mark.journalPosition)
        raw.mark.checkpointCount = old.root.mark.checkpointCount
        raw.mark.summarized = old.root.mark.summarized
        raw.damagedBlockCount += old.root.damagedBlockCount
        for run in old.partitions.flatMap(\.runs) {
            raw.damagedBlockCount += UInt64(run.damagedChunkCount)
        }
        try StoreError.wrapping { () throws(FileError) in try raw.commit() }
    }
}
