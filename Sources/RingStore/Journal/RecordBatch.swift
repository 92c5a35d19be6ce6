public import Telemetry

/// Records that are committed together, in one flat buffer that is used again and again.
///
/// It has one owner at a time: whoever fills it, then the journal, then whoever reads it; they hand
/// it on through a queue. Adding a record costs a copy of its bytes and no allocation once the
/// buffer has grown.
public final class RecordBatch: @unchecked Sendable {
    // Unchecked, because ownership moves with the value through a queue: never two at once.
    var bytes: [UInt8] = []
    private var starts: [Int] = []
    private var positions: [UInt64] = []
    /// Whose turn it is among batches with samples; see ``SeriesDefinitions``.
    var claim: BatchClaim?

    /// Creates an empty batch with room for some bytes.
    public init(capacityBytes: Int = 0) {
        bytes.reserveCapacity(capacityBytes)
    }

    /// How many records it holds.
    public var count: Int { starts.count }

    /// How many bytes they take in the journal.
    public var byteCount: Int { bytes.count }

    /// Whether it holds none.
    public var isEmpty: Bool { starts.isEmpty }

    /// Adds a record at the end.
    ///
    /// - Throws: ``JournalError/recordTooLarge(bytes:limit:)``; the batch is as before.
    public func append(
        kind: RecordKind,
        flags: RecordFlags,
        receivedAt: Instant,
        packetIdentifier: UInt16 = 0,
        topic: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer
    ) throws(JournalError) {
        guard payload.count <= RecordLayout.maximumPayloadBytes else {
            throw .recordTooLarge(
                bytes: payload.count,
                limit: RecordLayout.maximumPayloadBytes
            )
        }
        guard topic.count <= RecordLayout.maximumTopicBytes else {
            throw .recordTooLarge(bytes: topic.count, limit: RecordLayout.maximumTopicBytes)
        }
        starts.append(bytes.count)
        let length = RecordLayout.headerBytes + topic.count + payload.count
        bytes.appendLittleEndian(UInt32(length))
        bytes.appendLittleEndian(UInt32(0))
        bytes.append(kind.rawValue)
        bytes.append(flags.rawValue)
        bytes.appendLittleEndian(UInt16(topic.count))
        bytes.appendLittleEndian(receivedAt.milliseconds)
        bytes.appendLittleEndian(packetIdentifier)
        unsafe bytes.append(contentsOf: topic)
        unsafe bytes.append(contentsOf: payload)
    }

    /// Adds a record at the end from arrays.
    ///
    /// - Throws: ``JournalError/recordTooLarge(bytes:limit:)``; the batch is as before.
    public func append(
        kind: RecordKind,
        flags: RecordFlags = [],
        receivedAt: Instant,
        packetIdentifier: UInt16 = 0,
        topic: [UInt8] = [],
        payload: [UInt8]
    ) throws(JournalError) {
        try unsafe topic.span.bytes.withUnsafeBytes { (topic) throws(JournalError) in
            try unsafe payload.span.bytes.withUnsafeBytes { (payload) throws(JournalError) in
                try unsafe append(
                    kind: kind,
                    flags: flags,
                    receivedAt: receivedAt,
                    packetIdentifier: packetIdentifier,
                    topic: topic,
                    payload: payload
                )
            }
        }
    }

    /// Forgets all records and keeps the memory.
    public func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        claim = nil
    }

    /// Takes the last records out again.
    func removeLast(_ count: Int) {
        guard count > 0 else { return }
        let first = starts.count - count
        bytes.removeLast(bytes.count - starts[first])
        starts.removeLast(count)
    }

    /// Lends each record in order; positions are those that the last commit gave, else 0.
    public func forEach<Failure: Error>(
        _ body: (borrowing RecordView) throws(Failure) -> Void
    ) throws(Failure) {
        let held = bytes
        try unsafe held.span.bytes.withUnsafeBytes { (memory) throws(Failure) in
            for index in starts.indices {
                let record = unsafe UnsafeRawBufferPointer(rebasing: memory[range(of: index)])
                let position = index < positions.count ? positions[index] : 0
                guard let view = unsafe RecordLayout.view(record, position: position) else {
                    continue
                }
                try body(view)
            }
        }
    }

    /// Where a record lies in ``bytes``.
    func range(of index: Int) -> Range<Int> {
        starts[index]..<(index + 1 < starts.count ? starts[index + 1] : bytes.count)
    }

    /// When a record arrived.
    func receivedAt(_ index: Int) -> Instant {
        Instant(milliseconds: bytes.littleEndian(at: starts[index] + 12) ?? 0)
    }

    /// Gives records their positions and with them their checksums.
    func place(_ index: Int, at position: UInt64) {
        if index == 0 { positions.removeAll(keepingCapacity: true) }
        positions.append(position)
        let range = range(of: index)
        let sum = unsafe bytes.withUnsafeBytes { memory in
            unsafe RecordLayout.checksum(
                UnsafeRawBufferPointer(rebasing: memory[range]).bytes,
                position: position
            )
        }
        unsafe bytes.withUnsafeMutableBytes { memory in
            unsafe memory.putLittleEndian(sum, at: range.lowerBound + 4)
        }
    }
}
