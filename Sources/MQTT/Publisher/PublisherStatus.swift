/// How a ``BrokerPublisher`` is doing, read at one moment.
public struct PublisherStatus: Hashable, Sendable {
    /// What the connection does now.
    public var state: ConnectionState = .idle
    /// What went wrong last, also when it has been overcome since; nil when nothing has.
    public var lastError: MQTTError?
    /// Messages that the publisher took by
    /// ``BrokerPublisher/publish(topic:payload:retain:quality:within:lifetime:onEnd:)``.
    public var published: UInt64 = 0
    /// Messages that the broker has acknowledged.
    public var acknowledged: UInt64 = 0
    /// Messages that the broker has refused, as MQTT 5 lets it say; they are not sent again.
    public var rejected: UInt64 = 0
    /// Messages whose time was over before the broker had acknowledged them; they are not sent any
    /// more.
    public var expired: UInt64 = 0
    /// Reason code of the last refusal, or nil.
    public var lastRejection: Int?
    /// Messages that were sent a second time because a connection broke.
    public var resent: UInt64 = 0
    /// Connections that the broker accepted.
    public var connections: UInt64 = 0

    /// Creates the status of a publisher that was never started.
    public init() {}

    /// Messages that were taken and neither acknowledged nor refused yet, nor given up.
    public var unacknowledged: UInt64 { published - acknowledged - rejected - expired }
}
