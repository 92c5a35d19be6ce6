internal import Telemetry

/// What a reading of a whole store found: how much of everything, and each fault with its place.
public struct StoreVerification: Hashable, Sendable {
    /// Most faults that are kept in words; all are counted.
    public static let maximumFaults = 1000

    /// Something that does not hold.
    public struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// Where: the part of the store, and the byte of the file where it begins.
        public let place: String
        /// What does not hold there.
        public let reason: String

        /// Place and reason in one line.
        public var description: String { "\(place): \(reason)" }
    }

    /// Header pages that pass their check; 2 for each tier of a sound store.
    public var headerPageCount = 0
    /// Roots that pass their check; for each tier 1 before the first checkpoint, then 2.
    public var rootCount = 0
    /// Whether a root of the raw tier was written and does not pass its check: what the other one
    /// does not know of is lost, unless the journal has it.
    public var hasFailedRoot = false
    /// Journal position that the last root names.
    public var journalPosition: UInt64 = 0
    /// Journal position up to which everything is known to have been committed: behind the other
    /// one when a checkpoint was cut short.
    public var committedPosition: UInt64 = 0
    /// Batches of labels.
    public var catalogueBatchCount = 0
    /// Series that have labels.
    public var seriesCount = 0
    /// Stretches of time of all tiers.
    public var partitionCount = 0
    /// Sorted runs.
    public var runCount = 0
    /// Chunks of those.
    public var chunkCount = 0
    /// Blocks of samples that were decoded completely.
    public var blockCount = 0
    /// Samples in them, those in rollup tiers being parts of summaries.
    public var sampleCount = 0
    /// Slots in use.
    public var usedSlotCount = 0
    /// Slots.
    public var slotCount = 0
    /// What is worth knowing and does not make the store unsound.
    public private(set) var notes: [String] = []
    /// The first faults.
    public private(set) var faults: [Fault] = []
    /// How many faults there are.
    public private(set) var faultCount = 0

    init() {}

    mutating func note(_ text: String) { notes.append(text) }

    mutating func fault(_ place: @autoclosure () -> String, _ reason: @autoclosure () -> String) {
        faultCount += 1
        guard faults.count < Self.maximumFaults else { return }
        faults.append(Fault(place: place(), reason: reason()))
    }

    /// Notes a fault unless something holds.
    mutating func require(
        _ holds: Bool,
        _ place: @autoclosure () -> String,
        _ reason: @autoclosure () -> String
    ) {
        if !holds { fault(place(), reason()) }
    }
}

