internal import Telemetry

extension RingStore {
    /// Makes the deletion that an old store is in the middle of one of this store, which shall take
    /// its place, under a name that counts only then; its next opening carries it out.
    ///
    /// - Parameters:
    ///   - identity: That of the old store.
    ///   - numbers: The series of the old store's numbers, nil for those without samples.
    ///   - storage: The folder of both.
    /// - Throws: ``StoreError/file(_:)``.
    func takeDeletion(
        of identity: UInt64,
        _ numbers: [SeriesID?],
        in storage: StorageFolder
    ) throws(StoreError) {
        guard let old = try DeletionIntent.load(storage), old.identity == identity else { return }
        let known = old.series.filter { $0 < numbers.count }
        let intent = DeletionIntent(
            identity: disk.geometry.identity,
            range: old.range,
            series: known.compactMap { numbers[Int($0)]?.rawValue }.sorted()
        )
        // Its name is on the disk before that of the new store: without it the deletion would be
        // one of no store.
        try StoreError.wrapping { () throws(FileError) in
            try intent.writeFresh(.createNew, in: storage)
        }
    }
}
