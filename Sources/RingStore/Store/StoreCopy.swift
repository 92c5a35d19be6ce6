/// A copy of a store's file that was made while its owner may have gone on writing.
///
/// It needs nothing of the owner, because a root on the disk holds still: labels that it counts are
/// never changed, and slots that it names are not written before a newer root is on the disk. So
/// the copier reads the newest root, then everything that it names, and checks each byte that it
/// copied. What fails was either written over meanwhile, or is damaged:
///
/// - When the newest root now, read twice to be sure that it is the newest, still names the run,
///   nobody can have written over it: it is damaged, and is copied as it is.
/// - Otherwise the copier takes the newer root and copies what it does not have yet. A run never
///   changes, so what passed once is kept.
///
/// The tiers' files are copied one after the other, the raw one's first, and when its root is then
/// still the newest, they belong together: rollup tiers may have gone on already to what the next
/// checkpoint seals, as they do before a crash, and the journal brings that again. Otherwise what
/// is new is copied too. So it is when a deletion began or ended meanwhile; one that is under way
/// is copied as such, and the copy's first opening carries it out to its end, see `DeletionIntent`.
///
/// The copy is therefore exactly the state of one checkpoint. It is built under names that no
/// opening takes for a store, and gets its own when it is on the disk.
public struct StoreCopy: Hashable, Sendable {
    /// Journal position that the copied root names.
    public private(set) var journalPosition: UInt64 = 0
    /// Checkpoints that the store had made when the copied root was written.
    public private(set) var checkpointCount: UInt64 = 0
    /// Runs that were copied and passed.
    public private(set) var runCount = 0
    /// Runs with bytes that do not pass their check, copied as they are.
    public private(set) var damagedRunCount = 0
    /// Bytes of the raw tier that were copied, those of runs that gave way meanwhile among them.
    public private(set) var copiedBytes: UInt64 = 0
    /// How often a newer root had to be taken, and the first one.
    public private(set) var passCount = 0

    /// Most passes: each copies only what is new, and the owner's reserve of free slots lasts for
    /// about two checkpoints.
    public static let maximumPasses = 20

    private init() {}

    /// Copies the store of a folder, whether or not a gateway writes it.
    ///
    /// Costs a read of everything in use, and the room of the whole file.
    ///
    /// - Parameters:
    ///   - folder: The folder that the store lies in.
    ///   - target: A folder that has no store; it is made when it is missing.
    ///   - calls: How files are reached.
    ///   - progress: Is told of the share of the present pass, 0 to 1.
    /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/alreadyExists(path:)``,
    ///   ``StoreError/overtaken(path:passes:)``, ``StoreError/file(_:)``, and the errors of an
    ///   opening. Nothing of a store is then left in the target.
    /// - Returns: Which state was copied.
    public static func make(
        from folder: String,
        to target: String,
        calls: any FileCalls = SystemFileCalls(),
        progress: (Double) -> Void = { _ in }
    ) throws(StoreError) -> StoreCopy {
        let source = StorageFolder(folder, calls: calls)
        try LoadedStore.requireStore(in: source)
        let disk = try LoadedStore.disk(source, .readOnly)
        let storage = StorageFolder(target, calls: calls)
        let isThere = try StoreError.wrapping { () throws(FileError) in
            try storage.createIfMissing()
            return try storage.contains(StoreGeometry.fileName)
        }
        guard !isThere else {
            throw .alreadyExists(path: storage.path(of: StoreGeometry.fileName))
        }
        let rollups = try TierFiles.rollups(source, disk.geometry.identity, .readOnly)
        let sources = [disk] + rollups
        let files = try FreshFiles(sources.map(\.geometry), in: storage)
        do {
            var rings: [RingCopy] = []
            for source in sources {
                rings.append(RingCopy(from: source, to: try files.disk(source.geometry.tier)))
            }
            var report = StoreCopy()
            let deletions = try report.copy(&rings, in: source, progress)
            try report.finish(rings)
            try deletions.write(to: storage)
            try files.install()
            return report
        } catch {
            files.discard()
            DeletionFiles.remove(from: storage)
            throw error
        }
    }

    /// How many checkpoints the store of a folder has made by now, whether or not a gateway writes
    /// it.
    ///
    /// What is written before each checkpoint and copied after the store fits the copy when this is
    /// the copy's ``checkpointCount`` still.
    ///
    /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/file(_:)``, and the errors of an
    ///   opening.
    public static func newestCheckpoint(
        of folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> UInt64 {
        let source = StorageFolder(folder, calls: calls)
        try LoadedStore.requireStore(in: source)
        let disk = try LoadedStore.disk(source, .readOnly)
        // Of two roots that are read one may be in the middle of being written.
        let first = try LoadedStore.newestRoot(disk).mark.checkpointCount
        return max(first, try LoadedStore.newestRoot(disk).mark.checkpointCount)
    }

    /// Copies until everything that one state names is there.
    ///
    /// - Returns: The deletions of that state.
    private mutating func copy(
        _ rings: inout [RingCopy],
        in storage: StorageFolder,
        _ progress: (Double) -> Void
    ) throws(StoreError) -> DeletionFiles {
        while passCount < Self.maximumPasses {
            passCount += 1
            let deletions = try DeletionFiles(storage)
            var isSettled = true
            let count = Double(rings.count)
            for index in rings.indices {
                let share = { (part: Double) in
                    progress((Double(index) + part) / count)
                }
                isSettled = try rings[index].pass(&copiedBytes, share) && isSettled
            }
            guard isSettled else { continue }
            if rings.count > 1, try !rings[0].isNewest() { continue }
            if try DeletionFiles(storage) == deletions { return deletions }
        }
        throw .overtaken(path: rings[0].path, passes: passCount)
    }

    private mutating func finish(_ rings: [RingCopy]) throws(StoreError) {
        journalPosition = rings[0].root.mark.journalPosition
        checkpointCount = rings[0].root.mark.checkpointCount
        for ring in rings {
            damagedRunCount += ring.damaged.count
            runCount += ring.runCount - ring.damaged.count
            try StoreError.wrapping { () throws(FileError) in try ring.finish() }
        }
    }
}
