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

    var byteCount: Int { topic.count + payload.count }
}

/// What those hear who wait for answers of devices, and by which way devices were heard.
///
/// A message that repeats another is not heard again: it says nothing of what came in between.
extension IngestPipeline {
    /// Most messages that wait to be taken; the oldest give way.
    public static let maximumHeard = 10_000
    /// Most bytes of topics and payloads among them; likewise.
    public static let maximumHeardBytes = 8 << 20

    /// Has messages of these devices kept for ``takeHeard()``; of no others.
    ///
    /// - Parameter addresses: as `DecodedMessage.deviceAddress` has them.
    public mutating func watch(_ addresses: Set<String>) {
        watched = addresses
        if addresses.isEmpty { _ = takeHeard() }
    }

    /// Gives away the messages of watched devices since the last call, in their order.
    public mutating func takeHeard() -> [HeardMessage] {
        defer {
            heard.removeAll()
            heardBytes = 0
        }
        return heard
    }

    /// Where the newest message of a device lies in the journal; nil when none was taken since
    /// shortly before the last checkpoint that the pipeline was opened at.
    public func lastPosition(of address: String) -> UInt64? { slot(known: address)?.lastPosition }

    /// The aliases by which commands must name metrics of a Sparkplug device or edge node; see
    /// `MessageDecoder`.
    public func sparkplugAliases(of metrics: Set<SparkplugMetricName>, topic: String)
        -> [SparkplugMetricName: UInt64]
    {
        decoder.sparkplugAliases(of: metrics, topic: Array(topic.utf8))
    }

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
        heard.append(message)
        heardBytes += message.byteCount
        guard heard.count > Self.maximumHeard || heardBytes > Self.maximumHeardBytes else { return }
        // Half of them at once, so that what is kept is not moved with each message.
        heard.removeFirst((heard.count + 1) / 2)
        heardBytes = heard.reduce(0) { $0 + $1.byteCount }
    }
}
