public import Telemetry

/// The beginning of a segment, all numbers with their lowest byte first:
/// `LSEG` (4 bytes), CRC-32C of the bytes after it (4), number of the segment (8), identity of the
/// journal (8), time of opening in milliseconds since 1970 (8), SHA-256 of the segment before (32;
/// zeros in the first).
struct SegmentHeader: Hashable, Sendable {
    static let byteCount = 64
    static let magic: [UInt8] = Array("LSEG".utf8)

    var number: UInt64
    var identity: UInt64
    var openedAt: Instant
    var previous: [UInt8]

    /// The bytes on disk.
    var bytes: [UInt8] {
        var rest: [UInt8] = []
        rest.appendLittleEndian(number)
        rest.appendLittleEndian(identity)
        rest.appendLittleEndian(openedAt.milliseconds)
        rest.append(contentsOf: previous)
        var bytes = Self.magic
        unsafe bytes.appendLittleEndian(CRC32C.checksum(rest.span.bytes))
        return bytes + rest
    }

    /// Reads a header, or nil when the bytes are none.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount, Array(bytes.prefix(4)) == Self.magic,
            unsafe bytes.littleEndian(at: 4, as: UInt32.self)
                == CRC32C.checksum(bytes.span.bytes.extracting(droppingFirst: 8)),
            let number = bytes.littleEndian(at: 8, as: UInt64.self),
            let identity = bytes.littleEndian(at: 16, as: UInt64.self),
            let openedAt = bytes.littleEndian(at: 24, as: Int64.self)
        else { return nil }
        self.init(
            number: number,
            identity: identity,
            openedAt: Instant(milliseconds: openedAt),
            previous: Array(bytes[32...])
        )
    }

    init(number: UInt64, identity: UInt64, openedAt: Instant, previous: [UInt8]) {
        self.number = number
        self.identity = identity
        self.openedAt = openedAt
        self.previous = previous
    }
}

/// The last record of a segment: kind ``RecordKind/segmentEnd``, no topic, and as its payload the
/// SHA-256 over all bytes of the segment before this record.
enum SegmentEnd {
    static let hashBytes = 32
    static let byteCount = RecordLayout.headerBytes + hashBytes
}

/// One segment of the ring.
public struct SegmentInfo: Hashable, Sendable {
    /// Its number, counted over all laps.
    public let number: UInt64
    /// Its first position.
    public let start: UInt64
    /// When its first record was about to be written.
    public let openedAt: Instant
    /// SHA-256 of the segment before; zeros in the first one.
    public let previousHash: [UInt8]
}
