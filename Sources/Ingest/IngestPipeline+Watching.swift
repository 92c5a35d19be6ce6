public import Decoding
internal import RingStore
internal import Telemetry

/// A message of a device that somebody waits for an answer of.
public struct HeardMessage: Sendable {
    /// What it said.
    public let message: DecodedMessage
    /// Its topic; empty unless it measures nothing, as an acknowledgement of a network server.
    public let topic: [UInt8]
    /// Its payload; likewise.
    public let payload: [UInt8]
}

/// What those hear who wait for answers of devices, and by which way devices were heard.
///
/// A message that repeats another is not heard again: it says nothing of what came in between.
extension IngestPipeline {
    /// Most messages that wait to be taken; the oldest give way.
    public static let maximumHeard = 10_000

    /// Has messages of these devices kept for ``takeHeard()``; of no others.
    ///
    /// - Parameter addresses: as `DecodedMessage.deviceAddress` has them.
    public mutating func watch(_ addresses: Set<String>) {
        watched = addresses
        if addresses.isEmpty { heard.removeAll() }
    }

    /// Gives away the messages of watched devices since the last call, in their order.
    public mutating func takeHeard() -> [HeardMessage] {
        defer { heard.removeAll() }
        return heard
    }

    /// Where the newest message of a device lies in the journal; nil when none was taken since
    /// shortly before the last checkpoint that the pipeline was opened at.
    public func lastPosition(of address: String) -> UInt64? { slot(known: address)?.lastPosition }

    /// Notes a message that was no repetition.
    mutating func hear(_ message: DecodedMessage) {
        guard watched.contains(message.deviceAddress) else { return }
        add(HeardMessage(message: message, topic: [], payload: []))
    }

    /// Notes a message that measures nothing, as it came.
    mutating func hearAnswer(_ message: DecodedMessage, _ record: borrowing RecordView) {
        guard watched.contains(message.deviceAddress), message.kind == .other else { return }
        add(
            HeardMessage(
                message: message,
                topic: Array(record.topic),
                payload: Array(record.payload)
            )
        )
    }

    private mutating func add(_ message: HeardMessage) {
        if heard.count >= Self.maximumHeard { heard.removeFirst(heard.count / 2) }
        heard.append(message)
    }
}
