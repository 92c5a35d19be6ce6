internal import Decoding
internal import RingStore
internal import Telemetry

/// What the decoder learned from descriptions, and values that senders only repeat.
extension IngestPipeline {
    /// Has the decoder learn from the lessons beside the store.
    ///
    /// - Throws: ``IngestError`` when the file cannot be read or is not whole.
    mutating func loadLessons(_ folder: String, _ calls: any FileCalls) throws(IngestError) {
        let storage = StorageFolder(folder, calls: calls)
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try storage.contents(of: LearnedFile.name)
        } catch {
            throw .file(error)
        }
        guard let bytes else { return }
        guard let lessons = LearnedFile.lessons(bytes) else {
            throw .damagedLessons(path: storage.path(of: LearnedFile.name))
        }
        let refusedCount = decoder.learn(from: lessons)
        if refusedCount > 0 {
            counters.notes["lesson_refused", default: 0] += UInt64(refusedCount)
        }
        writtenLessons = decoder.lessonsVersion
    }

    /// Writes the lessons when they are others than those on disk.
    ///
    /// They go before the store, as the index of undecodable messages does: what recovery learns a
    /// second time changes nothing.
    mutating func writeLessons(_ calls: any FileCalls) throws(IngestError) {
        guard decoder.lessonsVersion != writtenLessons else { return }
        do {
            try StorageFolder(store.folder, calls: calls)
                .replace(LearnedFile.name, with: LearnedFile.bytes(of: decoder.lessons))
        } catch {
            throw .file(error)
        }
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
