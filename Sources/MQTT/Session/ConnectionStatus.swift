/// How a connection is doing, read at one moment.
public struct ConnectionStatus: Hashable, Sendable {
    /// What the connection does now.
    public var state: ConnectionState = .idle
    /// What went wrong last, also when it has been overcome since; nil when nothing has.
    public var lastError: MQTTError?
    /// Why the last commit failed, or nil when it succeeded.
    public var commitFailure: String?
    /// Whether reading is stopped because the sink asked for a pause.
    public var isPaused = false
    /// Whether the broker still had the session when the connection was made.
    public var sessionWasPresent = false
    /// What the broker has granted, in the order of the settings.
    public var subscriptions: [Subscription] = []
    /// Sums since the session was created.
    public var counters = ConnectionCounters()
    /// When the last message came, or nil when none has; see ``lastMessageAge``.
    public var lastMessageAt: ContinuousClock.Instant?
    /// When the connection was made that stands now, or nil.
    public var connectedSince: ContinuousClock.Instant?

    /// Creates the status of a connection that was never started.
    public init() {}

    /// Whether the broker has accepted the connection and the subscriptions.
    public var isConnected: Bool { state == .connected }

    /// Time since the last message, or nil when none has come.
    public var lastMessageAge: Duration? {
        lastMessageAt.map { $0.duration(to: .now) }
    }
}

/// What a connection does now.
public enum ConnectionState: String, Hashable, Sendable, CaseIterable {
    /// Created and not yet started.
    case idle
    /// Looking up the host, connecting, or waiting for the broker's answers.
    case connecting
    /// Accepted and subscribed.
    case connected
    /// Not connected; the next attempt comes after a pause.
    case waiting
    /// Not connected by choice: the sink is paused or cannot commit.
    case held
    /// Ended.
    case stopped
}

/// A subscription and the broker's answer.
public struct Subscription: Hashable, Sendable {
    /// What was asked for.
    public var filter: TopicFilter
    /// What was granted; nil when the broker refused it.
    public var granted: QualityOfService?

    /// Creates a subscription with its answer.
    public init(filter: TopicFilter, granted: QualityOfService?) {
        self.filter = filter
        self.granted = granted
    }
}
