internal import Telemetry

/// How the file of one tier of a store is laid out.
///
/// Header page, the same again, two roots, the catalogue (in the raw tier only), slots. Every
/// field: <doc:StoreFormat>.
///
/// **Order of writes.** A checkpoint writes samples into free slots and new labels behind those
/// that the last root counts, waits for the disk, writes the next root over the one before the
/// last, and waits again. Until then the last root and all that it names are untouched, so that a
/// crash at any moment leaves a whole state. Slots that a root no longer names are free only when
/// that root is on the disk.
struct StoreGeometry: Hashable, Sendable {
    /// Name of the raw tier's file in its folder.
    static let fileName = StoreTier.raw.fileName
    static let version: UInt32 = 1
    static let pageBytes = 4096
    /// Slots of the smallest tiers: a page of the disk.
    static let smallestSlotBytes = 4096
    /// Slots of the largest tiers; a run wastes half of one on the average.
    static let largestSlotBytes = 1 << 20
    /// A tier between is cut into so many slots or up to twice as many.
    static let usualSlotCount = 4096
    /// Bytes of the catalogue for each series: three times what real series take, because texts
    /// are kept once.
    static let catalogueBytesPerSeries = 128
    /// Bytes of a partition of a large tier: rewriting it takes below a second.
    static let largestPartitionBytes = 32 << 20

    /// Which tier lies in it.
    let tier: StoreTier
    /// Random number of this store, the same in all of its files; it takes part in every checksum,
    /// so that bytes of another store never pass for this one's.
    let identity: UInt64
    /// Version of the format that the header names; that of this program in a new store.
    let foundVersion: UInt32
    /// Bytes of a slot.
    let slotBytes: Int
    /// Slots of the tier.
    let slotCount: Int
    /// Bytes of the catalogue.
    let catalogueBytes: Int
    /// Bytes of each of the two roots.
    let rootBytes: Int

    /// Lays out a new store's raw tier.
    ///
    /// - Throws: ``StoreError/invalidSettings(reason:)``.
    init(_ settings: StoreSettings) throws(StoreError) {
        try settings.validate()
        let labels = max(64 << 10, settings.maximumSeries * Self.catalogueBytesPerSeries)
        self.init(
            .raw,
            bytes: settings.rawTierBytes,
            identity: .random(in: 1 ... .max),
            catalogueBytes: Self.pages(labels)
        )
    }

    /// Lays out a new tier of a store.
    init(_ tier: StoreTier, bytes: UInt64, identity: UInt64, catalogueBytes: Int = 0) {
        self.tier = tier
        self.identity = identity
        self.catalogueBytes = catalogueBytes
        foundVersion = Self.version
        var slotBytes = Self.smallestSlotBytes
        while slotBytes < Self.largestSlotBytes,
            bytes / UInt64(slotBytes * 2) >= UInt64(Self.usualSlotCount)
        {
            slotBytes *= 2
        }
        self.slotBytes = slotBytes
        slotCount = Int(bytes / UInt64(slotBytes))
        rootBytes = Self.pages(StoreRoot.largestBytes(slotCount: slotCount))
    }

    /// This layout and those of the rollup tiers that settings ask for, the finest first.
    func withRollups(_ settings: StoreSettings) -> [StoreGeometry] {
        [self]
            + StoreTier.rollups.compactMap { tier in
                settings.rollupBytes[tier].map { bytes in
                    StoreGeometry(tier, bytes: bytes, identity: identity)
                }
            }
    }

    /// Reads a header page, or nil when the bytes are none.
    ///
    /// - Throws: ``StoreError/newerFormat(path:version:supported:)``.
    init?(page: [UInt8], path: String) throws(StoreError) {
        var reader = ByteReader(page)
        let magic = reader.take(UInt64.self)
        let tier = StoreTier.allCases.first { magic == $0.magic.littleEndian(at: 0) }
        guard let tier else { return nil }
        let version = reader.take(UInt32.self)
        guard version > 0 else { return nil }
        if version > Self.version {
            throw .newerFormat(path: path, version: version, supported: Self.version)
        }
        let sum = reader.take(UInt32.self)
        guard page.count >= 56, sum == Self.checksum(page) else { return nil }
        self.tier = tier
        identity = reader.take()
        foundVersion = version
        slotBytes = Int(clamping: reader.take(UInt64.self))
        slotCount = Int(clamping: reader.take(UInt64.self))
        catalogueBytes = Int(clamping: reader.take(UInt64.self))
        rootBytes = Int(clamping: reader.take(UInt64.self))
    }

    /// The header page.
    var page: [UInt8] {
        var bytes = tier.magic
        bytes.appendLittleEndian(foundVersion)
        bytes.appendLittleEndian(UInt32(0))
        bytes.appendLittleEndian(identity)
        for number in [slotBytes, slotCount, catalogueBytes, rootBytes] {
            bytes.appendLittleEndian(UInt64(number))
        }
        var sum: [UInt8] = []
        sum.appendLittleEndian(Self.checksum(bytes))
        bytes.replaceSubrange(12..<16, with: sum)
        return bytes + [UInt8](repeating: 0, count: Self.pageBytes - bytes.count)
    }

    /// Settings that lay out a store with a raw tier of these sizes.
    var settings: StoreSettings {
        let series = catalogueBytes / Self.catalogueBytesPerSeries
        return StoreSettings(
            rawTierBytes: tierBytes,
            maximumSeries: min(max(1, series), StoreSettings.maximumSeriesLimit)
        )
    }

    /// Where a root of a number lies.
    func rootOffset(_ sequence: UInt64) -> UInt64 {
        UInt64(2 * Self.pageBytes) + (sequence & 1) * UInt64(rootBytes)
    }

    /// Where the second copy of the labels lies, in the second half of the catalogue; nil when the
    /// labels reach into that half themselves.
    func secondCatalogueOffset(endingAt byteCount: UInt64) -> UInt64? {
        let half = UInt64(catalogueBytes / Self.pageBytes / 2 * Self.pageBytes)
        return byteCount <= half ? catalogueOffset + half : nil
    }

    /// Where the catalogue begins.
    var catalogueOffset: UInt64 { UInt64(2 * Self.pageBytes + 2 * rootBytes) }

    /// Where a slot begins.
    func slotOffset(_ slot: UInt32) -> UInt64 {
        catalogueOffset + UInt64(catalogueBytes) + UInt64(slot) * UInt64(slotBytes)
    }

    /// Bytes of all slots.
    var tierBytes: UInt64 { UInt64(slotBytes) * UInt64(slotCount) }

    /// Bytes of the whole file.
    var fileBytes: UInt64 { slotOffset(UInt32(slotCount)) }

    /// Bytes above which a partition is cut in two; an eighth of a small tier, so that what gives
    /// way at once is never much of it.
    var partitionBytes: Int { Int(min(tierBytes / 8, UInt64(Self.largestPartitionBytes))) }

    /// Slots that a checkpoint leaves free for the next: so those of snapshots rest as long.
    var reservedSlots: Int { min(slotCount / 8, 4 * partitionBytes / slotBytes) }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe CRC32C.checksum(bytes.span.bytes.extracting(16..<56))
    }

    private static func pages(_ bytes: Int) -> Int {
        (bytes + pageBytes - 1) / pageBytes * pageBytes
    }
}
