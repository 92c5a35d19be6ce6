internal import RingStore
internal import Telemetry

/// The store that imported samples go to.
final class ImportTarget {
    private var store: RingStore
    private let now: Instant
    private let seriesBefore: Int
    private let horizonBefore: Instant
    private var last: (labels: Labels, series: SeriesID)?

    /// Opens the store of a data folder.
    init(_ dataFolder: String, at now: Instant) throws {
        let settings = try RingStore.sizes(folder: dataFolder)
        let opened = try StoreTool.explaining(dataFolder) {
            try RingStore.open(folder: dataFolder, settings: settings)
        }
        let newer = try StoreTool.newerRecords(dataFolder, after: opened.journalPosition)
        // Taking them afterwards would put older values over the imported ones.
        guard newer == 0 else { throw GatewayError.behindJournal(path: dataFolder, records: newer) }
        self.now = now
        seriesBefore = opened.statistics.seriesCount
        horizonBefore = opened.statistics.horizon
        store = opened
    }

    /// The time before which samples gave way meanwhile, or nil when none did.
    var droppedBefore: Instant? {
        let horizon = store.statistics.horizon
        return horizon > horizonBefore ? horizon : nil
    }

    /// Series that were added.
    var newSeriesCount: Int { store.statistics.seriesCount - seriesBefore }

    /// Puts a sample in its place.
    func append(_ labels: Labels, _ sample: Sample) throws(StoreError) -> AppendOutcome {
        if let last, last.labels == labels { return store.append(last.series, sample) }
        let series = try store.series(for: labels)
        last = (labels, series)
        return store.append(series, sample)
    }

    /// Puts what was taken on the disk when it fills its memory.
    func checkpointIfDue() throws(StoreError) {
        if store.isCheckpointDue { try finish() }
    }

    /// Puts what was taken on the disk.
    func finish() throws(StoreError) {
        try store.checkpoint(journalPosition: store.journalPosition, at: now)
    }
}
