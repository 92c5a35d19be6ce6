/// Which files of a folder are the tiers of its store.
///
/// All files of a store have one identity. A store that is built anew gets another one; its files
/// are made under names of their own, see ``StoreTier/freshFileName``. The renaming of the raw
/// tier's file makes it count; those of the rollup tiers follow, and that of a deletion which is
/// under way, see ``DeletionIntent``; an opening makes up for what a crash has left out.
enum TierFiles {
    /// The rollup tiers that belong to a raw tier, the finest first.
    ///
    /// - Throws: ``StoreError/foreignTier(path:tier:)`` for one of another store; the errors of
    ///   ``LoadedStore/disk(_:_:tier:fileName:)``.
    static func rollups(
        _ storage: StorageFolder,
        _ identity: UInt64,
        _ access: StorageFile.Access
    ) throws(StoreError) -> [StoreDisk] {
        var found: [StoreDisk] = []
        for tier in StoreTier.rollups {
            let settled = try disk(storage, tier, access)
            if let settled, settled.geometry.identity == identity {
                found.append(settled)
                continue
            }
            // What a crash has left under another name, see ``settle(_:)``.
            var other = try owned(tier.freshFileName, tier, identity, storage, access)
            if other == nil {
                other = try owned(tier.retiredFileName, tier, identity, storage, access)
            }
            if let other {
                found.append(other)
            } else if let settled {
                throw .foreignTier(path: settled.file.path, tier: tier)
            }
        }
        return found
    }

    /// Finishes what a crash may have left half done, under the folder's lock.
    ///
    /// - Throws: As ``rollups(_:_:_:)``.
    static func settle(_ storage: StorageFolder) throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            try storage.remove(StoreTier.raw.freshFileName)
            // The raw tier's name says what counts: nothing may go by it that a power cut outlives
            // and it does not.
            try storage.synchronize()
        }
        let identity = try LoadedStore.disk(storage, .readOnly).geometry.identity
        let deletion = try DeletionIntent.load(storage, isFresh: true)
        try StoreError.wrapping { () throws(FileError) in
            if let deletion, deletion.identity == identity {
                // It may be in the system's memory only, when whoever wrote it was killed before
                // the wait for the disk. A power cut must not take it away once samples are gone.
                try deletion.writeFresh(.readWrite, in: storage)
                try storage.rename(DeletionIntent.freshFileName, to: DeletionIntent.fileName)
            } else {
                try storage.remove(DeletionIntent.freshFileName)
            }
        }
        for tier in StoreTier.rollups {
            try settle(tier.retiredFileName, tier, identity, storage)
            try settle(tier.freshFileName, tier, identity, storage)
        }
    }

    /// Gives a file its tier's name when it belongs to the store, and removes it else.
    private static func settle(
        _ name: String,
        _ tier: StoreTier,
        _ identity: UInt64,
        _ storage: StorageFolder
    ) throws(StoreError) {
        let disk = try owned(name, tier, identity, storage, .readWrite)
        try StoreError.wrapping { () throws(FileError) in
            if let disk {
                // A crash may have left one of them only, in a file that was being made.
                try disk.writeHeaders()
                try storage.rename(name, to: tier.fileName)
            } else {
                try storage.remove(name)
            }
        }
    }

    /// Opens a file of the store, or returns nil when it is none: not there, of another store, or
    /// cut short before it had a header.
    ///
    /// - Throws: ``StoreError/file(_:)`` when the disk refuses, for then it may be one;
    ///   ``StoreError/newerFormat(path:version:supported:)``.
    private static func owned(
        _ name: String,
        _ tier: StoreTier,
        _ identity: UInt64,
        _ storage: StorageFolder,
        _ access: StorageFile.Access
    ) throws(StoreError) -> StoreDisk? {
        do {
            let disk = try LoadedStore.disk(storage, access, tier: tier, fileName: name)
            return disk.geometry.identity == identity ? disk : nil
        } catch {
            switch error {
            case .notAStore, .damaged: return nil
            case .file(let fault) where fault.isNotFound: return nil
            default: throw error
            }
        }
    }

    /// Opens the file of a tier, or returns nil when there is none.
    private static func disk(
        _ storage: StorageFolder,
        _ tier: StoreTier,
        _ access: StorageFile.Access
    ) throws(StoreError) -> StoreDisk? {
        do {
            return try LoadedStore.disk(storage, access, tier: tier)
        } catch .file(let error) where error.isNotFound {
            return nil
        }
    }
}
