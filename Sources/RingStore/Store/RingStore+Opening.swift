extension RingStore {
    /// Makes an empty store in a folder that has none, with all of its space reserved.
    ///
    /// The folder is made when it is missing; its parent must be there.
    ///
    /// - Parameters:
    ///   - folder: The folder that it shall lie in.
    ///   - settings: Its sizes and limits.
    ///   - calls: How files are reached.
    /// - Throws: ``StoreError/invalidSettings(reason:)``, ``StoreError/alreadyExists(path:)``;
    ///   ``StoreError/file(_:)`` when the disk has too little room or the folder refuses, and then
    ///   nothing of a store is left behind.
    /// - Returns: The open store.
    public static func create(
        folder: String,
        settings: StoreSettings = StoreSettings(),
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> RingStore {
        let geometry = try StoreGeometry(settings)
        let storage = StorageFolder(folder, calls: calls)
        let lock = try StoreError.wrapping { () throws(FileError) in
            try storage.createIfMissing()
            return try DirectoryLock(folder: folder)
        }
        let isThere = try StoreError.wrapping { () throws(FileError) in
            try storage.contains(StoreGeometry.fileName)
        }
        guard !isThere else {
            throw .alreadyExists(path: storage.path(of: StoreGeometry.fileName))
        }
        try FreshFiles.make(geometry.withRollups(settings), in: storage)
        let loaded = try LoadedStore(storage, .readWrite)
        return RingStore(folder: folder, settings: settings, loaded: loaded, lock: lock)
    }

    /// Opens a store as its last checkpoint left it.
    ///
    /// Costs a read of the labels and of all runs' indexes, about half a percent of the tier.
    ///
    /// - Parameters:
    ///   - folder: The folder that it lies in.
    ///   - settings: The sizes of tiers must be those of their creation; a rollup tier that is not
    ///     there yet is made, and filled from the raw one by the next checkpoint; the rest may
    ///     differ.
    ///   - calls: How files are reached.
    /// - Throws: ``StoreError/notFound(path:)``; ``StoreError/file(_:)``, with
    ///   `FileError.alreadyInUse` while somebody else has it open; ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/differentSize(path:tier:configuredBytes:actualBytes:)``,
    ///   ``StoreError/damaged(path:reason:)``, ``StoreError/invalidSettings(reason:)``.
    /// - Returns: The open store.
    public static func open(
        folder: String,
        settings: StoreSettings = StoreSettings(),
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> RingStore {
        let expected = try StoreGeometry(settings)
        let storage = StorageFolder(folder, calls: calls)
        let lock = try LoadedStore.lock(storage, .exclusive)
        try TierFiles.settle(storage)
        var loaded = try LoadedStore(storage, .readWrite)
        let found = [loaded.raw.disk] + loaded.rollups.map(\.disk)
        try requireSizes(expected.withRollups(settings), found.map(\.geometry), storage)
        if loaded.rollups.count < settings.rollupBytes.count {
            try addRollups(settings, to: loaded, in: storage)
            loaded = try LoadedStore(storage, .readWrite)
        }
        let disks = loaded.rollups.map(\.disk) + [loaded.raw.disk]
        try StoreError.wrapping { () throws(FileError) in
            // Rollup tiers first: what the raw one lets go must never be the only copy.
            for disk in disks { try disk.rewriteRoots() }
            try loaded.labels.settle(on: loaded.raw.disk)
        }
        var store = RingStore(folder: folder, settings: settings, loaded: loaded, lock: lock)
        try store.finishDeletion()
        return store
    }

    /// Makes the rollup tiers that are wanted and not there.
    ///
    /// They begin behind the bucket that the raw tier has partly let go.
    private static func addRollups(
        _ settings: StoreSettings,
        to loaded: LoadedStore,
        in storage: StorageFolder
    ) throws(StoreError) {
        let known = loaded.rollups.map(\.disk.geometry.tier)
        for layout in loaded.raw.disk.geometry.withRollups(settings).dropFirst()
        where !known.contains(layout.tier) {
            let rawHorizon = loaded.raw.root.horizon
            let horizon = RollupTier.firstHorizon(layout.tier, rawHorizon: rawHorizon)
            try FreshFiles.make([layout], in: storage, horizon: horizon)
        }
    }

    /// Checks whether settings go with the store that lies in a folder.
    ///
    /// Reads the first pages and takes no lock: somebody else may have the store open.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``, ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/differentSize(path:tier:configuredBytes:actualBytes:)``;
    ///   ``StoreError/file(_:)``, also when there is no store.
    public static func check(
        folder: String,
        settings: StoreSettings
    ) throws(StoreError) {
        let expected = try StoreGeometry(settings)
        let storage = StorageFolder(folder)
        try requireSizes(expected.withRollups(settings), layouts(in: storage), storage)
    }

    /// Reads how the tiers of a store are laid out; takes no lock.
    private static func layouts(in storage: StorageFolder) throws(StoreError) -> [StoreGeometry] {
        let raw = try LoadedStore.disk(storage, .readOnly).geometry
        return [raw] + (try TierFiles.rollups(storage, raw.identity, .readOnly).map(\.geometry))
    }

    /// Checks that every tier has the size that is expected, but for those that are not there yet.
    private static func requireSizes(
        _ expected: [StoreGeometry],
        _ found: [StoreGeometry],
        _ storage: StorageFolder
    ) throws(StoreError) {
        for layout in found {
            let wanted = expected.first { $0.tier == layout.tier }?.tierBytes ?? 0
            guard layout.tierBytes != wanted else { continue }
            throw .differentSize(
                path: storage.path(of: layout.tier.fileName),
                tier: layout.tier,
                configuredBytes: wanted,
                actualBytes: layout.tierBytes
            )
        }
    }

    /// The sizes of the store that lies in a folder, as settings that open it.
    ///
    /// Reads the first pages and takes no lock. The limit of series is the one that its labels have
    /// room for.
    ///
    /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/damaged(path:reason:)``, ``StoreError/file(_:)``.
    /// - Returns: The sizes; everything else is preset.
    public static func sizes(
        folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws(StoreError) -> StoreSettings {
        let storage = StorageFolder(folder, calls: calls)
        try LoadedStore.requireStore(in: storage)
        let layouts = try layouts(in: storage)
        var settings = layouts[0].settings
        for layout in layouts.dropFirst() { settings.rollupBytes[layout.tier] = layout.tierBytes }
        return settings
    }
}
