public import Telemetry

/// What a store held at one moment; it never changes.
///
/// Any number of threads may read it at once, while the store is written. A read costs one access
/// of 4 KiB for each sealed run in the range that has samples of the series: about one a partition.
public struct StoreSnapshot: Sendable {
    let catalogue: SeriesCatalogue
    let head: StoreHead
    let latest: PagedArray<LatestSample>
    let openedLatest: OpenedLatest
    let raw: TierView
    /// The rollup tiers, the finest first.
    let rollups: [TierView]
    private let lock: SharedLock?

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
        openedLatest: OpenedLatest,
        raw: TierView,
        rollups: [TierView],
        lock: SharedLock? = nil
    ) {
        self.catalogue = catalogue
        self.head = head
        self.latest = latest
        self.openedLatest = openedLatest
        self.raw = raw
        self.rollups = rollups
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
            latest: loaded.latestSamples(),
            openedLatest: OpenedLatest(),
            raw: TierView(loaded.raw),
            rollups: loaded.rollups.map { TierView($0) },
            lock: lock
        )
    }

    /// How many samples may lie in a range, both ends included, that cannot be read because the
    /// index of their run is damaged; known of a snapshot that was opened for reading only.
    public func unreadableSampleCount(in range: ClosedRange<Instant>) -> Int {
        let times = range.lowerBound.milliseconds...range.upperBound.milliseconds
        return raw.unreadableRuns.reduce(0) { sum, run in
            sum + ((run.earliest...run.latest).overlaps(times) ? run.sampleCount : 0)
        }
    }

    /// The journal position that the last checkpoint before it named.
    public var journalPosition: UInt64 { raw.root.mark.journalPosition }

    /// Stretches of time that cover all of it in rising order, without a gap.
    ///
    /// A series has no more samples in one of them than fit into memory easily: reading whole
    /// histories goes stretch by stretch.
    public var stretches: [ClosedRange<Instant>] {
        raw.partitions.indices.map { index in
            let times = raw.partitions.times(index)
            return Instant(milliseconds: times.lowerBound)...Instant(milliseconds: times.upperBound)
        }
    }

    /// Figures of that moment; costs a pass over the runs.
    public var statistics: StoreStatistics {
        let raw = raw.statistics
        var figures = StoreStatistics()
        figures.tiers = [raw] + rollups.map(\.statistics)
        figures.seriesCount = catalogue.count
        figures.worstLabel = catalogue.index.worst
        figures.catalogueBytes = catalogue.byteCount
        figures.headSampleCount = head.sampleCount
        figures.headBytes = head.byteCount
        figures.sampleCount = head.sampleCount + raw.valueCount
        figures.horizon = raw.horizon
        figures.damagedBlockCount = figures.tiers.reduce(0) { $0 + $1.damagedBlockCount }
        figures.usedBytes = raw.usedBytes
        figures.encodedBytes = raw.encodedBytes
        figures.indexBytes = raw.indexBytes
        figures.budgetBytes = raw.budgetBytes
        figures.fileBytes = figures.tiers.reduce(0) { $0 + $1.fileBytes }
        figures.runCount = raw.runCount
        figures.checkpointCount = self.raw.root.mark.checkpointCount
        figures.journalPosition = self.raw.root.mark.journalPosition
        figures.storedCatalogueBytes = self.raw.root.mark.catalogueBytes
        var times = head.times
        for run in self.raw.partitions.lazy.flatMap(\.runs) {
            let known = times ?? run.times
            let first = min(known.lowerBound, run.record.earliest)
            times = first...max(known.upperBound, run.record.latest)
        }
        figures.oldest = times.map { max(raw.horizon, Instant(milliseconds: $0.lowerBound)) }
        figures.newest = times.map { Instant(milliseconds: $0.upperBound) }
        return figures
    }
}
