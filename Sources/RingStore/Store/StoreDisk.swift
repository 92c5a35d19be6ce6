/// The open file of a store and where things lie in it; shared by the writer and all snapshots.
final class StoreDisk: Sendable {
    let file: StorageFile
    let geometry: StoreGeometry

    init(file: consuming StorageFile, geometry: StoreGeometry) {
        self.file = file
        self.geometry = geometry
    }

    /// What stands before a place in this file: its name, when it is not the store's first.
    var placePrefix: String {
        geometry.tier == .raw ? "" : "\(geometry.tier.fileName), "
    }

    /// Reads a part of a run, which may lie in several slots.
    ///
    /// - Throws: `FileError` when the disk refuses.
    /// - Returns: As many bytes as the range has.
    func bytes(of run: RunRecord, _ range: Range<Int>) throws(FileError) -> [UInt8] {
        let slotBytes = geometry.slotBytes
        let first = range.lowerBound / slotBytes
        if range.upperBound <= (first + 1) * slotBytes {
            return try file.bytes(range.count, at: offset(range.lowerBound, in: run))
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        while bytes.count < range.count {
            let start = range.lowerBound + bytes.count
            let end = min(range.upperBound, (start / slotBytes + 1) * slotBytes)
            bytes += try file.bytes(end - start, at: offset(start, in: run))
        }
        return bytes
    }

    /// Puts both roots on the disk as they are read, and everything else that was written.
    ///
    /// A process that was killed leaves a root that is only in the system's memory, and so does a
    /// wait for the disk that failed, after which it even counts as written: see
    /// ``StorageFile/synchronizeData()``. Slots are given away by what the root says that was read,
    /// so that no other one must come up after a power cut. All else that a root names was waited
    /// for before the root was written.
    func rewriteRoots() throws(FileError) {
        for number: UInt64 in 0...1 {
            let offset = geometry.rootOffset(number)
            let bytes = try file.bytes(geometry.rootBytes, at: offset)
            let length =
                StoreRoot(bytes, identity: geometry.identity, tier: geometry.tier) == nil
                ? StoreGeometry.pageBytes
                : Int(bytes.littleEndian(at: 4, as: UInt32.self) ?? 0)
            try unsafe file.write(bytes.span.bytes.extracting(first: length), at: offset)
        }
        try file.synchronizeData()
    }

    /// Writes both headers, and waits until they are on the disk.
    func writeHeaders() throws(FileError) {
        let page = geometry.page
        for offset in [0, UInt64(StoreGeometry.pageBytes)] {
            try unsafe file.write(page.span.bytes, at: offset)
        }
        try file.synchronizeData()
    }

    /// Puts a root on the disk, in the place that its number has.
    func write(_ root: StoreRoot) throws(FileError) {
        let bytes = root.bytes(identity: geometry.identity)
        precondition(bytes.count <= geometry.rootBytes, "a root has its room")
        try unsafe file.write(bytes.span.bytes, at: geometry.rootOffset(root.sequence))
        try file.synchronizeData()
    }

    /// Checksum of a chunk or an index that lies at an offset of a run; its first four bytes, which
    /// hold the checksum, are left out.
    func checksum(_ bytes: [UInt8], run: UInt64, offset: Int) -> UInt32 {
        var sum = CRC32C()
        sum.update(geometry.identity)
        sum.update(run)
        sum.update(UInt64(offset))
        unsafe sum.update(bytes.span.bytes.extracting(droppingFirst: min(4, bytes.count)))
        return sum.value
    }

    /// Where in the file a byte of a run lies.
    func offset(_ place: Int, in run: RunRecord) -> UInt64 {
        let slot = run.slots[place / geometry.slotBytes]
        return geometry.slotOffset(slot) + UInt64(place % geometry.slotBytes)
    }
}
