internal import Decoding
internal import RingStore

/// The small files beside the store, each of which is only ever replaced as a whole.
extension IngestPipeline {
    /// Reads one; nil where there is none yet.
    ///
    /// One that does not pass its check is told as damage.
    static func load<Content>(
        _ name: String,
        _ folder: String,
        _ calls: any FileCalls,
        orThrow damage: (String) -> IngestError = { .damagedIndex(path: $0) },
        _ read: ([UInt8]) -> Content?
    ) throws(IngestError) -> Content? {
        let storage = StorageFolder(folder, calls: calls)
        let bytes: [UInt8]?
        do throws(FileError) {
            bytes = try storage.contents(of: name)
        } catch {
            throw .file(error)
        }
        guard let bytes else { return nil }
        guard let content = read(bytes) else { throw damage(storage.path(of: name)) }
        return content
    }

    /// Writes one in the place of the one that was there.
    func replace(
        _ name: String,
        with bytes: [UInt8],
        _ calls: any FileCalls
    ) throws(IngestError) {
        do {
            try StorageFolder(store.folder, calls: calls).replace(name, with: bytes)
        } catch {
            throw .file(error)
        }
    }

    /// Writes what a part remembers now, beside what it did at the store's last checkpoint; nothing
    /// while it never remembered anything.
    ///
    /// - Returns: the states that are in the file now.
    func writeStates(
        _ name: String,
        _ memory: [UInt8],
        beside before: CheckpointStates,
        _ calls: any FileCalls
    ) throws(IngestError) -> CheckpointStates {
        guard !memory.isEmpty || !before.entries.isEmpty else { return before }
        let next = before.adding(
            CheckpointStates.Entry(checkpoint: store.checkpointCount + 1, memory: memory),
            keeping: store.checkpointCount
        )
        try replace(name, with: next.bytes, calls)
        return next
    }
}
