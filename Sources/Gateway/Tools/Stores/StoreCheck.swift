internal import RingStore

/// What `langso store verify` found in the store and the journal of a data folder.
public struct StoreCheck: Codable, Sendable {
    /// Folder of both.
    public var folder: String
    /// Header pages that pass, 2 for each tier of a sound store.
    public var headerPages: Int
    /// Roots that pass; 2 for each tier once it was written to, 1 before.
    public var roots: Int
    /// Batches of labels.
    public var catalogueBatches: Int
    /// Series that have labels.
    public var series: Int
    /// Stretches of time of all tiers.
    public var partitions: Int
    /// Sorted runs.
    public var runs: Int
    /// Chunks of those.
    public var chunks: Int
    /// Blocks of values, each decoded completely.
    public var blocks: Int
    /// Values in them: samples, and in rollup tiers the parts of summaries.
    public var values: Int
    /// Slots in use.
    public var usedSlots: Int
    /// Slots in all.
    public var slots: Int
    /// Segments of the journal whose hash fits the chain.
    public var journalSegments: Int
    /// Segments of the journal that have no end yet.
    public var openJournalSegments: Int
    /// What is worth knowing and no fault.
    public var notes: [String]
    /// The first faults, each with its place.
    public var faults: [String]
    /// How many faults there are.
    public var faultCount: Int

    /// Reads a stopped gateway's store and journal whole.
    ///
    /// - Parameters:
    ///   - dataFolder: where they lie.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: `StoreError`, `JournalError` or ``GatewayError/inUse(path:processID:)`` when they
    ///   cannot be read at all; each says what to do.
    public init(dataFolder: String, progress: (Double) -> Void = { _ in }) throws {
        let store = try StoreTool.explaining(dataFolder) {
            try StoreVerification.run(folder: dataFolder, progress: progress)
        }
        folder = dataFolder
        headerPages = store.headerPageCount
        roots = store.rootCount
        catalogueBatches = store.catalogueBatchCount
        series = store.seriesCount
        partitions = store.partitionCount
        runs = store.runCount
        chunks = store.chunkCount
        blocks = store.blockCount
        values = store.sampleCount
        usedSlots = store.usedSlotCount
        slots = store.slotCount
        notes = store.notes
        faults = store.faults.map { "store, \($0)" }
        faultCount = store.faultCount
        journalSegments = 0
        openJournalSegments = 0
        try checkJournal(store)
    }

    /// Checks the hash chain, and that the journal has what the store's last checkpoint lacks.
    ///
    /// It is needed when the store has a checkpoint, be it one that was cut short, or had one that
    /// does not pass its check.
    private mutating func checkJournal(_ store: StoreVerification) throws {
        let start = store.journalPosition
        let committed = store.committedPosition
        let isNeeded = committed > 0 || store.hasFailedRoot
        guard let reader = try StoreTool.journal(folder) else {
            guard isNeeded else { return }
            return fault("there is none, and the store goes on from position \(start) of it")
        }
        let chain = try reader.verifyChain()
        journalSegments = chain.verifiedSegments
        openJournalSegments = chain.openSegments
        for text in chain.faults { fault(text) }
        let tail = try reader.tail()
        // A store that is still to take all of a journal may begin with what that holds, unless it
        // had taken more and has forgotten it.
        let isFromBeginning = try start == 0 && (!store.hasFailedRoot || reader.holdsEverything())
        guard isFromBeginning || tail <= start else {
            return fault(
                "it begins at position \(tail), and the store goes on from position \(start)"
            )
        }
        guard let newest = try reader.segments().last else { return }
        let head = try reader.scan(from: newest.start) { _ in true }
        if head < committed {
            fault("it ends at position \(head), and the store has taken it up to \(committed)")
        }
    }

    private mutating func fault(_ text: String) {
        faultCount += 1
        faults.append("journal, \(text)")
    }
}
