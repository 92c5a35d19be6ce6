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
        guard
            try StoreError.wrapping({ () throws(FileError) in
                try !storage.contains(StoreGeometry.fileName)
            })
        else {
            throw .alreadyExists(path: storage.path(of: StoreGeometry.fileName))
        }
        let fresh = StoreGeometry.fileName + ".new"
        try writeEmpty(geometry, in: storage, as: fresh)
        do throws(FileError) {
            try storage.rename(fresh, to: StoreGeometry.fileName)
        } catch {
            // The first error says why; that the remains could not be removed as well would not.
            _ = try? storage.remove(fresh)
            throw .file(error)
        }
        let loaded = try LoadedStore(storage, .readWrite)
        return RingStore(folder: folder, settings: settings, loaded: loaded, lock: lock)
    }

    /// Opens a store as its last checkpoint left it.
    ///
    /// Costs a read of the labels and of all runs' indexes, about half a percent of the tier.
    ///
    /// - Parameters:
    ///   - folder: The folder that it lies in.
    ///   - settings: The size of the raw tier must be that of its creation; the rest may differ.
    ///   - calls: How files are reached.
    /// - Throws: ``StoreError/notFound(path:)``; ``StoreError/file(_:)``, with
    ///   `FileError.alreadyInUse` while somebody else has it open; ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/differentSize(path:configuredBytes:actualBytes:)``,
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
        // A rebuilding that was killed leaves a file as large as the store.
        try StoreError.wrapping { () throws(FileError) in
            try storage.remove(StoreGeometry.fileName + ".new")
        }
        let loaded = try LoadedStore(storage, .readWrite)
        try requireSize(settings, expected, loaded.disk.geometry, loaded.disk.file.path)
        return RingStore(folder: folder, settings: settings, loaded: loaded, lock: lock)
    }

    /// Checks whether settings go with the store that lies in a folder.
    ///
    /// Reads the first pages and takes no lock: somebody else may have the store open.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``, ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/differentSize(path:configuredBytes:actualBytes:)``; ``StoreError/file(_:)``,
    ///   also when there is no store.
    public static func check(
        folder: String,
        settings: StoreSettings
    ) throws(StoreError) {
        let expected = try StoreGeometry(settings)
        let file = try StoreError.wrapping { () throws(FileError) in
            try StorageFolder(folder).open(StoreGeometry.fileName, .readOnly)
        }
        let fileBytes = try StoreError.wrapping { () throws(FileError) in try file.sizeBytes() }
        let found = try LoadedStore.geometry(of: file, fileBytes: fileBytes)
        try requireSize(settings, expected, found, file.path)
    }

    private static func requireSize(
        _ settings: StoreSettings,
        _ expected: StoreGeometry,
        _ found: StoreGeometry,
        _ path: String
    ) throws(StoreError) {
        guard found.tierBytes != expected.tierBytes else { return }
        throw .differentSize(
            path: path,
            configuredBytes: settings.rawTierBytes,
            actualBytes: found.tierBytes
        )
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
        return try LoadedStore.disk(storage, .readOnly).geometry.settings
    }

    /// Makes the file of an empty store under a name, and removes it again when that fails.
    static func writeEmpty(
        _ geometry: StoreGeometry,
        in storage: StorageFolder,
        as name: String
    ) throws(StoreError) {
        do throws(FileError) {
            try storage.remove(name)
            try storage.requireSpace(neededBytes: geometry.fileBytes)
        } catch {
            throw .file(error)
        }
        do throws(FileError) {
            let file = try storage.open(name, .createNew)
            try file.allocate(sizeBytes: geometry.fileBytes)
            let page = geometry.page
            try unsafe file.write(page.span.bytes, at: 0)
            try unsafe file.write(page.span.bytes, at: UInt64(StoreGeometry.pageBytes))
            let root = StoreRoot().bytes(identity: geometry.identity)
            try unsafe file.write(root.span.bytes, at: geometry.rootOffset(0))
            try file.synchronizeData()
        } catch {
            // The first error says why; that the remains could not be removed as well would not.
            _ = try? storage.remove(name)
            throw .file(error)
        }
    }
}
