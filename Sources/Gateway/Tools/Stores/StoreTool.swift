internal import RingStore
public import Telemetry

/// What `langso store` does with the data folder of a gateway that does not run.
public enum StoreTool {
    /// Does something with a data folder, and says what can be done when a gateway has it.
    static func explaining<Result: ~Copyable>(
        _ folder: String,
        _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch StoreError.file(.alreadyInUse(_, let processID)) {
            throw GatewayError.inUse(path: folder, processID: processID)
        }
    }

    /// Makes an empty store, with all of its space reserved.
    ///
    /// - Parameters:
    ///   - dataFolder: it is made when it is missing; its parent must be there.
    ///   - rawTierBytes: room for samples.
    ///   - maximumSeries: how many series may exist.
    ///   - retention: is checked and told; it is the settings file that makes it count.
    /// - Throws: `StoreError`, for a folder that has a store and a disk that has too little room
    ///   among others; it says what to do.
    /// - Returns: what was made, and what the settings file must say to open it.
    public static func create(
        dataFolder: String,
        rawTierBytes: UInt64,
        maximumSeries: Int,
        retention: Milliseconds?
    ) throws -> StoreCreation {
        var settings = StoreSettings(rawTierBytes: rawTierBytes, maximumSeries: maximumSeries)
        settings.retention = retention
        try explaining(dataFolder) {
            _ = try RingStore.create(folder: dataFolder, settings: settings)
        }
        let found = try RingStore.sizes(folder: dataFolder)
        return StoreCreation(
            folder: dataFolder,
            rawTierBytes: found.rawTierBytes,
            maximumSeries: maximumSeries,
            fileBytes: try settings.fileBytes(),
            settings: settingsLine(found.rawTierBytes, maximumSeries, retention)
        )
    }

    /// Gives a store another size, or room for more series, or only the newest format.
    ///
    /// - Parameters:
    ///   - dataFolder: of a gateway that does not run.
    ///   - rawTierBytes: the new room for samples; nil keeps it.
    ///   - maximumSeries: the new limit of series; nil keeps the room of their labels.
    ///   - dropsOldest: whether the oldest samples may be lost for want of room; else it fails.
    ///   - dropsDamaged: whether what cannot be read may be lost; else it fails.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: `StoreError` or ``GatewayError/inUse(path:processID:)``; the store is then as it
    ///   was.
    /// - Returns: what was taken over and what was dropped.
    public static func resize(
        dataFolder: String,
        rawTierBytes: UInt64? = nil,
        maximumSeries: Int? = nil,
        dropsOldest: Bool = false,
        dropsDamaged: Bool = false,
        progress: (Double) -> Void = { _ in }
    ) throws -> ResizeReport {
        var losses: RebuildLosses = []
        if dropsOldest { losses.insert(.oldest) }
        if dropsDamaged { losses.insert(.damaged) }
        let report = try explaining(dataFolder) {
            try RingStore.rebuild(
                folder: dataFolder,
                rawTierBytes: rawTierBytes,
                maximumSeries: maximumSeries,
                allowing: losses,
                progress: progress
            )
        }
        return ResizeReport(dataFolder, report, maximumSeries)
    }

    /// Migrates a store to the newest format, which keeps its sizes.
    ///
    /// - Parameters:
    ///   - dataFolder: of a gateway that does not run.
    ///   - dropsDamaged: whether what cannot be read may be lost; else it fails.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: `StoreError`, for a newer format among others, or
    ///   ``GatewayError/inUse(path:processID:)``; the store is then as it was.
    /// - Returns: both versions, and what was taken over; no such thing when they are the same.
    public static func upgrade(
        dataFolder: String,
        dropsDamaged: Bool = false,
        progress: (Double) -> Void = { _ in }
    ) throws -> UpgradeReport {
        let formats = try RingStore.formats(folder: dataFolder)
        guard formats.found < formats.written else {
            return UpgradeReport(found: formats.found, written: formats.written, taken: nil)
        }
        let taken = try resize(
            dataFolder: dataFolder,
            dropsDamaged: dropsDamaged,
            progress: progress
        )
        return UpgradeReport(found: formats.found, written: formats.written, taken: taken)
    }

