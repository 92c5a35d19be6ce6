public import RingStore

/// Tells messages that a broker delivers a second time after a connection broke.
///
/// A broker sends everything again that was not acknowledged, under the packet identifiers of
/// before, in the old order and before anything new. What was committed just before the break may
/// be among it, so the messages that come first are compared with the newest in the journal, until
/// one comes that is not among them. A reading that is merely equal to an earlier one has a number
/// of its own and is kept. Belongs to the thread that writes the journal; costs nothing while a
/// connection lasts.
///
/// - Source: OASIS MQTT 3.1.1, section 4.4, and MQTT 5.0, section 4.4: redelivery only at a
///   reconnection, with the original packet identifiers, in the order of sending.
public struct RedeliveryFilter: Sendable {
    /// How many of the newest messages are compared; no broker has more under way to one client
    /// that acknowledges in batches of 1 000, acknowledgements lost in the network counted in.
    public static let capacity = 20_000

    /// Bytes of the journal in which they are looked for first: 20 000 messages of 400 bytes.
    ///
    /// Larger messages, or samples of the gateway's own between them, take more: then four times as
    /// much is read, and so on, the whole ring at last.
    static let coveredBytes: UInt64 = 8 << 20

    private var open: Set<Delivered> = []

    /// One delivery: its number, and a checksum of what it said.
    private struct Delivered: Hashable {
        let packetIdentifier: UInt16
        let checksum: UInt32
    }

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
        let tail = try journal.tail()
        var covered = Self.coveredBytes
        while true {
            let start = try journal.start(covering: covered, before: head)
            let newest = try Self.newest(of: journal, from: start, to: head)
            guard newest.count >= Self.capacity || start <= tail else {
                covered *= 4
                continue
            }
            return open.formUnion(newest)
        }
    }

    /// The newest deliveries in a stretch of the journal, at most ``capacity``.
    private static func newest(
        of journal: borrowing JournalReader,
        from start: UInt64,
        to head: UInt64
    ) throws(JournalError) -> [Delivered] {
        var newest: [Delivered] = []
        var next = 0
        try journal.scan(from: start, to: head) { record in
            guard record.kind == .message, record.packetIdentifier != 0 else { return true }
            let delivered = Self.delivered(
                record.packetIdentifier,
                record.topic.bytes,
                record.payload.bytes
            )
            if newest.count < Self.capacity {
                newest.append(delivered)
            } else {
                newest[next] = delivered
                next = (next + 1) % Self.capacity
            }
            return true
        }
        return newest
    }

    /// Lets everything pass from now on.
    public mutating func end() { open.removeAll(keepingCapacity: true) }

    /// Whether a message was in the journal before the connection broke.
    ///
    /// - Parameters:
    ///   - packetIdentifier: the broker's number for the delivery; with 0 it is no repetition.
    ///   - topic: as it came.
    ///   - payload: as it came.
    /// - Returns: true when the journal has it already.
    public mutating func isRedelivered(
        packetIdentifier: UInt16,
        topic: RawSpan,
        payload: RawSpan
    ) -> Bool {
        guard isActive, packetIdentifier != 0 else { return false }
        guard open.remove(Self.delivered(packetIdentifier, topic, payload)) != nil else {
            end()
            return false
        }
        return true
    }

    private static func delivered(
        _ packetIdentifier: UInt16,
        _ topic: RawSpan,
        _ payload: RawSpan
    ) -> Delivered {
        var sum = CRC32C()
        sum.update(UInt64(topic.byteCount))
        sum.update(topic)
        sum.update(payload)
        return Delivered(packetIdentifier: packetIdentifier, checksum: sum.value)
    }
}
