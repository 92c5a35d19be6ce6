internal import Decoding
internal import RingStore
internal import Telemetry

/// What the decoder learned from descriptions, and values that senders only repeat.
extension IngestPipeline {
    /// Name of the file with what the decoder learned, beside the store; it is there once something
    /// was learned.
    public static let learnedFile = LearnedFile.name

    /// Reads the file of lessons, and has the decoder learn what it had at the store's last
    /// checkpoint.
    ///
    /// - Throws: ``IngestError`` when the file cannot be read or is not whole.
    mutating func loadLessons(_ calls: any FileCalls) throws(IngestError) {
        let file = try Self.load(
            LearnedFile.name,
            store.folder,
            calls,
            orThrow: { .damagedLessons(path: $0) },
            LearnedFile.init(bytes:)
        )
        guard let file else { return }
        learnedFile = file
        let refusedCount = learnAsOfCheckpoint()
        if refusedCount > 0 {
            counters.notes["lesson_refused", default: 0] += UInt64(refusedCount)
        }
    }

    /// Has the decoder know what it had learned at the store's last checkpoint, and nothing else.
    ///
    /// - Returns: how many lessons it could not read.
    @discardableResult
    mutating func learnAsOfCheckpoint() -> Int {
        let refusedCount = decoder.learn(from: learnedFile.lessons(at: store.journalPosition))
        // A state that is newer than the store is one of a checkpoint that was not made.
        let isNewest = (learnedFile.states.last?.position ?? 0) <= store.journalPosition
        writtenLessons = isNewest ? decoder.lessonsVersion : nil
        return refusedCount
    }

    /// Writes the lessons when they are others than those on disk, beside those of the store's
    /// last checkpoint.
    mutating func writeLessons(_ calls: any FileCalls) throws(IngestError) {
        let lessons = decoder.lessons
        guard decoder.lessonsVersion != writtenLessons,
            !lessons.isEmpty || !learnedFile.states.isEmpty
        else { return }
        let next = learnedFile.adding(
            LearnedFile.State(position: position, lessons: lessons),
            keeping: store.journalPosition
        )
        try replace(LearnedFile.name, with: next.bytes, calls)
        learnedFile = next
        writtenLessons = decoder.lessonsVersion
    }

    /// Whether a value of a sender that repeats all it knows is the last one of its series.
    ///
    /// A state is taken again once the device's expected interval is over, so that it does not look
    /// as if nobody knew it any more; a number that did not change may be a sensor that fell
    /// silent, and is not. The store itself is the memory: it is the same after a recovery.
    mutating func isRepetition(
        _ reading: Reading,
        _ sample: Sample,
        in series: SeriesID,
        of message: DecodedMessage
    ) -> Bool {
        let last: Sample?
        do {
            last = try store.snapshot().last(series, in: .distantPast...sample.time)
        } catch {
            // What the store cannot read is not known: the value is taken.
            return false
        }
        guard let last, last.value == sample.value else { return false }
        guard reading.quantity.kind == .state, let interval = message.expectedInterval else {
            return true
        }
        return sample.time - last.time < interval
    }
}
