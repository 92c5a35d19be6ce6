/// The labels of a store as they lie on the disk: twice, while they take no more than half of the
/// room that they have.
///
/// Without them no sample could be told from another, so that one bit that the disk changes must
/// not cost them: a batch that does not pass its check is taken from the second copy.
struct StoredLabels {
    let catalogue: SeriesCatalogue
    /// How far they reach.
    let position: CatalogueBatch.Position
    let batchCount: Int
    /// Batches of the first copy that are damaged, and were taken from the second.
    let repairedBatchCount: Int
    /// All batches.
    let bytes: [UInt8]

    /// Reads the labels that a root counts.
    ///
    /// - Throws: ``StoreError/damaged(path:reason:)``, ``StoreError/file(_:)``.
    init(_ root: StoreRoot, on disk: StoreDisk) throws(StoreError) {
        let geometry = disk.geometry
        let count = Int(root.mark.catalogueBytes)
        var bytes = try Self.read(disk, count, at: geometry.catalogueOffset)
        var second: [UInt8]?
        var catalogue = SeriesCatalogue()
        var position = CatalogueBatch.Position()
        var (batchCount, repairedBatchCount) = (0, 0)
        while position.byteCount < root.mark.catalogueBytes {
            let start = Int(position.byteCount)
            if CatalogueBatch.length(in: bytes, at: start, identity: geometry.identity) == nil {
                if second == nil { second = try Self.second(disk, count) }
                let other = second ?? []
                let length = CatalogueBatch.length(
                    in: other,
                    at: start,
                    identity: geometry.identity
                )
                if let length {
                    let batch = start..<start + length
                    bytes.replaceSubrange(batch, with: other[batch])
                    repairedBatchCount += 1
                }
            }
            let next = CatalogueBatch.decode(
                bytes,
                at: position,
                identity: geometry.identity,
                into: &catalogue
            )
            guard let next else {
                throw .damaged(
                    path: disk.file.path,
                    reason: "the labels at byte \(position.byteCount) of its catalogue do "
                        + "not pass their check"
                )
            }
            position = next
            batchCount += 1
        }
        self.catalogue = catalogue
        self.position = position
        self.batchCount = batchCount
        self.repairedBatchCount = repairedBatchCount
        self.bytes = bytes
    }

    /// Makes both copies what was read; costs a read of the second one.
    func settle(on disk: StoreDisk) throws(FileError) {
        guard !bytes.isEmpty else { return }
        var isWritten = false
        if repairedBatchCount > 0 {
            try unsafe disk.file.write(bytes.span.bytes, at: disk.geometry.catalogueOffset)
            isWritten = true
        }
        if let offset = disk.geometry.secondCatalogueOffset(endingAt: UInt64(bytes.count)),
            try disk.file.bytes(bytes.count, at: offset) != bytes
        {
            try unsafe disk.file.write(bytes.span.bytes, at: offset)
            isWritten = true
        }
        if isWritten { try disk.file.synchronizeData() }
    }

    /// What lies where the second copy would, none when there is no room for one.
    private static func second(_ disk: StoreDisk, _ count: Int) throws(StoreError) -> [UInt8] {
        let offset = disk.geometry.secondCatalogueOffset(endingAt: UInt64(count))
        guard let offset else { return [] }
        return try read(disk, count, at: offset)
    }

    private static func read(
        _ disk: StoreDisk,
        _ count: Int,
        at offset: UInt64
    ) throws(StoreError) -> [UInt8] {
        try StoreError.wrapping { () throws(FileError) in
            try disk.file.bytes(count, at: offset)
        }
    }
}
