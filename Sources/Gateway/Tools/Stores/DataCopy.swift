internal import Foundation
internal import Ingest
internal import Registry
internal import RingStore

/// A consistent copy of a whole data folder, of a gateway that may go on running.
///
/// It needs nothing of the gateway. Each part is copied so that it is whole, and the parts in an
/// order in which a later one knows at least what an earlier one relies on:
///
/// 1. `alerts.json` and `subscriptions`, which are only ever replaced as a whole, and the registry,
///    by SQLite's own online copying. What they speak of is in the journal that is copied last.
/// 2. The store with its rollup tiers, as one checkpoint left it, see `StoreCopy`.
/// 3. The lists of messages that could not be decoded or wait for codecs, and what the decoder
///    learned and remembers. Each is written before a checkpoint so that it serves the one before
///    as well: when the store has made another one meanwhile, the store is copied again.
/// 4. The journal up to now, see `JournalCopy`; the copy's gateway takes from it what came after
///    the checkpoint. When the ring has overwritten what the copied store still needs, the store is
///    copied again.
///
/// The copy is built in a folder beside the target, see `PartialCopy`, which gets its name when all
/// of it is on the disk. Locks are not copied, nor files that are none of a gateway's.
public struct DataCopy: Codable, Sendable {
    /// Folder that was copied.
    public var folder: String
    /// Folder of the copy.
    public var target: String
    /// Files that were copied.
    public var files: [String]
    /// Checkpoint of the store that the copy shows.
    public var checkpoints: UInt64
    /// Journal position of that checkpoint.
    public var journalPosition: UInt64
    /// Position behind the last record in the copied journal; nil when there is no journal.
    public var journalHead: UInt64?
    /// Sorted runs of all tiers that were copied.
    public var runs: Int
    /// Runs with damage, copied as they are; `verify` on the copy says where.
    public var damagedRuns: Int
    /// How often a newer state of the store had to be taken, and the first one.
    public var passes: Int

    /// How often the store is copied again because the journal has gone past it.
    private static let attempts = 5

    /// Copies a data folder.
    ///
    /// - Parameters:
    ///   - dataFolder: the folder of a gateway, which may run.
    ///   - target: a folder that is not there yet; its parent must be.
    ///   - progress: is told of what is copied and the share of it, 0 to 1.
    /// - Throws: ``GatewayError/alreadyThere(path:)``,
    ///   ``GatewayError/beingCopied(path:processID:)``, `StoreError`, `JournalError`,
    ///   `RegistryError` or `FileError`; each says what to do. Nothing is then left of the copy.
    public init(
        dataFolder: String,
        target: String,
        progress: (String, Double) -> Void = { _, _ in }
    ) throws {
        // A folder without a store is refused before anything is made.
        _ = try RingStore.sizes(folder: dataFolder)
        let target = StorageFolder(target).path
        let partial = try PartialCopy(of: target)
        folder = dataFolder
        self.target = target
        files = []
        checkpoints = 0
        journalPosition = 0
        journalHead = nil
        runs = 0
        damagedRuns = 0
        passes = 0
        do {
            try copyAll(to: partial.path, progress)
            try partial.install()
        } catch {
            partial.discard()
            throw error
        }
    }

    private mutating func copyAll(
        to partial: String,
        _ progress: (String, Double) -> Void
    ) throws {
        try copySmall(AlertState.fileName, to: partial)
        try copySmall(TopicMemory.fileName, to: partial)
        let registry = "\(folder)/\(GatewayRuntime.registryFile)"
        if FileManager.default.fileExists(atPath: registry) {
            try RegistryDatabase.copy(registry, to: "\(partial)/\(GatewayRuntime.registryFile)")
        }
        for attempt in 1...Self.attempts {
            let store = try StoreCopy.make(from: folder, to: partial) { progress("store", $0) }
            checkpoints = store.checkpointCount
            journalPosition = store.journalPosition
            runs = store.runCount
            damagedRuns = store.damagedRunCount
            passes += store.passCount
            let names = [
                IngestPipeline.deadLettersFile, IngestPipeline.awaitedFile,
                IngestPipeline.learnedFile, IngestPipeline.memoryFile, IngestPipeline.qualityFile,
                IngestPipeline.retakenFile,
            ]
            for name in names { try copySmall(name, to: partial) }
            let newest = try StoreCopy.newestCheckpoint(of: folder)
            guard newest == store.checkpointCount else {
                guard attempt < Self.attempts else {
                    throw StoreError.overtaken(path: folder, passes: passes)
                }
                try removeStore(from: partial)
                continue
            }
            do throws(JournalError) {
                journalHead = try JournalCopy.make(
                    from: folder,
                    to: partial,
                    committed: store.journalPosition
                ) { progress("journal", $0) }.head
                break
            } catch {
                // A store alone, as langso store create makes it.
                if case .file(let fault) = error, fault.isNotFound, journalPosition == 0 { break }
                guard case .overwritten = error, attempt < Self.attempts else { throw error }
                try removeStore(from: partial)
            }
        }
        files = try StorageFolder(partial).names().filter { $0 != PartialCopy.lockFile }
    }

    private func removeStore(from partial: String) throws {
        for tier in StoreTier.allCases { try StorageFolder(partial).remove(tier.fileName) }
    }

    /// Copies a file that is only ever replaced as a whole; one that is not there is no error.
    private func copySmall(_ name: String, to partial: String) throws {
        guard let bytes = try StorageFolder(folder).contents(of: name) else { return }
        try StorageFolder(partial).replace(name, with: bytes)
    }
}
