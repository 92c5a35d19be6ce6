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
/// The copy is therefore exactly the state of one checkpoint. It is built as `store.new` and gets
/// its name when it is on the disk.
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
        let fresh = StoreGeometry.fileName + ".new"
        try RingStore.writeEmpty(disk.geometry, in: storage, as: fresh)
        do {
            let copy = try LoadedStore.disk(storage, .readWrite, fileName: fresh)
            var report = StoreCopy()
            let root = try report.copyRuns(from: disk, to: copy, progress)
            try report.finish(root, on: copy)
            try StoreError.wrapping { () throws(FileError) in
                try storage.rename(fresh, to: StoreGeometry.fileName)
            }
            return report
        } catch {
            // The first error says why; that the remains could not be removed as well would not.
            _ = try? storage.remove(fresh)
            throw error
        }
    }

    /// Copies until everything that one root names is there.
    private mutating func copyRuns(
        from source: StoreDisk,
        to copy: StoreDisk,
        _ progress: (Double) -> Void
    ) throws(StoreError) -> StoreRoot {
        var passed: Set<UInt64> = []
        while passCount < Self.maximumPasses {
            passCount += 1
            let root = try LoadedStore.newestRoot(source)
            try copyCatalogue(root, from: source, to: copy)
            let runs = root.partitions.flatMap(\.runs)
            var failed: Set<UInt64> = []
            for (index, run) in runs.enumerated() where !passed.contains(run.number) {
                progress(Double(index) / Double(runs.count))
                if try self.copy(run, from: source, to: copy) {
                    passed.insert(run.number)
                } else {
                    failed.insert(run.number)
                }
            }
            let kept = failed.isEmpty ? [] : try Self.namedNow(source)
            guard failed.isSubset(of: kept) else { continue }
            damagedRunCount = failed.count
            runCount = runs.count - failed.count
            return root
        }
        throw .overtaken(path: source.file.path, passes: passCount)
    }

    /// The runs of the newest root, after everything that was read before; none when the roots
    /// change while they are looked at.
    ///
    /// While a root is being written the one before is found. Found a second time, it was the
    /// newest on the disk when the second look began, so that its slots were whole until then.
    private static func namedNow(_ source: StoreDisk) throws(StoreError) -> Set<UInt64> {
        let root = try LoadedStore.newestRoot(source)
        let again = try LoadedStore.newestRoot(source)
        guard again.sequence == root.sequence else { return [] }
        return Set(root.partitions.lazy.flatMap(\.runs).map(\.number))
    }

    private func copyCatalogue(
        _ root: StoreRoot,
        from source: StoreDisk,
        to copy: StoreDisk
    ) throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            let offset = source.geometry.catalogueOffset
            let bytes = try source.file.bytes(Int(root.mark.catalogueBytes), at: offset)
            try unsafe copy.file.write(bytes.span.bytes, at: offset)
        }
        _ = try LoadedStore.catalogue(of: root, on: copy)
    }

    /// Copies the slots of a run and says whether all of it passes its checks in the copy.
    private mutating func copy(
        _ run: RunRecord,
        from source: StoreDisk,
        to copy: StoreDisk
    ) throws(StoreError) -> Bool {
        do {
            var place = 0
            let end = run.dataBytes + run.indexBytes
            while place < end {
                let next = min(end, place + source.geometry.slotBytes)
                let bytes = try source.bytes(of: run, place..<next)
                try unsafe copy.file.write(bytes.span.bytes, at: copy.offset(place, in: run))
                place = next
            }
            copiedBytes += UInt64(end)
            guard let opened = try SealedRun.open(run, disk: copy) else { return false }
            return try opened.isWhole()
        } catch {
            throw .file(error)
        }
    }

    private mutating func finish(_ root: StoreRoot, on copy: StoreDisk) throws(StoreError) {
        journalPosition = root.mark.journalPosition
        checkpointCount = root.mark.checkpointCount
        let geometry = copy.geometry
        try StoreError.wrapping { () throws(FileError) in
            try copy.file.synchronizeData()
            // The root of an empty store, which stands in the first place, must not count.
            let zeros = [UInt8](repeating: 0, count: StoreGeometry.pageBytes)
            try unsafe copy.file.write(zeros.span.bytes, at: geometry.rootOffset(0))
            let bytes = root.bytes(identity: geometry.identity)
            try unsafe copy.file.write(bytes.span.bytes, at: geometry.rootOffset(root.sequence))
            try copy.file.synchronizeData()
        }
    }
}

extension SealedRun {
    /// Whether every chunk passes its check.
    func isWhole() throws(FileError) -> Bool {
        for index in fences.indices {
            do {
                _ = try chunk(index)
            } catch .file(let error) {
                throw error
            } catch {
                return false
            }
        }
        return true
    }
}
