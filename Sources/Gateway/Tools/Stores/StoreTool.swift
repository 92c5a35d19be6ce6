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
    ///   - rollups: the rollup tiers, each at most once; nil for those that a gateway makes beside
    ///     such a raw tier.
    ///   - maximumSeries: how many series may exist.
    ///   - retention: is checked and told; it is the settings file that makes it count.
    /// - Throws: ``GatewayError/usage(_:)`` for a tier that stands twice; `StoreError`, for a
    ///   folder that has a store and a disk that has too little room among others; it says what
    ///   to do.
    /// - Returns: what was made, and what the settings file must say to open it.
    public static func create(
        dataFolder: String,
        rawTierBytes: UInt64,
        rollups: [RollupSize]? = nil,
        maximumSeries: Int,
        retention: Milliseconds?
    ) throws -> StoreCreation {
        let named = try rollups.map { try RollupSize.sizes($0).filter { $0.value > 0 } }
        let settings = StoreSettings(
            rawTierBytes: rawTierBytes,
            rollupBytes: named ?? StoreSettings.usualRollups(beside: rawTierBytes),
            maximumSeries: maximumSeries,
            retention: retention
        )
        try explaining(dataFolder) {
            _ = try RingStore.create(folder: dataFolder, settings: settings)
        }
        let found = try RingStore.sizes(folder: dataFolder)
        return StoreCreation(
            folder: dataFolder,
            rawTierBytes: found.rawTierBytes,
            rollupBytes: found.namedRollupBytes,
            maximumSeries: maximumSeries,
            fileBytes: try settings.fileBytes(),
            settings: settingsLine(found, maximumSeries: maximumSeries, retention: retention)
        )
    }

    /// Gives a store other sizes, or room for more series, or only the newest format.
    ///
    /// - Parameters:
    ///   - dataFolder: of a gateway that does not run.
    ///   - rawTierBytes: the new room for samples; nil keeps it.
    ///   - rollups: the new sizes of rollup tiers, each at most once, 0 to do without; those that
    ///     are left out stay as they are.
    ///   - maximumSeries: the new limit of series; nil keeps the room of their labels.
    ///   - dropsOldest: whether the oldest samples and summaries may be lost for want of room; else
    ///     it fails.
    ///   - dropsDamaged: whether what cannot be read may be lost; else it fails.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: `StoreError`, ``GatewayError/inUse(path:processID:)``, or
    ///   ``GatewayError/usage(_:)`` for a tier that stands twice; the store is then as it was.
    /// - Returns: what was taken over and what was dropped.
    public static func resize(
        dataFolder: String,
        rawTierBytes: UInt64? = nil,
        rollups: [RollupSize] = [],
        maximumSeries: Int? = nil,
        dropsOldest: Bool = false,
        dropsDamaged: Bool = false,
        progress: (Double) -> Void = { _ in }
    ) throws -> ResizeReport {
        var losses: RebuildLosses = []
        if dropsOldest { losses.insert(.oldest) }
        if dropsDamaged { losses.insert(.damaged) }
        let rollupBytes = try RollupSize.sizes(rollups)
        let before = try RingStore.sizes(folder: dataFolder)
        let report = try explaining(dataFolder) {
            try RingStore.rebuild(
                folder: dataFolder,
                rawTierBytes: rawTierBytes,
                rollupBytes: rollupBytes,
                maximumSeries: maximumSeries,
                allowing: losses,
                progress: progress
            )
        }
        let now = try RingStore.sizes(folder: dataFolder)
        return ResizeReport(dataFolder, report, before, now, maximumSeries: maximumSeries)
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
        _ sizes: StoreSettings,
        maximumSeries: Int?,
        retention: Milliseconds? = nil
    ) -> String {
        let rollups = StoreTier.rollups.compactMap { tier in
            sizes.rollupBytes[tier].map { "\(tier.rawValue): \(SizeText.print($0))" }
        }
        var parts = [
            "size: \(SizeText.print(sizes.rawTierBytes))",
            "rollups: {\(rollups.joined(separator: ", "))}",
        ]
        if let maximumSeries { parts.append("maximum_series: \(maximumSeries)") }
        if let retention { parts.append("retention: \(retention.count / 1000)s") }
        return "store: {\(parts.joined(separator: ", "))}"
    }
}
