public import Telemetry

/// What a rebuilding of a store took over, and what it had to leave.
public struct StoreRebuild: Hashable, Sendable {
    /// Bytes of the raw tier before.
    public var rawTierBytesBefore: UInt64 = 0
    /// Bytes of the raw tier now.
    public var rawTierBytes: UInt64 = 0
    /// Series that have samples in the new file.
    public var seriesCount = 0
    /// Series that had labels and no samples, and were left out.
    public var emptySeriesCount = 0
    /// Samples that were taken over.
    public var sampleCount = 0
    /// The oldest samples, for which the new tier has no room.
    public var droppedSampleCount = 0
    /// Time of the first sample that was dropped, exact to a run; nil when none was.
    public var droppedFrom: Instant?
    /// Samples before this time are gone, because the new tier has no room for them; nil when
    /// none was dropped.
    public var droppedBefore: Instant?
    /// Blocks, and whole runs, that could not be read, and were left out.
    public var damagedBlockCount = 0
    /// Samples in those runs.
    public var unreadableSampleCount = 0
}

/// What a rebuilding may lose for ever.
public struct RebuildLosses: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Creates losses from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The oldest samples, for which a smaller tier has no room.
    public static let oldest = RebuildLosses(rawValue: 1)
    /// What cannot be read.
    public static let damaged = RebuildLosses(rawValue: 2)
}

// How a store gets another size or a newer format.
//
// The folder is locked. A new store is built in `store.new` beside the old file, by appending all
// samples in the order of their stretches of time, the oldest first, so that each is written as it
// was when it came and the ring itself lets go of what it has no room for. When it is on the disk
// with all of the old one's position, horizon and counters, one renaming puts it in the old one's
// place. Until then the old file is only read; a crash leaves at most `store.new`, which the next
// rebuilding removes.
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
    ///   - maximumSeries: For how many series labels shall have room; nil keeps it.
    ///   - losses: What may be lost; anything else makes it fail.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share of samples that were read, 0 to 1.
    /// - Throws: ``StoreError/file(_:)`` with `FileError.alreadyInUse` while a gateway holds the
    ///   folder, `FileError.notEnoughSpace` when both files do not fit; the errors of an opening;
    ///   ``StoreError/tooManySeries(limit:)``;
    ///   ``StoreError/wouldLoseDamaged(path:blocks:unreadableSamples:)``,
    ///   ``StoreError/wouldDropOldest(path:samples:before:)``. The old store is then as it was.
    /// - Returns: What was taken over.
    public static func rebuild(
        folder: String,
        rawTierBytes: UInt64? = nil,
        maximumSeries: Int? = nil,
        allowing losses: RebuildLosses = [],
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> StoreRebuild {
        let storage = StorageFolder(folder, calls: calls)
        let lock = try LoadedStore.lock(storage, .exclusive)
        let old = try LoadedStore(storage, .readOnly)
        var settings = old.disk.geometry.settings
        settings.rawTierBytes = rawTierBytes ?? settings.rawTierBytes
        settings.maximumSeries = maximumSeries ?? settings.maximumSeries
        let geometry = try StoreGeometry(settings)
        // Without a limit that was asked for, what had room must not be refused for its number.
        if maximumSeries == nil { settings.maximumSeries = StoreSettings.maximumSeriesLimit }
        let fresh = StoreGeometry.fileName + ".new"
        try writeEmpty(geometry, in: storage, as: fresh)
        do {
            var store = RingStore(
                folder: folder,
                settings: settings,
                loaded: try LoadedStore(storage, .readWrite, fileName: fresh),
                lock: lock
            )
            let report = try store.take(old, progress)
            try require(losses, report, old.disk.file.path)
            try StoreError.wrapping { () throws(FileError) in
                try storage.rename(fresh, to: StoreGeometry.fileName)
            }
            return report
        } catch {
            // The first error says why; that the remains could not be removed as well would not.
            _ = try? storage.remove(fresh)
            throw error
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
        _ progress: (Double) -> Void
    ) throws(StoreError) -> StoreRebuild {
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
        var numbers = [SeriesID?](repeating: nil, count: old.catalogue.count)
        for index in first..<old.partitions.count {
            let share = Double(index - first) / Double(old.partitions.count - first)
            progress(share)
            try take(old, index, &numbers, &report)
        }
        try seal(old)
        // What was appended and gave way again is not there.
        let statistics = statistics
        report.droppedSampleCount += report.sampleCount - statistics.sampleCount
        report.sampleCount = statistics.sampleCount
        report.seriesCount = catalogue.count
        report.emptySeriesCount = old.catalogue.count - catalogue.count
        if report.droppedSampleCount > 0 {
            let oldest = old.partitions.flatMap(\.runs).map(\.record.earliest).min() ?? raw.horizon
            report.droppedFrom = Instant(milliseconds: max(oldest, old.root.horizon))
            report.droppedBefore = Instant(milliseconds: raw.horizon)
        }
        progress(1)
        return report
    }

    private mutating func take(
        _ old: LoadedStore,
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
            let series: SeriesID
            if let known = numbers[Int(number)] {
                series = known
            } else {
                series = try self.series(old.catalogue, number)
                numbers[Int(number)] = series
            }
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
        for skipsDamage in [false, true] {
            do {
                try partition.read(number, in: range, into: &samples, skipsDamage: skipsDamage)
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
    private mutating func series(
        _ old: SeriesCatalogue,
        _ number: UInt32
    ) throws(StoreError) -> SeriesID {
        do {
            return try series(for: old.labels(of: number))
        } catch {
            guard case .catalogueFull = error else { throw error }
            try checkpoint(journalPosition: journalPosition)
            return try series(for: old.labels(of: number))
        }
    }

    /// Puts everything on the disk, with an old store's counters.
    private mutating func seal(_ old: LoadedStore) throws(StoreError) {
        try checkpoint(journalPosition: old.root.mark.journalPosition)
        raw.mark.checkpointCount = old.root.mark.checkpointCount
        raw.damagedBlockCount += old.root.damagedBlockCount
        for run in old.partitions.flatMap(\.runs) {
            raw.damagedBlockCount += UInt64(run.damagedChunkCount)
        }
        do {
            try raw.commit()
        } catch {
            throw .file(error)
        }
    }
}
