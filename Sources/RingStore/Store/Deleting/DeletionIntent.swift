internal import Telemetry

/// A deletion under way, in a file of its own until it is done: after a crash the next opening
/// carries it out to its end.
///
/// The file `store.deleting`, all numbers with their lowest byte first: CRC-32C of the bytes after
/// it (4 bytes), identity of the store (8), first and last time in milliseconds since 1970 (8
/// each), count of series (4), the number of each (4).
struct DeletionIntent: Equatable {
    static let fileName = "store.deleting"
    /// Name of one that belongs to a store that is being built, see ``TierFiles``, or that is being
    /// written in the place of ``fileName``.
    static let freshFileName = "store.deleting.new"

    let identity: UInt64
    let range: ClosedRange<Int64>
    let series: [UInt32]

    init(identity: UInt64, range: ClosedRange<Int64>, series: [UInt32]) {
        self.identity = identity
        self.range = range
        self.series = series
    }

    var bytes: [UInt8] {
        var body: [UInt8] = []
        body.appendLittleEndian(identity)
        body.appendLittleEndian(range.lowerBound)
        body.appendLittleEndian(range.upperBound)
        body.appendLittleEndian(UInt32(series.count))
        for number in series { body.appendLittleEndian(number) }
        var bytes: [UInt8] = []
        unsafe bytes.appendLittleEndian(CRC32C.checksum(body.span.bytes))
        return bytes + body
    }

    /// Reads one, or returns nil when the bytes do not pass their check.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        let sum = reader.take(UInt32.self)
        guard bytes.count >= 32,
            unsafe sum == CRC32C.checksum(bytes.span.bytes.extracting(droppingFirst: 4))
        else { return nil }
        identity = reader.take()
        let (lower, upper) = (reader.take(Int64.self), reader.take(Int64.self))
        let count = Int(reader.take(UInt32.self))
        guard lower <= upper, reader.remaining == 4 * count else { return nil }
        range = lower...upper
        series = (0..<count).map { _ in reader.take() }
    }

    /// Writes it under the name of a fresh one, and waits until that and its bytes are on the disk.
    ///
    /// - Throws: `FileError.system` with the reason.
    func writeFresh(
        _ access: StorageFile.Access,
        in storage: StorageFolder
    ) throws(FileError) {
        let file = try storage.open(Self.freshFileName, access)
        let bytes = bytes
        try unsafe file.write(bytes.span.bytes, at: 0)
        try file.synchronizeData()
        try storage.synchronize()
    }

    /// The deletion that a folder's store is in the middle of, or nil.
    ///
    /// One that does not pass its check is none: that is told by a verification.
    ///
    /// - Throws: ``StoreError/file(_:)``.
    static func load(
        _ storage: StorageFolder,
        isFresh: Bool = false
    ) throws(StoreError) -> DeletionIntent? {
        try StoreError.wrapping { () throws(FileError) in
            try storage.contents(of: isFresh ? freshFileName : fileName)
        }.flatMap { DeletionIntent($0) }
    }
}
