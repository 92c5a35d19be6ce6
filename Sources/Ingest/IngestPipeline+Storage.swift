public import Decoding
public import QualityControl
public import RingStore
public import Telemetry

extension IngestPipeline {
    /// Name of the file that holds the index of undecodable messages, beside the store.
    public static let deadLettersFile = "dead-letters"
    /// How far before the last checkpoint frames are remembered from when the store opens: 4 MiB
    /// are some 14 000 LoRaWAN messages, and take 50 ms.
    public static let rememberedBytes: UInt64 = 4 << 20

    /// Opens store and journal of a folder, or makes them, and takes from the journal what the
    /// last checkpoint lacks.
    ///
    /// - Parameters:
    ///   - folder: Where both lie; it is made when it is missing.
    ///   - settings: Sizes of the store.
    ///   - journalSettings: Sizes of the journal; they count at its creation only.
    ///   - decoder: Reads the messages.
    ///   - directory: Labels of the devices.
    ///   - quality: What readings are held against.
    ///   - watching: Devices whose messages are kept for whoever waits for them.
    ///   - now: The time of day, for a new journal.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share that was recovered, 0 to 1, now and then.
    /// - Throws: ``IngestError``.
    /// - Returns: the pipeline, and the journal for the thread that writes it.
    public static func open(
        folder: String,
        store settings: StoreSettings,
        journal journalSettings: JournalSettings,
        decoder: MessageDecoder,
        directory: IngestDirectory,
        quality: QualityPolicy = QualityPolicy(),
        watching: Set<String> = [],
        now: Instant,
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(IngestError) -> IngestStorage {
        let store = try openStore(folder, settings, calls)
        let journal = try openJournal(folder, journalSettings, store.committedPosition, now, calls)
        var pipeline = IngestPipeline(
            store: store,
            decoder: decoder,
            directory: directory,
            quality: quality
        )
        if let letters = try load(deadLettersFile, folder, calls, DeadLetters.init(bytes:)) {
            pipeline.deadLetters = letters
        }
        if let waiting = try load(awaitedFile, folder, calls, AwaitedFile.init(bytes:)) {
            pipeline.awaited.restore(waiting, at: pipeline.store.checkpointCount)
        }
        try pipeline.loadLessons(calls)
        try pipeline.loadMemory(calls)
        try pipeline.recallQuality(calls)
        try pipeline.loadRetaken(calls)
        pipeline.watch(watching)
        try pipeline.recover(folder: folder, to: journal.head, calls, progress)
        // What they ask for was said when they came.
        _ = pipeline.takeRequests()
        return IngestStorage(pipeline: pipeline, journal: journal)
    }

    /// Puts everything taken so far on disk, with the lists of messages that could not be decoded
    /// and of those that wait for codecs.
    ///
    /// - Throws: ``IngestError``; everything is then as before, try again later.
    public mutating func checkpoint(
        at now: Instant,
        calls: any FileCalls = SystemFileCalls()
    ) throws(IngestError) {
        try writeMemory(calls)
        try writeQuality(calls)
        try writeRetaken(calls)
        // The lists go first: ones that are newer than the store do no harm, because what recovery
        // notes a second time changes nothing.
        try writeIndexes(calls)
        try writeLessons(calls)
        do {
            try store.checkpoint(journalPosition: position, at: now)
        } catch {
            throw .store(error)
        }
        awaited.noteCheckpoint()
    }

    /// Whether so much was taken since the last checkpoint that the next one is due: the samples
    /// take as much memory as they may, or a start would have to ask codecs too much again.
    public var isCheckpointDue: Bool { store.isCheckpointDue || awaited.isCheckpointDue }

    /// Writes the lists of messages that are not in the store.
    func writeIndexes(_ calls: any FileCalls) throws(IngestError) {
        try replace(Self.deadLettersFile, with: deadLetters.bytes, calls)
        // The one that messages leave for the other goes last: none is in neither.
        let waiting = awaited.file(before: store.checkpointCount + 1)
        try replace(Self.awaitedFile, with: waiting.bytes, calls)
    }

    private mutating func recover(
        folder: String,
        to head: UInt64,
        _ calls: any FileCalls,
        _ progress: (Double) -> Void
    ) throws(IngestError) {
        isRecovering = true
        defer { isRecovering = false }
        var recalled: Result<Void, IngestError>?
        do throws(JournalError) {
            let reader = try JournalReader(folder: folder, calls: calls)
            try reader.requireRoomForEveryRecord()
            let start = position
            let tail = try reader.tail()
            guard start >= tail || start == 0 else {
                throw JournalError.overwritten(position: start, tail: tail)
            }
            let first = try reader.start(covering: Self.rememberedBytes, before: start)
            var count = 0
            try reader.scan(from: min(first, max(start, tail)), to: head) { record in
                if record.position < start {
                    remember(record)
                } else {
                    if recalled == nil { recalled = recallResult() }
                    if case .failure = recalled { return false }
                    take(record)
                }
                count += 1
                if count % 4096 == 0, head > start {
                    progress(Double(record.position - tail) / Double(head - tail))
                }
                return true
            }
            if recalled == nil { recalled = recallResult() }
            // Those before the checkpoint that still wait; the others were taken again.
            try takeUpAwaited(reader, most: awaited.aside)
        } catch {
            throw .journal(error)
        }
        try recalled?.get()
    }

    private mutating func recallResult() -> Result<Void, IngestError> {
        do throws(IngestError) {
            try recallMemory()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private static func openStore(
        _ folder: String,
        _ settings: StoreSettings,
        _ calls: any FileCalls
    ) throws(IngestError) -> RingStore {
        do throws(StoreError) {
            return try RingStore.open(folder: folder, settings: settings, calls: calls)
        } catch {
            let isMissing =
                switch error {
                case .notFound: true
                case .file(let error): error.isNotFound
                default: false
                }
            guard isMissing else { throw .store(error) }
        }
        do {
            return try RingStore.create(folder: folder, settings: settings, calls: calls)
        } catch {
            throw .store(error)
        }
    }

    private static func openJournal(
        _ folder: String,
        _ settings: JournalSettings,
        _ committed: UInt64,
        _ now: Instant,
        _ calls: any FileCalls
    ) throws(IngestError) -> Journal {
        do throws(JournalError) {
            do throws(JournalError) {
                return try Journal.open(folder: folder, committed: committed, calls: calls)
            } catch {
                // A store that has taken nothing yet is one whose journal was never made.
                guard case .file(let fault) = error, fault.isNotFound, committed == 0 else {
                    throw error
                }
                return try Journal.create(
                    folder: folder,
                    settings: settings,
                    at: now,
                    calls: calls
                )
            }
        } catch {
            throw .journal(error)
        }
    }
}

/// Store and journal of one folder, opened together.
public struct IngestStorage: ~Copyable {
    /// Takes records; belongs to the store's thread.
    public var pipeline: IngestPipeline
    /// Is written by the thread that speaks with the broker.
    public var journal: Journal

    /// Gives both to their owners.
    public consuming func handOver<Result: ~Copyable>(
        _ body: (consuming IngestPipeline, consuming Journal) -> Result
    ) -> Result {
        body(pipeline, journal)
    }
}

/// Why store and journal could not be used; the underlying error says what to do.
public enum IngestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file refused.
    case file(FileError)
    /// The store refused.
    case store(StoreError)
    /// The journal refused.
    case journal(JournalError)
    /// The list of undecodable messages, or of those that wait for codecs, does not pass its check.
    case damagedIndex(path: String)
    /// The file of what was learned from descriptions does not pass its check.
    case damagedLessons(path: String)
    /// What the decoder remembered does not pass its check.
    case damagedMemory(path: String)
    /// What the checks of readings remembered does not pass its check.
    case damagedQuality(path: String)
    /// What says which samples were stored again does not pass its check.
    case damagedRetaken(path: String)
    /// The store's series could not be listed.
    case series(SeriesSourceError)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .store(let error): error.description
        case .journal(let error): error.description
        case .series(let error): error.description
        case .damagedIndex(let path):
            "cannot read \(path): it does not pass its check; remove it, only the list of messages "
                + "that could not be decoded, or that wait for payload codecs, begins anew"
        case .damagedLessons(let path):
            "cannot read \(path): it does not pass its check; remove it, devices are known again "
                + "when the broker sends their descriptions"
        case .damagedMemory(let path):
            "cannot read \(path): it does not pass its check; remove it, and Sparkplug nodes are "
                + "asked for new births"
        case .damagedQuality(let path):
            "cannot read \(path): it does not pass its check; remove it, only what is usual for "
                + "each sensor is learned anew"
        case .damagedRetaken(let path):
            "cannot read \(path): it does not pass its check; remove it, only a message of before "
                + "a device's change that is read late may take away a sample of its millisecond"
        }
    }
}
