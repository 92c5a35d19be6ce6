internal import PromQL
internal import RingStore
public import Telemetry

/// What `langso store delete` took away, or would take away.
public struct SampleDeletion: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// First time, RFC 3339 in UTC.
    public var from: String
    /// Last time, RFC 3339 in UTC.
    public var to: String
    /// Series that the selector finds.
    public var series: Int
    /// Their labels, the first twenty.
    public var examples: [String]
    /// Samples in the range.
    public var samples: Int
    /// Summaries that were worked out anew or deleted with their samples; nil where nothing was
    /// deleted.
    public var summaries: Int?

    /// Time before which samples have given way, RFC 3339 in UTC, when the range begins before it:
    /// there every summary that the range touches is deleted whole, and cannot be made again.
    public var onlySummariesBefore: String?

    private static let exampleCount = 20

    /// Says what a deletion would take away.
    ///
    /// - Parameters:
    ///   - selector: which series, as PromQL selects them.
    ///   - range: which times, both ends included.
    ///   - dataFolder: of a gateway that does not run.
    /// - Throws: `StoreError`, `QueryError` for the selector, `SeriesSourceError` for damage, or
    ///   ``GatewayError``; each says what to do.
    public init(
        previewOf selector: String,
        in range: ClosedRange<Instant>,
        dataFolder: String
    ) throws {
        let snapshot = try StoreTool.explaining(dataFolder) {
            try StoreSnapshot.open(folder: dataFolder)
        }
        try Self.requireTaken(dataFolder, snapshot.journalPosition)
        let found = try Self.select(selector, in: snapshot)
        var count = 0
        var buffer = SampleBuffer()
        for series in found {
            for stretch in snapshot.stretches where stretch.overlaps(range) {
                try snapshot.read(series.id, in: stretch.clamped(to: range), into: &buffer)
                count += buffer.count
            }
        }
        self.init(dataFolder, range, found, samples: count)
        let figures = snapshot.statistics
        if range.lowerBound < figures.horizon, figures.tiers.count > 1 {
            onlySummariesBefore = figures.horizon.rfc3339
        }
    }

    /// Deletes samples of a stopped gateway's store, on record.
    ///
    /// - Parameters:
    ///   - selector: which series, as PromQL selects them.
    ///   - range: which times, both ends included.
    ///   - dataFolder: of a gateway that does not run.
    ///   - author: who asked for it.
    ///   - reason: why.
    ///   - now: the time of day.
    /// - Throws: As ``init(previewOf:in:dataFolder:)``.
    public init(
        deleting selector: String,
        in range: ClosedRange<Instant>,
        dataFolder: String,
        author: String,
        reason: String,
        now: Instant
    ) throws {
        let settings = try RingStore.sizes(folder: dataFolder)
        var store = try StoreTool.explaining(dataFolder) {
            try RingStore.open(folder: dataFolder, settings: settings)
        }
        let position = store.journalPosition
        try Self.requireTaken(dataFolder, position)
        let found = try Self.select(selector, in: store.snapshot())
        let report = try store.delete(
            found.map(\.id),
            StoreDeletion(
                range: range,
                selection: selector,
                author: author,
                reason: reason,
                time: now
            ),
            journalPosition: position
        )
        self.init(dataFolder, range, found, samples: report.sampleCount)
        summaries = report.summaryCount
    }

    private init(
        _ folder: String,
        _ range: ClosedRange<Instant>,
        _ found: [SeriesReference],
        samples: Int
    ) {
        self.folder = folder
        from = range.lowerBound.rfc3339
        to = range.upperBound.rfc3339
        series = found.count
        examples = found.prefix(Self.exampleCount).map { "\($0.labels)" }
        self.samples = samples
    }

    /// Finds series, those without samples too: summaries may be left of them.
    private static func select(
        _ selector: String,
        in snapshot: StoreSnapshot
    ) throws -> [SeriesReference] {
        let matchers = try PromQLParser.parseSelector(selector)
        let found = try snapshot.select(matchers, in: .distantPast ... .distantFuture)
        guard found.isEmpty else { return found }
        throw GatewayError.usage("no series is selected by \(selector)")
    }

    /// Refuses while the journal holds records that the store has not taken: they would bring back
    /// what was deleted.
    private static func requireTaken(_ folder: String, _ position: UInt64) throws {
        let newer = try StoreTool.newerRecords(folder, after: position)
        guard newer == 0 else { throw GatewayError.behindJournal(path: folder, records: newer) }
    }
}
