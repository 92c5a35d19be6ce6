public import Telemetry

/// The time-series store: samples of many series in a file of fixed size, oldest ones giving way.
///
/// One thread owns it; queries read ``StoreSnapshot`` values, on any threads, while it is written.
///
/// A sample that was appended is in memory. ``checkpoint(journalPosition:at:)`` puts everything on
/// disk; after a crash the store opens as its last checkpoint left it, and its owner appends anew
/// what the journal holds from ``journalPosition`` on. Appending a sample twice changes nothing, so
/// it does no harm when that begins too early.
///
/// It holds the folder's ``DirectoryLock``; a journal may lie in the same folder under its cover.
///
/// Memory: 16 bytes a sample since the last checkpoint, and about 360 bytes a series. Appending
/// costs no disk access, whatever the time of the sample.
public struct RingStore: ~Copyable {
    /// The folder that it lies in.
    public let folder: String
    /// Its sizes and limits.
    public let settings: StoreSettings

    private let lock: DirectoryLock
    var catalogue: SeriesCatalogue
    private var lookup = SeriesLookup()
    var head: StoreHead
    /// The samples that are sealed.
    var raw: SampleRing
    /// The rollup tiers, the finest first.
    var rollups: [RollupTier]
    /// Batches of labels that the opening found damaged, and put right from their second copy.
    public let repairedLabelBatchCount: Int
    /// How much of the catalogue is on disk.
    var storedCatalogue: CatalogueBatch.Position
    /// Bytes that the rest of it takes at most.
    var pendingCatalogueBytes = 0
    /// For each series a time that no sealed sample of it is after, the earliest time without any.
    var sealedLatest: [Int64]
    /// For each series its last sample of all.
    private var latest: PagedArray<LatestSample>
    /// Last samples of series of which none has come since the opening.
    private var openedLatest = OpenedLatest()
    /// Before it lies the bucket of the coarsest rollup tier that the raw tier has partly let go.
    private(set) var carriedBefore = Int64.min

    init(
        folder: String,
        settings: StoreSettings,
        loaded: LoadedStore,
        lock: consuming DirectoryLock
    ) {
        self.folder = folder
        self.settings = settings
        self.lock = lock
        catalogue = loaded.catalogue
        head = StoreHead(seriesCount: loaded.catalogue.count)
        raw = loaded.raw.ring
        rollups = loaded.rollups.map { RollupTier($0) }
        storedCatalogue = loaded.labels.position
        repairedLabelBatchCount = loaded.labels.repairedBatchCount
        let latest = loaded.latestSamples()
        self.latest = latest
        sealedLatest = (0..<latest.count).map { latest[$0].time }
        for series in 0..<UInt32(catalogue.count) {
            lookup.insert(series, catalogue.labels(of: series))
        }
        noteFrontiers()
        noteHorizon()
    }

    /// The journal position that the last checkpoint named: recovery replays from here.
    public var journalPosition: UInt64 { raw.root.mark.journalPosition }

    /// How many checkpoints were made since the store was created.
    public var checkpointCount: UInt64 { raw.root.mark.checkpointCount }

    /// A journal position up to which everything is known to have been committed: the last
    /// checkpoint's, or that of one which a crash cut short.
    public var committedPosition: UInt64 { raw.root.mark.committedPosition }

    /// Whether the samples in memory have reached the size that the settings allow.
    public var isCheckpointDue: Bool {
        head.byteCount >= settings.headLimit(seriesCount: catalogue.count)
    }

    /// Figures at this moment.
    public var statistics: StoreStatistics { view.statistics }

    /// Finds the series that has these labels, or adds it; its number stays the same for ever.
    ///
    /// A new series is on disk with the next checkpoint.
    ///
    /// - Throws: ``StoreError/tooManySeries(limit:worst:)``,
    ///   ``StoreError/catalogueFull(capacityBytes:)``,
    ///   ``StoreError/labelsTooLong(bytes:limit:)``, ``StoreError/invalidLabels(reason:)``; the
    ///   store is as before.
    /// - Returns: The series.
    public mutating func series(for labels: Labels) throws(StoreError) -> SeriesID {
        if let known = find(labels) { return SeriesID(known) }
        guard !labels.sorted.isEmpty else {
            throw .invalidLabels(reason: "it has no labels; give it a metric name at least")
        }
        let labelBytes = labels.sorted.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard labelBytes <= StoreSettings.maximumLabelBytes else {
            throw .labelsTooLong(bytes: labelBytes, limit: StoreSettings.maximumLabelBytes)
        }
        guard catalogue.count < settings.maximumSeries else {
            throw .tooManySeries(limit: settings.maximumSeries, worst: catalogue.index.worst)
        }
        let needed = CatalogueBatch.largestBytes(labels, in: catalogue.index)
        let used = Int(storedCatalogue.byteCount) + CatalogueBatch.headerBytes
        guard used + pendingCatalogueBytes + needed <= disk.geometry.catalogueBytes else {
            throw .catalogueFull(capacityBytes: disk.geometry.catalogueBytes)
        }
        pendingCatalogueBytes += needed
        let series = catalogue.append(labels)
        lookup.insert(series, labels)
        head.addSeries()
        sealedLatest.append(.min)
        latest.append(LatestSample())
        return SeriesID(series)
    }

