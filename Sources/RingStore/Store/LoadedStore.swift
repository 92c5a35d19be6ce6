/// What the files of a store say, read and checked.
struct LoadedStore {
    let raw: LoadedRing
    /// The rollup tiers that there are, the finest first.
    let rollups: [LoadedRing]
    let labels: StoredLabels

    var catalogue: SeriesCatalogue { labels.catalogue }

    /// For each series a time that none of its samples is after; costs a pass over all runs.
    func latestSamples() -> PagedArray<LatestSample> {
        var times = [Int64](repeating: .min, count: catalogue.count)
        for run in raw.partitions.lazy.flatMap(\.runs) {
            run.series.forEach { number in
                times[Int(number)] = max(times[Int(number)], run.record.latest)
            }
        }
        var latest = PagedArray<LatestSample>()
        for time in times { latest.append(LatestSample(notAfter: time)) }
        return latest
    }

    /// Takes the lock of a folder that has a store.
    ///
    /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/file(_:)``.
    /// - Returns: The lock.
    static func lock(
        _ storage: StorageFolder,
        _ mode: DirectoryLock.Mode
    ) throws(StoreError) -> DirectoryLock {
        try requireStore(in: storage)
        return try StoreError.wrapping { () throws(FileError) in
            try DirectoryLock(folder: storage.path, mode: mode)
        }
    }

    /// Checks that a folder has a store.
    ///
    /// - Throws: ``StoreError/notFound(path:)``, ``StoreError/file(_:)``.
    static func requireStore(in storage: StorageFolder) throws(StoreError) {
        let isThere = try StoreError.wrapping { () throws(FileError) in
            try storage.contains(StoreGeometry.fileName)
        }
        guard isThere else { throw .notFound(path: storage.path(of: StoreGeometry.fileName)) }
    }

    /// Reads everything but the samples.
    ///
    /// - Throws: ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/foreignTier(path:tier:)``, ``StoreError/damaged(path:reason:)``,
    ///   ``StoreError/file(_:)``.
    init(_ storage: StorageFolder, _ access: StorageFile.Access) throws(StoreError) {
        let disk = try Self.disk(storage, access)
        try self.init(disk, rollups: try TierFiles.rollups(storage, disk.geometry.identity, access))
    }

    /// Reads everything but the samples of a raw tier and the rollup tiers that belong to it.
    init(_ disk: StoreDisk, rollups: [StoreDisk] = []) throws(StoreError) {
        let root = try Self.newestRoot(disk)
        labels = try StoredLabels(root, on: disk)
        let count = labels.catalogue.count
        raw = try LoadedRing(disk, root, seriesCount: count)
        var loaded: [LoadedRing] = []
        for disk in rollups {
            var ring = try LoadedRing(disk, Self.newestRoot(disk), seriesCount: count)
            ring.setFrontierBack(rawHorizon: raw.root.horizon)
            loaded.append(ring)
        }
        self.rollups = loaded
    }

    /// Opens the file of a tier and reads its layout.
    ///
    /// - Throws: ``StoreError/notAStore(path:)``,
    ///   ``StoreError/newerFormat(path:version:supported:)``,
    ///   ``StoreError/damaged(path:reason:)`` for one that is cut short, ``StoreError/file(_:)``.
    static func disk(
        _ storage: StorageFolder,
        _ access: StorageFile.Access,
        tier: StoreTier = .raw,
        fileName: String? = nil
    ) throws(StoreError) -> StoreDisk {
        let file = try StoreError.wrapping { () throws(FileError) in
            try storage.open(fileName ?? tier.fileName, access)
        }
        let fileBytes = try StoreError.wrapping { () throws(FileError) in try file.sizeBytes() }
        let geometry = try Self.geometry(of: file, fileBytes: fileBytes)
        guard geometry.tier == tier else { throw .notAStore(path: file.path) }
        guard fileBytes >= geometry.fileBytes else {
            throw .damaged(
                path: file.path,
                reason: "it ends after \(fileBytes) of \(geometry.fileBytes) bytes"
            )
        }
        return StoreDisk(file: file, geometry: geometry)
    }

    /// Reads the layout from the first pages: the second counts where the first does not pass.
    static func geometry(
        of file: borrowing StorageFile,
        fileBytes: UInt64
    ) throws(StoreError) -> StoreGeometry {
        let pageBytes = UInt64(StoreGeometry.pageBytes)
        var newer: StoreError?
        for offset in [0, pageBytes] where fileBytes >= offset + pageBytes {
            let page: [UInt8]
            do {
                page = try file.bytes(StoreGeometry.pageBytes, at: offset)
            } catch {
                throw .file(error)
            }
            do {
                if let geometry = try StoreGeometry(page: page, path: file.path) { return geometry }
            } catch {
                newer = error
            }
        }
        throw newer ?? .notAStore(path: file.path)
    }

    /// Reads the valid root of the higher number.
    ///
    /// - Throws: ``StoreError/damaged(path:reason:)`` when there is none, or it contradicts itself;
    ///   ``StoreError/file(_:)``.
    static func newestRoot(_ disk: StoreDisk) throws(StoreError) -> StoreRoot {
        let geometry = disk.geometry
        var newest: StoreRoot?
        for number: UInt64 in 0...1 {
            let offset = geometry.rootOffset(number)
            let bytes = try StoreError.wrapping { () throws(FileError) in
                try disk.file.bytes(geometry.rootBytes, at: offset)
            }
            let root = StoreRoot(bytes, identity: geometry.identity, tier: geometry.tier)
            guard let root else { continue }
            if root.sequence >= newest?.sequence ?? 0 { newest = root }
        }
        guard let newest else {
            throw .damaged(
                path: disk.file.path,
                reason: "neither of its two roots passes its check"
            )
        }
        if let fault = newest.fault(geometry) {
            throw .damaged(path: disk.file.path, reason: fault)
        }
        return newest
    }
}
