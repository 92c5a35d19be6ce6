/// The state of one tier on disk after a commit: its partitions, their runs, and a mark.
///
/// Of the two roots in a file the valid one of the higher number counts. Every field:
/// <doc:StoreFormat#Roots>.
struct StoreRoot: Hashable, Sendable {
    /// A partition as the root names it.
    struct PartitionRecord: Hashable, Sendable {
        var start: Int64
        var runs: [RunRecord]
    }

    static let magic: UInt32 = 0x544F_4F52
    static let headerBytes = 16

    /// What a root says beside the ring itself.
    struct Mark: Hashable, Sendable {
        /// Checkpoints made since the store was created.
        var checkpointCount: UInt64 = 0
        /// Journal position from which recovery replays.
        var journalPosition: UInt64 = 0
        /// Bytes of the catalogue in use.
        var catalogueBytes: UInt64 = 0
        /// Last time that is rolled up, or nil in the raw tier.
        var frontier: Int64?
        /// In a raw tier with rollup tiers what checkpoints had summarised that did not come to
        /// their end; they may have let go of samples.
        var summarized = SummarizedRecords()

        /// Journal position up to which everything is known to have been committed.
        var committedPosition: UInt64 { max(journalPosition, summarized.end) }
    }

    var sequence: UInt64 = 0
    var mark = Mark()
    var horizon = Int64.min
    var damagedBlockCount: UInt64 = 0
    var partitions = [PartitionRecord(start: .min, runs: [])]

    /// Room for the worst case: every slot a run and every run a partition of its own.
    static func largestBytes(slotCount: Int) -> Int {
        headerBytes + 52 + SummarizedRecords.maximumStretches * SummarizedRecords.stretchBytes + 12
            + slotCount * (12 + RunRecord.fixedBytes + 4)
    }

    /// The bytes on disk.
    func bytes(identity: UInt64) -> [UInt8] {
        var body: [UInt8] = []
        body.appendLittleEndian(UInt32(0))
        for number in [sequence, mark.checkpointCount, mark.journalPosition] {
            body.appendLittleEndian(number)
        }
        body.appendLittleEndian(horizon)
        body.appendLittleEndian(mark.catalogueBytes)
        body.appendLittleEndian(damagedBlockCount)
        body.appendLittleEndian(UInt32(partitions.count))
        for partition in partitions {
            body.appendLittleEndian(partition.start)
            body.appendLittleEndian(UInt32(partition.runs.count))
            for run in partition.runs { run.append(to: &body) }
        }
        if let frontier = mark.frontier { body.appendLittleEndian(frontier) }
        mark.summarized.append(to: &body)
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(Self.magic)
        bytes.appendLittleEndian(UInt32(Self.headerBytes - 4 + body.count))
        unsafe bytes.appendLittleEndian(Self.checksum(body.span.bytes, identity))
        return bytes + body
    }

    /// The root of an empty raw tier.
    init() {}

    /// The root of an empty tier, in which nothing is rolled up.
    static func empty(_ tier: StoreTier) -> StoreRoot {
        var root = StoreRoot()
        if tier != .raw { root.mark.frontier = .min }
        return root
    }

    /// Reads a root that may be followed by anything, or nil when it does not pass its check.
    init?(_ bytes: [UInt8], identity: UInt64, tier: StoreTier) {
        var reader = ByteReader(bytes)
        guard reader.take(UInt32.self) == Self.magic else { return nil }
        let length = Int(reader.take(UInt32.self))
        let sum = reader.take(UInt32.self)
        guard length >= Self.headerBytes, length <= bytes.count,
            unsafe sum == Self.checksum(bytes.span.bytes.extracting(12..<length), identity)
        else { return nil }
        reader = ByteReader(bytes, Self.headerBytes..<length)
        sequence = reader.take()
        mark.checkpointCount = reader.take()
        mark.journalPosition = reader.take()
        horizon = reader.take()
        mark.catalogueBytes = reader.take()
        damagedBlockCount = reader.take()
        partitions = []
        for _ in 0..<reader.take(UInt32.self) {
            let start = reader.take(Int64.self)
            let runCount = reader.take(UInt32.self)
            var runs: [RunRecord] = []
            for _ in 0..<runCount where !reader.isExhausted { runs.append(RunRecord(&reader)) }
            guard !reader.isExhausted else { return nil }
            partitions.append(PartitionRecord(start: start, runs: runs))
        }
        guard reader.remaining > 0 else { return }
        if tier == .raw {
            mark.summarized = SummarizedRecords(&reader)
        } else {
            mark.frontier = reader.take()
        }
    }

    /// Says why a state cannot be one that this program wrote, or nil when nothing is wrong.
    func fault(_ geometry: StoreGeometry) -> String? {
        guard partitions.first != nil else { return "its root names no partition" }
        for (before, after) in zip(partitions, partitions.dropFirst())
        where before.start >= after.start {
            return "the partitions of its root do not rise in time"
        }
        if mark.catalogueBytes > UInt64(geometry.catalogueBytes) {
            return "its root counts more labels than there is room for"
        }
        var used = SeriesSet()
        for run in partitions.flatMap(\.runs) {
            let slots =
                (run.dataBytes + run.indexBytes + geometry.slotBytes - 1)
                / geometry.slotBytes
            guard slots == run.slots.count, run.earliest <= run.latest else {
                return "its root names a run that contradicts itself"
            }
            for slot in run.slots {
                guard slot < geometry.slotCount, !used.contains(slot) else {
                    return "its root gives slot \(slot) away twice, or there is no such slot"
                }
                used.insert(slot)
            }
        }
        return nil
    }

    private static func checksum(_ body: RawSpan, _ identity: UInt64) -> UInt32 {
        var sum = CRC32C()
        sum.update(identity)
        sum.update(body)
        return sum.value
    }
}

/// A sealed run as a root names it.
struct RunRecord: Hashable, Sendable {
    static let fixedBytes = 52

    var number: UInt64
    var dataBytes: Int
    var indexBytes: Int
    var sampleCount: Int
    var earliest: Int64
    var latest: Int64
    var slots: [UInt32]

    /// Adds the bytes on disk.
    func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(number)
        for count in [dataBytes, indexBytes, sampleCount] {
            bytes.appendLittleEndian(UInt64(count))
        }
        bytes.appendLittleEndian(earliest)
        bytes.appendLittleEndian(latest)
        bytes.appendLittleEndian(UInt32(slots.count))
        for slot in slots { bytes.appendLittleEndian(slot) }
    }
}

extension RunRecord {
    /// Reads what ``append(to:)`` wrote; the reader says whether it was whole.
    init(_ reader: inout ByteReader) {
        number = reader.take()
        dataBytes = Int(reader.take(UInt32.self))
        reader.skip(4)
        indexBytes = Int(reader.take(UInt32.self))
        reader.skip(4)
        sampleCount = Int(clamping: reader.take(UInt64.self))
        earliest = reader.take()
        latest = reader.take()
        slots = []
        for _ in 0..<reader.take(UInt32.self) where !reader.isExhausted {
            slots.append(reader.take())
        }
    }
}
