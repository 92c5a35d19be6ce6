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
    ///   ``LoadedStore/disk(_:_:tier:isFresh:)``.
    static func rollups(
        _ storage: StorageFolder,
        _ identity: UInt64,
        _ access: StorageFile.Access
    ) throws(StoreError) -> [StoreDisk] {
        var found: [StoreDisk] = []
        for tier in StoreTier.rollups {
            let settled = try disk(storage, tier, access, isFresh: false)
            if let settled, settled.geometry.identity == identity {
                found.append(settled)
                continue
            }
            let fresh = try? disk(storage, tier, access, isFresh: true)
            if let fresh, fresh.geometry.identity == identity {
                found.append(fresh)
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
        }
        let identity = try LoadedStore.disk(storage, .readOnly).geometry.identity
        let isDeleting = try DeletionIntent.load(storage, isFresh: true)?.identity == identity
        try StoreError.wrapping { () throws(FileError) in
            if isDeleting {
                try storage.rename(DeletionIntent.freshFileName, to: DeletionIntent.fileName)
            } else {
                try storage.remove(DeletionIntent.freshFileName)
            }
        }
        for tier in StoreTier.rollups {
            // One that a crash cut short cannot be read, and is none of this store.
            let fresh = try? disk(storage, tier, .readOnly, isFresh: true)
            let isWanted = fresh?.geometry.identity == identity
            try StoreError.wrapping { () throws(FileError) in
                if isWanted {
                    try storage.rename(tier.freshFileName, to: tier.fileName)
                } else {
                    try storage.remove(tier.freshFileName)
                }
            }
        }
    }

    /// Opens the file of a tier, or returns nil when there is none.
    private static func disk(
        _ storage: StorageFolder,
        _ tier: StoreTier,
        _ access: StorageFile.Access,
        isFresh: Bool
    ) throws(StoreError) -> StoreDisk? {
        do {
            return try LoadedStore.disk(storage, access, tier: tier, isFresh: isFresh)
        } catch .file(let error) where error.isNotFound {
            return nil
        }
    }
}