extension StoreVerification {
    /// Reads a stopped store whole, every checksum and every sample, and checks all that must hold.
    ///
    /// Costs one pass over all slots in use; a chunk and the samples of one entry in memory, and
    /// the labels. The folder is locked against writers meanwhile.
    ///
    /// - Parameters:
    ///   - folder: The folder that the store lies in.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share of runs that were read, 0 to 1.
    /// - Throws: ``StoreError/file(_:)`` with `FileError.alreadyInUse` while a gateway holds the
    ///   folder; ``StoreError/notFound(path:)``, ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``; ``StoreError/damaged(path:reason:)``
    ///   when what everything hangs on is gone: both roots, or the labels.
    /// - Returns: What was found.
    public static func run(
        folder: String,
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> StoreVerification {
        let storage = StorageFolder(folder, calls: calls)
        let lock = try LoadedStore.lock(storage, .shared)
        defer { withExtendedLifetime(lock.path) {} }
        let disk = try LoadedStore.disk(storage, .readOnly)
        let disks = [disk] + (try TierFiles.rollups(storage, disk.geometry.identity, .readOnly))
        var report = StoreVerification()
        var seriesCount = 0
        var rawHorizon = Int64.min
        for (index, disk) in disks.enumerated() {
            try report.checkHeaders(disk)
            try report.checkRoots(disk)
            let root = try LoadedStore.newestRoot(disk)
            if disk.geometry.tier == .raw {
                report.journalPosition = root.mark.journalPosition
                report.committedPosition = root.mark.committedPosition
                let stored = try StoredLabels(root, on: disk)
                report.catalogueBatchCount = stored.batchCount
                report.checkCopies(stored)
                report.check(stored.catalogue)
                seriesCount = stored.catalogue.count
                rawHorizon = root.horizon
            } else {
                report.checkFrontier(root, of: disk.geometry.tier, rawHorizon: rawHorizon)
            }
            try report.check(root, on: disk, seriesCount: seriesCount) { share in
                progress((Double(index) + share) / Double(disks.count))
            }
        }
        try report.checkDeletion(storage)
        progress(1)
        return report
    }

    /// Tells of a deletion that is to be carried out, or that damage has made impossible.
    private mutating func checkDeletion(_ storage: StorageFolder) throws(StoreError) {
        let name = DeletionIntent.fileName
        let isThere = try StoreError.wrapping { () throws(FileError) in
            try storage.contains(name)
        }
        guard isThere else { return }
        if try DeletionIntent.load(storage) == nil {
            fault(
                name,
                "it does not pass its check: the last deletion of \(DeletionLog.fileName) may be "
                    + "done in part; remove the file and delete once more"
            )
        } else {
            note("\(name) is there: the next opening goes on with a deletion that was cut short")
        }
    }

    /// Checks everything that a root names.
    private mutating func check(
        _ root: StoreRoot,
        on disk: StoreDisk,
        seriesCount: Int,
        _ progress: (Double) -> Void
    ) throws(StoreError) {
        slotCount += disk.geometry.slotCount
        var partitions: [Partition] = []
        for partition in root.partitions {
            var opened: [SealedRun] = []
            for record in partition.runs {
                usedSlotCount += record.slots.count
                let run = try StoreError.wrapping { () throws(FileError) in
                    try SealedRun.open(record, disk: disk)
                }
                if let run {
                    opened.append(run)
                } else {
                    fault(
                        RunPlace(record, disk).index,
                        "the index does not pass its check; none of its samples can be read"
                    )
                }
            }
            partitions.append(Partition(start: partition.start, runs: opened))
        }
        check(partitions, horizon: root.horizon, place: "root of \(disk.geometry.tier.fileName)")
        let runs = partitions.reduce(0) { $0 + $1.runs.count }
        var done = 0
        for index in partitions.indices {
            for run in partitions[index].runs {
                progress(Double(done) / Double(runs))
                done += 1
                check(run, on: disk, in: partitions.times(index), seriesCount: seriesCount)
            }
        }
    }

    /// Checks that what has given way is summarised: an older root of a rollup tier, or an older
    /// file, may not reach so far.
    mutating func checkFrontier(_ root: StoreRoot, of tier: StoreTier, rawHorizon: Int64) {
        let frontier = root.mark.frontier ?? .min
        let end = max(root.horizon, frontier < .max ? frontier + 1 : frontier)
        require(
            rawHorizon <= end,
            "root of \(tier.fileName)",
            "it has no summaries from \(Instant(milliseconds: end)) to before "
                + "\(Instant(milliseconds: rawHorizon)), where the samples have given way"
        )
    }

    private mutating func checkHeaders(_ disk: StoreDisk) throws(StoreError) {
        for page in 0..<2 {
            let offset = UInt64(page * StoreGeometry.pageBytes)
            let bytes = try StoreError.wrapping { () throws(FileError) in
                try disk.file.bytes(StoreGeometry.pageBytes, at: offset)
            }
            if try StoreGeometry(page: bytes, path: disk.file.path) == disk.geometry {
                headerPageCount += 1
            } else {
                let place = "\(disk.placePrefix)header page \(page) at byte \(offset)"
                fault(place, "it does not pass its check")
            }
        }
    }

    /// A root that fails is what a checkpoint that was cut short leaves, and the other one counts:
    /// that is told, and no fault while one is left.
    private mutating func checkRoots(_ disk: StoreDisk) throws(StoreError) {
        let geometry = disk.geometry
        for number: UInt64 in 0...1 {
            let offset = geometry.rootOffset(number)
            let bytes = try StoreError.wrapping { () throws(FileError) in
                try disk.file.bytes(geometry.rootBytes, at: offset)
            }
            let root = StoreRoot(bytes, identity: geometry.identity, tier: geometry.tier)
            guard let root else {
                if bytes.prefix(StoreRoot.headerBytes).contains(where: { $0 != 0 }) {
                    if geometry.tier == .raw { hasFailedRoot = true }
                    note(
                        "\(disk.placePrefix)root \(number) at byte \(offset) does not pass its "
                            + "check: a checkpoint was cut short, or the disk changed it; the "
                            + "other root counts"
                    )
                }
                continue
            }
            rootCount += 1
            if let reason = root.fault(geometry) {
                fault("\(disk.placePrefix)root \(number) at byte \(offset)", reason)
            }
        }
    }
}
