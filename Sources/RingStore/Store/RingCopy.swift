/// The copy of one tier's file under way, see ``StoreCopy``.
struct RingCopy {
    private let source: StoreDisk
    private let copy: StoreDisk
    /// The root that counts.
    private(set) var root = StoreRoot()
    /// Runs of it that do not pass their checks and that nobody can have written over.
    private(set) var damaged: Set<UInt64> = []
    /// Runs that were copied and passed.
    private var passed: Set<UInt64> = []

    init(from source: StoreDisk, to copy: StoreDisk) {
        self.source = source
        self.copy = copy
    }

    /// The file that is copied.
    var path: String { source.file.path }

    /// How many runs the copied root names.
    var runCount: Int { root.partitions.reduce(0) { $0 + $1.runs.count } }

    /// Copies what the newest root names and is not there yet.
    ///
    /// - Parameters:
    ///   - copiedBytes: Gets the bytes that were copied.
    ///   - progress: Is told of the share that is done, 0 to 1.
    /// - Throws: ``StoreError``.
    /// - Returns: Whether all of it is there now.
    mutating func pass(
        _ copiedBytes: inout UInt64,
        _ progress: (Double) -> Void
    ) throws(StoreError) -> Bool {
        root = try LoadedStore.newestRoot(source)
        try copyCatalogue()
        let runs = root.partitions.flatMap(\.runs)
        damaged = []
        for (index, run) in runs.enumerated() where !passed.contains(run.number) {
            progress(Double(index) / Double(runs.count))
            if try copy(run, &copiedBytes) {
                passed.insert(run.number)
            } else {
                damaged.insert(run.number)
            }
        }
        return damaged.isEmpty ? true : damaged.isSubset(of: try namedNow())
    }

    /// Whether the copied root is the newest that there is; false when that changes just now.
    func isNewest() throws(StoreError) -> Bool {
        let now = try LoadedStore.newestRoot(source)
        let again = try LoadedStore.newestRoot(source)
        return now.sequence == root.sequence && again.sequence == root.sequence
    }

    /// Puts the root in its place when everything else is on the disk.
    func finish() throws(FileError) {
        try copy.file.synchronizeData()
        // Over the root of an empty store, too.
        var second = root
        second.sequence += 1
        for root in [root, second] { try copy.write(root) }
    }

    /// The runs of the newest root, after everything that was read before; none when the roots
    /// change while they are looked at.
    ///
    /// While a root is being written the one before is found. Found a second time, it was the
    /// newest on the disk when the second look began, so that its slots were whole until then.
    private func namedNow() throws(StoreError) -> Set<UInt64> {
        let root = try LoadedStore.newestRoot(source)
        let again = try LoadedStore.newestRoot(source)
        guard again.sequence == root.sequence else { return [] }
        return Set(root.partitions.lazy.flatMap(\.runs).map(\.number))
    }

    private func copyCatalogue() throws(StoreError) {
        let labels = try StoredLabels(root, on: source)
        try StoreError.wrapping { () throws(FileError) in
            try unsafe copy.file.write(
                labels.bytes.span.bytes,
                at: source.geometry.catalogueOffset
            )
        }
        let copied = try StoredLabels(root, on: copy)
        try StoreError.wrapping { () throws(FileError) in try copied.settle(on: copy) }
    }

    /// Copies the slots of a run and says whether all of it passes its checks in the copy.
    private func copy(_ run: RunRecord, _ copiedBytes: inout UInt64) throws(StoreError) -> Bool {
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
}

extension SealedRun {
    /// Whether every chunk passes its check.
    fileprivate func isWhole() throws(FileError) -> Bool {
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
