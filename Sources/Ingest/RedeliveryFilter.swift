public import RingStore

/// Tells messages that a broker delivers a second time after a connection broke.
///
/// A broker sends everything again that was not acknowledged, in the old order and before anything
/// new. What was committed just before the break may be among it, so the messages that come first
/// are compared with the newest in the journal, until one comes that is not among them. Belongs to
/// the thread that writes the journal; costs nothing while a connection lasts.
///
/// - Source: OASIS MQTT 3.1.1, section 4.4, and MQTT 5.0, section 4.4: redelivery only at a
///   reconnection, in the order of sending.
public struct RedeliveryFilter: Sendable {
    /// How many of the newest messages are compared; no broker has more under way to one client
    /// that acknowledges in batches of 1 000, acknowledgements lost in the network counted in.
    public static let capacity = 20_000

    /// Bytes of the journal in which they are looked for: 20 000 messages of 400 bytes.
    static let coveredBytes: UInt64 = 8 << 20

    private var open: [UInt64: Int] = [:]

    /// Creates a filter that lets everything pass.
    public init() {}

    /// Whether messages are still compared.
    public var isActive: Bool { !open.isEmpty }

    /// Begins a comparison with the newest messages of a journal.
    ///
    /// - Parameters:
    ///   - journal: is read from its tail or from the last segments.
    ///   - head: its end.
    /// - Throws: `JournalError` when it cannot be read.
    public mutating func begin(
        with journal: borrowing JournalReader,
        head: UInt64
    ) throws(JournalError) {
        open.removeAll(keepingCapacity: true)
        var hashes: [UInt64] = []
        var next = 0
        let start = try journal.start(covering: Self.coveredBytes, before: head)
        try journal.scan(from: start, to: head) { record in
            guard record.kind == .message else { return true }
            let hash = Self.hash(record.topic.bytes, record.payload.bytes)
            if hashes.count < Self.capacity {
                hashes.append(hash)
            } else {
                hashes[next] = hash
                next = (next + 1) % Self.capacity
            }
            return true
        }
        for hash in hashes { open[hash, default: 0] += 1 }
    }

    /// Whether a message was in the journal before the connection broke.
    public mutating func isRedelivered(topic: RawSpan, payload: RawSpan) -> Bool {
        guard isActive else { return false }
        let hash = Self.hash(topic, payload)
        guard let count = open[hash], count > 0 else {
            open.removeAll(keepingCapacity: true)
            return false
        }
        open[hash] = count - 1
        return true
    }

    /// Two checksums over topic and payload, each with its length: not proof against malice, whose
    /// only gain would be that one message without a clock is taken for a repetition.
    private static func hash(_ topic: RawSpan, _ payload: RawSpan) -> UInt64 {
        var low = CRC32C()
        low.update(UInt64(topic.byteCount))
        low.update(topic)
        low.update(payload)
        var high = CRC32C()
        high.update(UInt64(payload.byteCount) &+ 0x9E37_79B9_7F4A_7C15)
        high.update(payload)
        high.update(topic)
        return UInt64(high.value) << 32 | UInt64(low.value)
    }
}