    /// Puts a sample in its place; where one of that time is, the new value counts.
    ///
    /// - Parameters:
    ///   - series: What ``series(for:)`` of this store gave.
    ///   - sample: At any time and with any value; every bit of it comes back.
    ///   - position: Where its record begins in the journal, or where the one before it ends; nil
    ///     for a sample of no record.
    ///
    /// In a store with rollup tiers, where a bucket's samples have partly given way, only those are
    /// taken that are later than all of their series, up to a day after the horizon; and those
    /// that had been taken and summarised when a crash has the journal bring them again.
    ///
    /// - Precondition: the series is one of this store.
    /// - Returns: What became of it.
    public mutating func append(
        _ series: SeriesID,
        _ sample: Sample,
        journaledAt position: UInt64? = nil
    ) -> AppendOutcome {
        let number = series.rawValue
        precondition(number < catalogue.count, "a series of this store")
        let time = sample.time.milliseconds
        guard time >= raw.horizon else { return .tooOld }
        if time < carriedBefore, !isSummarized(time, position), !isAfterAll(number, time) {
            return .tooOld
        }
        let put = HeadSample(time: time, bits: sample.value.bitPattern)
        if latest.update(Int(number), { $0.advance(to: put) }) {
            head.append(put, in: number)
            return .stored
        }
        let known = head.series[Int(number)].bits(at: time)
        if known == put.bits { return .unchanged }
        // A snapshot of before may note what was the last one until now.
        if !latest[Int(number)].isKnown { openedLatest = OpenedLatest() }
        latest.update(Int(number)) { $0.overwrite(by: put) }
        head.put(put, in: number, isNew: known == nil)
        if known != nil { return .overwritten }
        let sealed = sealedLatest[Int(number)]
        return time <= sealed && sealed > .min ? .late : .stored
    }

    /// Time before which every sample is refused as too old.
    public var horizon: Instant { Instant(milliseconds: raw.horizon) }

    /// Time before which a sample may be refused as too old.
    public var surelyTaken: Instant { Instant(milliseconds: max(raw.horizon, carriedBefore)) }

    /// Whether ``append(_:_:journaledAt:)`` would take a new sample of a time, however late it is.
    ///
    /// Looks at the disk for times before ``surelyTaken`` when nothing else tells.
    ///
    /// - Precondition: the series is one of this store.
    public mutating func takes(_ series: SeriesID, at time: Instant) -> Bool {
        let time = time.milliseconds
        return time >= raw.horizon
            && (time >= carriedBefore || isAfterAll(series.rawValue, time))
    }

    /// Whether a sample is there, with the same bits; reads the disk where it must.
    ///
    /// - Precondition: the series is one of this store.
    public func holds(_ series: SeriesID, _ sample: Sample) -> Bool {
        // What cannot be read is not known to be there.
        let found = try? view.last(series, in: sample.time...sample.time)
        return found?.value.bitPattern == sample.value.bitPattern
    }

    /// Whether a sample of a record of the journal was taken before a crash, and is in the
    /// summaries.
    private func isSummarized(_ time: Int64, _ position: UInt64?) -> Bool {
        guard let position else { return false }
        return raw.root.mark.summarized.include(time, at: position)
    }

    /// Remembers up to which time summaries can only be carried on.
    mutating func noteHorizon() {
        guard let coarsest = rollups.last, raw.horizon > .min else {
            carriedBefore = .min
            return
        }
        carriedBefore = RollupTier.firstHorizon(coarsest.tier, rawHorizon: raw.horizon)
    }

    /// Whether a time is after all samples of a series; looks at the disk when nothing else tells.
    private mutating func isAfterAll(_ number: UInt32, _ time: Int64) -> Bool {
        let known = latest[Int(number)]
        if time > known.time { return true }
        if known.isKnown { return false }
        let id = SeriesID(number)
        let found: Sample?
        do {
            found = try view.last(id, in: .distantPast ... .distantFuture)
        } catch {
            // What cannot be read may have been later.
            return false
        }
        // What has given way was earlier.
        guard let last = found else { return true }
        let sample = HeadSample(time: last.time.milliseconds, bits: last.value.bitPattern)
        latest.update(Int(number)) { $0 = LatestSample(sample) }
        return time > sample.time
    }

    /// Finds the last samples of some series anew, because those that were known may be gone.
    mutating func forgetLatest(_ series: [UInt32]) {
        openedLatest = OpenedLatest()
        for number in series {
            let bound = latest[Int(number)].time
            latest.update(Int(number)) { $0 = LatestSample(notAfter: bound) }
            // What cannot be read now is looked for again when somebody asks.
            let found = try? view.last(SeriesID(number), in: .distantPast ... .distantFuture)
            guard let found else { continue }
            let sample = HeadSample(
                time: found.time.milliseconds,
                bits: found.value.bitPattern
            )
            latest.update(Int(number)) { $0 = LatestSample(sample) }
        }
    }

    /// The folder that the files lie in.
    var storage: StorageFolder { StorageFolder(folder, calls: disk.file.calls) }

    /// An immutable view of everything appended so far; costs a few references.
    ///
    /// While it is held, later appends copy what they change of it, once: 20 KiB for each page of
    /// 256 series that they touch, and blocks of 4 KiB of those series. Hold it as long as a query
    /// takes, not longer: after about two checkpoints the oldest of its samples may have given way,
    /// and reading them fails.
    public mutating func snapshot() -> StoreSnapshot { view }

    var view: StoreSnapshot {
        StoreSnapshot(
            catalogue: catalogue,
            head: head,
            latest: latest,
            openedLatest: openedLatest,
            raw: TierView(raw),
            rollups: rollups.map { TierView($0.ring) }
        )
    }

    var disk: StoreDisk { raw.disk }

    /// The series that has these labels, or nil.
    func find(_ labels: Labels) -> UInt32? { lookup.find(labels, in: catalogue) }
}
