/// What a connection to a broker needs to know.
public struct BrokerSettings: Hashable, Sendable {
    /// Where the broker listens.
    public var address: BrokerAddress
    /// Name of this client at the broker, the same at every start.
    ///
    /// The broker keeps the session under it; two clients with one name throw each other out.
    public var clientID: String
    /// The protocol to speak.
    public var version: ProtocolVersion
    /// Certificates, or nil for a connection without encryption.
    public var tls: TLSSettings?
    /// User name, or nil.
    public var user: String?
    /// Password, or nil; needs a ``user``.
    public var password: Secret?
    /// Longest silence before a ping, 5 to 65,535 seconds.
    public var keepAliveSeconds: Int
    /// What to subscribe to; at most ``maximumTopics``.
    public var topics: [TopicFilter]
    /// Longest wait for the broker's answer to a connection or a subscription.
    public var answerTimeout: Duration
    /// Pauses between attempts to connect.
    public var reconnection: BackoffSettings
    /// How much is read before it is committed and acknowledged.
    public var batch: BatchLimits
    /// Payloads above this many bytes are not handed to the sink but counted and reported.
    public var maximumPayloadBytes: Int
    /// For MQTT 5: how long the broker keeps the session while this client is away, in seconds;
    /// `UInt32.max` is for ever.
    public var sessionExpirySeconds: UInt32
    /// For MQTT 5: unacknowledged messages that the broker may have under way to this client,
    /// 1 to 65,535.
    public var receiveMaximum: Int

    /// Most subscriptions that one session takes.
    public static let maximumTopics = 1_000

    /// Creates settings with everything but the address, the name and the topics preset.
    public init(
        host: String,
        port: Int,
        clientID: String,
        version: ProtocolVersion = .v311,
        tls: TLSSettings? = nil,
        user: String? = nil,
        password: Secret? = nil,
        keepAliveSeconds: Int = 60,
        topics: [TopicFilter] = []
    ) {
        address = BrokerAddress(host: host, port: port)
        self.clientID = clientID
        self.version = version
        self.tls = tls
        self.user = user
        self.password = password
        self.keepAliveSeconds = keepAliveSeconds
        self.topics = topics
        answerTimeout = .seconds(15)
        reconnection = BackoffSettings()
        batch = BatchLimits()
        maximumPayloadBytes = 1 << 20
        sessionExpirySeconds = .max
        receiveMaximum = 1_000
    }
}
