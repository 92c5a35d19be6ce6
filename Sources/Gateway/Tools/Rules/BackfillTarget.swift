internal import Alerting
internal import Decoding
internal import Ingest
internal import RingStore
internal import Telemetry

/// Store and journal of a stopped gateway that take what rules give for the past.
///
/// Samples go the way of all that a gateway knows by itself: they are in the journal, on the disk,
/// before the store has them, and a checkpoint puts them into its file. After a crash the next
/// opening, of a gateway or of this, takes from the journal what the store lacks.
final class BackfillTarget {
    private var storage: IngestStorage
    private let hold: FolderHold
    private let batch = RecordBatch(capacityBytes: 512 << 10)
    private var numbers = SeriesNumbers()
    private let now: Instant
    private let journalBytes: UInt64
    private let refusedBefore: UInt64
    private let horizonBefore: Instant

    /// Most samples of one record.
    static let samplesPerRecord = 256
    /// From so many bytes on records are committed: some 20 000 samples, and less than the smallest
    /// journal has room for.
    static let bytesPerCommit = 256 << 10

    /// Opens store and journal of a data folder.
    ///
    /// - Parameters:
    ///   - folder: of a gateway that does not run.
    ///   - journal: sizes of the journal, where there is none yet.
    ///   - now: the time of day.
    /// - Throws: ``GatewayError/inUse(path:processID:)``;
    ///   ``GatewayError/behindJournal(path:records:)`` while the journal holds messages that the
    ///   store has not taken, which need the gateway's profiles; `IngestError` and `StoreError`.
    init(_ folder: String, journal: JournalSettings, at now: Instant) throws {
        let sizes = try RingStore.sizes(folder: folder)
        do {
            hold = try FolderHold(folder)
            try Self.requireMessagesTaken(folder)
            storage = try IngestPipeline.open(
                folder: folder,
                store: sizes,
                journal: journal,
                decoder: MessageDecoder(rules: [], library: .empty),
                directory: IngestDirectory(),
                now: now
            )
        } catch FileError.alreadyInUse(_, let processID) {
            throw GatewayError.inUse(path: folder, processID: processID)
        } catch StoreError.file(.alreadyInUse(_, let processID)) {
            throw GatewayError.inUse(path: folder, processID: processID)
        } catch IngestError.store(.file(.alreadyInUse(_, let processID))) {
            throw GatewayError.inUse(path: folder, processID: processID)
        }
        self.now = now
        let statistics = storage.journal.statistics
        journalBytes = statistics.sizeBytes
        refusedBefore = storage.pipeline.counters.refusedCount
        horizonBefore = storage.pipeline.store.statistics.horizon
    }

    /// Refuses while the journal holds messages that the store has not taken.
    ///
    /// Nothing here could decode them; samples that the gateway knew by itself are taken.
    ///
    /// - Throws: ``GatewayError/behindJournal(path:records:)``, `StoreError`, `JournalError`.
    static func requireMessagesTaken(_ folder: String) throws {
        guard let reader = try StoreTool.journal(folder) else { return }
        let committed = try StoreSnapshot.open(folder: folder).journalPosition
        var count = 0
        _ = try reader.scan(from: max(try reader.tail(), committed)) { record in
            if record.kind == .message { count += 1 }
            return true
        }
        guard count == 0 else { throw GatewayError.behindJournal(path: folder, records: count) }
    }

    /// A view of everything that was written.
    func snapshot() -> StoreSnapshot { storage.pipeline.store.snapshot() }

    /// How many samples the store refused, as too old or of too many series.
    var refusedCount: Int { Int(storage.pipeline.counters.refusedCount - refusedBefore) }

    /// Why it refused the first ones, where more is known than that they are too old.
    var refusals: [String] {
        storage.pipeline.counters.firstRefusals.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The time before which samples gave way meanwhile; nil when none did.
    ///
    /// They give way at checkpoints alone, which ``write(_:)`` and ``finish()`` make: while this is
    /// nil after a call, ``snapshot()`` shows all there was and all that was written.
    var droppedBefore: Instant? {
        let horizon = storage.pipeline.store.statistics.horizon
        return horizon > horizonBefore ? horizon : nil
    }

    /// Journals samples and stores them; they are on the disk when it returns.
    ///
    /// - Throws: `JournalError`, `IngestError`; what was written before counts.
    func write(_ samples: [RuleSample]) throws {
        var rest = samples[...]
        while !rest.isEmpty {
            let part = rest.prefix(Self.samplesPerRecord)
            rest.removeFirst(part.count)
            let entries = LabelledSamples(part.lazy.map { ($0.labels, $0.sample) })
            try storage.journal.append(entries, receivedAt: now, to: batch, numbers: &numbers)
            if batch.byteCount >= Self.bytesPerCommit || rest.isEmpty { try commit() }
        }
    }

    /// Puts everything that was written into the store's file.
    ///
    /// - Throws: `IngestError`; the journal has everything, try again.
    func finish() throws {
        try storage.pipeline.checkpoint(at: now)
    }

    private func commit() throws {
        let position = storage.pipeline.store.journalPosition
        try journalBatch(protecting: position)
        storage.pipeline.take(batch)
        batch.removeAll()
        let isJournalHalfFull = storage.pipeline.position - position > journalBytes / 2
        let isStoreFull = storage.pipeline.store.isCheckpointDue
        if isJournalHalfFull || isStoreFull { try finish() }
    }

    private func journalBatch(protecting position: UInt64) throws {
        storage.journal.protect(from: position)
        do {
            try storage.journal.commit(batch)
        } catch JournalError.full {
            // A ring that is all behind the last checkpoint is free after the next one.
            try finish()
            storage.journal.protect(from: storage.pipeline.store.journalPosition)
            try storage.journal.commit(batch)
        }
    }
}

extension IngestCounters {
    /// Samples that were not taken.
    fileprivate var refusedCount: UInt64 {
        tooOldSamples + refusedSamples.values.reduce(0, +)
    }
}
