/// The files of a store that is being built, under names that no opening takes for a store.
struct FreshFiles {
    private let storage: StorageFolder
    private let tiers: [StoreTier]

    /// Makes the files of an empty store; when that fails nothing is left of them.
    ///
    /// - Parameters:
    ///   - layouts: The raw tier's, then those of the rollup tiers; or of a single rollup tier.
    ///   - storage: The folder that they shall lie in.
    ///   - horizon: Where a rollup tier begins.
    /// - Throws: ``StoreError/file(_:)``, with `FileError.notEnoughSpace` before anything is
    ///   written.
    init(
        _ layouts: [StoreGeometry],
        in storage: StorageFolder,
        horizon: Int64 = .min
    ) throws(StoreError) {
        self.storage = storage
        tiers = layouts.map(\.tier)
        do {
            try StoreError.wrapping { () throws(FileError) in
                for tier in tiers { try storage.remove(tier.freshFileName) }
                let needed = layouts.reduce(0) { $0 + $1.fileBytes }
                try storage.requireSpace(neededBytes: needed)
                for layout in layouts { try Self.write(layout, horizon, in: storage) }
            }
        } catch {
            discard()
            throw error
        }
    }

    /// Makes an empty store, or a single rollup tier; when that fails nothing is left of it.
    ///
    /// - Throws: As ``init(_:in:horizon:)`` and ``install()``.
    static func make(
        _ layouts: [StoreGeometry],
        in storage: StorageFolder,
        horizon: Int64 = .min
    ) throws(StoreError) {
        let files = try FreshFiles(layouts, in: storage, horizon: horizon)
        do {
            try files.install()
        } catch {
            files.discard()
            throw error
        }
    }

    /// Opens one of them.
    ///
    /// - Throws: As ``LoadedStore/disk(_:_:tier:fileName:)``.
    func disk(_ tier: StoreTier) throws(StoreError) -> StoreDisk {
        try LoadedStore.disk(storage, .readWrite, tier: tier, fileName: tier.freshFileName)
    }

    /// Gives them their names, in the place of what has them.
    ///
    /// - Throws: ``StoreError/file(_:)``; everything is then as before, unless the first one had
    ///   its name already and only the wait for that failed: see ``isInstalled``.
    func install() throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            // None of their names may be lost when the first one is not.
            if tiers.count > 1 { try storage.synchronize() }
            // With this renaming the new store counts.
            try storage.rename(tiers[0].freshFileName, to: tiers[0].fileName)
        }
        for tier in tiers.dropFirst() {
            // What is left out here is made up for by the next opening.
            _ = try? storage.rename(tier.freshFileName, to: tier.fileName)
        }
    }

    /// Whether the first one has its name, or may have it when the disk does not say, so that the
    /// others belong to a store that counts.
    private var isInstalled: Bool {
        (try? storage.contains(tiers[0].freshFileName)) != true
    }

    /// Removes them, unless the next opening needs them.
    func discard() {
        guard !isInstalled else { return }
        // The first error says why; that the remains could not be removed as well would not.
        for tier in tiers { _ = try? storage.remove(tier.freshFileName) }
    }

    /// Makes the file of an empty tier.
    private static func write(
        _ layout: StoreGeometry,
        _ horizon: Int64,
        in storage: StorageFolder
    ) throws(FileError) {
        let file = try storage.open(layout.tier.freshFileName, .createNew)
        try file.allocate(sizeBytes: layout.fileBytes)
        var root = StoreRoot.empty(layout.tier)
        if layout.tier != .raw { root.horizon = horizon }
        let bytes = root.bytes(identity: layout.identity)
        try unsafe file.write(bytes.span.bytes, at: layout.rootOffset(root.sequence))
        try file.synchronizeData()
        // Last, so that a file which can be told by its header is whole.
        try StoreDisk(file: file, geometry: layout).writeHeaders()
    }
}
