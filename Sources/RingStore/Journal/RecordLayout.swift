internal import Telemetry

/// How one record lies in memory and on disk.
///
/// All numbers have their lowest byte first.
///
/// | offset | bytes | what |
/// | --- | --- | --- |
/// | 0 | 4 | length of the whole record, header included; 0 where nothing was written |
/// | 4 | 4 | CRC-32C over the record's position (8 bytes) and everything from offset 8 on |
/// | 8 | 1 | kind, see ``RecordKind`` |
/// | 9 | 1 | flags, see ``RecordFlags`` |
/// | 10 | 2 | length of the topic |
/// | 12 | 8 | time of arrival, milliseconds since 1970 |
/// | 20 | 2 | the broker's packet identifier of the delivery, 0 when it has none |
/// | 22 | | topic, then payload to the end |
///
/// The position takes part in the checksum, so that a record of an earlier lap of the ring, whole
/// as it is, never passes for one of this lap.
enum RecordLayout {
    static let headerBytes = 22
    /// Longest topic that MQTT can carry.
    static let maximumTopicBytes = 65_535
    /// Longest payload that the journal takes.
    static let maximumPayloadBytes = 256 * 1024
    /// Longest record.
    static let maximumBytes = headerBytes + maximumTopicBytes + maximumPayloadBytes

    /// Checksum of a record at a position; the span is the whole record.
    static func checksum(_ record: RawSpan, position: UInt64) -> UInt32 {
        var sum = CRC32C()
        sum.update(position)
        sum.update(record.extracting(droppingFirst: 8))
        return sum.value
    }

    /// Length of the valid record at the beginning of some bytes, or nil when there is none.
    static func validLength(_ bytes: UnsafeRawBufferPointer, position: UInt64) -> Int? {
        guard bytes.count >= headerBytes else { return nil }
        let length = Int(unsafe bytes.littleEndian(at: 0, as: UInt32.self))
        guard length >= headerBytes, length <= bytes.count else { return nil }
        guard unsafe RecordKind(rawValue: bytes[8]) != nil else { return nil }
        let topicBytes = Int(unsafe bytes.littleEndian(at: 10, as: UInt16.self))
        guard topicBytes <= length - headerBytes else { return nil }
        let record = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<length])
        let written = unsafe bytes.littleEndian(at: 4, as: UInt32.self)
        guard unsafe checksum(record.bytes, position: position) == written else { return nil }
        return length
    }

    /// The parts of a whole valid record.
    static func view(_ record: UnsafeRawBufferPointer, position: UInt64) -> RecordView? {
        guard let kind = unsafe RecordKind(rawValue: record[8]) else { return nil }
        let topicBytes = Int(unsafe record.littleEndian(at: 10, as: UInt16.self))
        let payload = headerBytes + topicBytes
        return unsafe RecordView(
            position: position,
            end: position + UInt64(record.count),
            kind: kind,
            flags: RecordFlags(rawValue: record[9]),
            receivedAt: Instant(milliseconds: record.littleEndian(at: 12)),
            packetIdentifier: record.littleEndian(at: 20),
            topic: UnsafeRawBufferPointer(rebasing: record[headerBytes..<payload]),
            payload: UnsafeRawBufferPointer(rebasing: record[payload...])
        )
    }
}
