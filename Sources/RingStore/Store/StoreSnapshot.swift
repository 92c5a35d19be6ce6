public import Telemetry

/// What a store held at one moment; it never changes.
///
/// Any number of threads may read it at once, while the store is written. A read costs one access
/// of 4 KiB for each sealed run in the range that has samples of the series: about one a partition.
public struct StoreSnapshot: Sendable {
    let catalogue: SeriesCatalogue
    let head: StoreHead
    let latest: PagedArray<LatestSample>
    let partitions: [Partition]
    let horizon: Int64
    private let root: StoreRoot
    private let damagedBlockCount: UInt64
    private let geometry: StoreGeometry
    private let lock: SharedLock?
    private let unreadableRuns: [RunRecord]

    /// Keeps a folder locked as long as any copy of a snapshot lives.
    final class SharedLock: Sendable {
        private let lock: DirectoryLock

        init(_ lock: consuming DirectoryLock) {
            self.lock = lock
        }
    }

    init(
        catalogue: SeriesCatalogue,
        head: StoreHead,
        latest: PagedArray<LatestSample>,
        partitions: [Partition],
        horizon: Int64,
        root: StoreRoot,
        damagedBlockCount: UInt64,
        geometry: StoreGeometry,
        lock: SharedLock? = nil,
        unreadableRuns: [RunRecord] = []
    ) {
        self.unreadableRuns = unreadableRuns
        self.catalogue = catalogue
        self.head = head
        self.latest = latest
        self.partitions = partitions
        self.horizon = horizon
        self.root = root
        self.damagedBlockCount = damagedBlockCount
        self.geometry = geometry
        self.lock = lock
    }

    /// Opens a store for reading only, as its last checkpoint left it.
    ///
    /// What the journal holds after ``journalPosition`` is not in it. The folder is locked against
    /// writers as long as the snapshot lives.
    ///
    /// - Parameters:
    ///   - folder: The folder that the store lies in.
    ///   - calls: How files are reached.
    /// - Throws: ``StoreError/file(_:)`` with `FileError.alreadyInUse` while a gateway holds the
    ///   folder; ``StoreError/notFound(path:)`` and the other errors of an opening.
    /// - Returns: The view.
    public static func open(
        folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> StoreSnapshot {
        let storage = StorageFolder(folder, calls: calls)
        let lock = SharedLock(try LoadedStore.lock(storage, .shared))
        let loaded = try LoadedStore(storage, .readOnly)
        return StoreSnapshot(
            catalogue: loaded.catalogue,
            head: StoreHead(seriesCount: loaded.catalogue.count),
            latest: loaded.latest,
            partitions: loaded.partitions,
            horizon: loaded.root.horizon,
            root: loaded.root,
            damagedBlockCount: loaded.root.damagedBlockCount,
            geometry: loaded.disk.geometry,
            lock: lock,
            unreadableRuns: loaded.unreadableRuns
        )
    }

    /// How many samples may lie in a range, both ends included, that cannot be read because the
    /// index of their run is damaged; known of a snapshot that was opened for reading only.
    public func unreadableSampleCount(in range: ClosedRange<Instant>) -> Int {
        let times = range.lowerBound.milliseconds...range.upperBound.milliseconds
        return unreadableRuns.reduce(0) { sum, run in
            sum + ((run.earliest...run.latest).overlaps(times) ? run.sampleCount : 0)
        }
    }

    /// The journal position that the last checkpoint before it named.
    public var journalPosition: UInt64 { root.mark.journalPosition }

    /// Stretches of time that cover all of it in rising order, without a gap.
    ///
    /// A series has no more samples in one of them than fit into memory easily: reading whole
    /// histories goes stretch by stretch.
    public var stretches: [ClosedRange<Instant>] {
        partitions.indices.map { index in
            let times = partitions.times(index)
            return Instant(milliseconds: times.lowerBound)...Instant(milliseconds: times.upperBound)
        }
    }

    /// Figures of that moment; costs a pass over the runs.
    public var statistics: StoreStatistics {
        var figures = StoreStatistics()
        figures.seriesCount = catalogue.count
        figures.catalogueBytes = catalogue.byteCount
        figures.headSampleCount = head.sampleCount
        figures.headBytes = head.byteCount
        figures.sampleCount = head.sampleCount
        figures.horizon = Instant(milliseconds: horizon)
        figures.damagedBlockCount = Int(clamping: damagedBlockCount)
        figures.budgetBytes = geometry.tierBytes
        figures.fileBytes = geometry.fileBytes
        figures.checkpointCount = root.mark.checkpointCount
        figures.journalPosition = root.mark.journalPosition
        figures.storedCatalogueBytes = root.mark.catalogueBytes
        var times = head.times
        for run in partitions.lazy.flatMap(\.runs) {
            figures.sampleCount += run.record.sampleCount
            figures.runCount += 1
            figures.usedBytes += UInt64(run.record.slots.count * geometry.slotBytes)
            figures.encodedBytes += UInt64(run.record.dataBytes + run.record.indexBytes)
            figures.indexBytes += UInt64(run.record.indexBytes)
            figures.damagedBlockCount += run.damagedChunkCount
            let known = times ?? run.times
            times =
                min(
                    known.lowerBound,
                    run.record.earliest
                )...max(
                    known.upperBound,
                    run.record.latest
                )
        }
        figures.oldest = times.map { Instant(milliseconds: max(horizon, $0.lowerBound)) }
        figures.newest = times.map { Instant(milliseconds: $0.upperBound) }
        return figures
    }
}