    /// How many records the journal of a stopped gateway holds that its store has not taken yet;
    /// the gateway's next start takes them.
    ///
    /// - Throws: `JournalError`.
    static func newerRecords(_ dataFolder: String, after committed: UInt64) throws -> Int {
        guard let reader = try journal(dataFolder) else { return 0 }
        var count = 0
        _ = try reader.scan(from: max(try reader.tail(), committed)) { _ in
            count += 1
            return true
        }
        return count
    }

    /// The journal of a data folder; nil beside a store alone, as `langso store create` makes it.
    ///
    /// - Throws: `JournalError`.
    static func journal(_ dataFolder: String) throws(JournalError) -> JournalReader? {
        do {
            return try JournalReader(folder: dataFolder)
        } catch {
            if case .file(let fault) = error, fault.isNotFound { return nil }
            throw error
        }
    }

    /// The line of a settings file that opens a store of these sizes.
    static func settingsLine(
        _ rawTierBytes: UInt64,
        _ maximumSeries: Int,
        _ retention: Milliseconds?
    ) -> String {
        let span = retention.map { ", retention: \($0.count / 1000)s" } ?? ""
        return
            "store: {size: \(SizeText.print(rawTierBytes)), "
            + "maximum_series: \(maximumSeries)\(span)}"
    }
}

/// What `langso store create` made.
public struct StoreCreation: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// Bytes for samples, in whole slots.
    public var rawTierBytes: UInt64
    /// How many series may exist.
    public var maximumSeries: Int
    /// Bytes of the whole file.
    public var fileBytes: UInt64
    /// What the settings file must say.
    public var settings: String
}

/// What `langso store resize` took over; times are RFC 3339 in UTC.
public struct ResizeReport: Codable, Sendable {
    /// Folder of the store.
    public var folder: String
    /// Bytes for samples before.
    public var rawTierBytesBefore: UInt64
    /// Bytes for samples now.
    public var rawTierBytes: UInt64
    /// Series that have samples.
    public var series: Int
    /// Series without any sample, which were left out.
    public var emptySeries: Int
    /// Samples that were taken over.
    public var samples: Int
    /// The oldest samples, which have no room.
    public var droppedSamples: Int
    /// Time of the first of them; nil when there is none.
    public var droppedFrom: String?
    /// Time before which they were dropped; nil when there is none.
    public var droppedBefore: String?
    /// Blocks, and whole runs, that could not be read.
    public var damagedBlocks: Int
    /// Samples in those runs.
    public var unreadableSamples: Int
    /// What must change in the settings file; all else there stays.
    public var settings: String

    init(_ folder: String, _ report: StoreRebuild, _ maximumSeries: Int?) {
        self.folder = folder
        rawTierBytesBefore = report.rawTierBytesBefore
        rawTierBytes = report.rawTierBytes
        series = report.seriesCount
        emptySeries = report.emptySeriesCount
        samples = report.sampleCount
        droppedSamples = report.droppedSampleCount
        droppedFrom = report.droppedFrom?.description
        droppedBefore = report.droppedBefore?.description
        damagedBlocks = report.damagedBlockCount
        unreadableSamples = report.unreadableSampleCount
        let series = maximumSeries.map { ", maximum_series: \($0)" } ?? ""
        settings = "store: {size: \(SizeText.print(report.rawTierBytes))\(series)}"
    }
}

/// What `langso store upgrade` did.
public struct UpgradeReport: Codable, Sendable {
    /// Version that the store had.
    public var found: UInt32
    /// Version that this program writes.
    public var written: UInt32
    /// What was taken over; nil when there was nothing to do.
    public var taken: ResizeReport?
}
