/// Messages that could not be decoded, as `GET /api/langso/v1/dead-letters` gives them.
public struct DeadLettersView: Codable, Sendable {
    /// How many, by reason, since the journal's oldest record.
    public var counts: [String: Int]
    /// The newest, at most as many as were asked for.
    public var messages: [DeadLetterView]

    /// Creates the view.
    public init(counts: [String: Int], messages: [DeadLetterView]) {
        self.counts = counts
        self.messages = messages
    }
}

/// One message that could not be decoded; its bytes stay in the journal.
public struct DeadLetterView: Codable, Sendable {
    /// Position in the journal.
    public var position: UInt64
    /// When it arrived, RFC 3339.
    public var receivedAt: String
    /// Its topic; bytes that are no UTF-8 are shown as U+FFFD.
    public var topic: String
    /// Stable name of the reason, as `no_profile`.
    public var reason: String
    /// What was attempted, why it failed, what to do.
    public var message: String
    /// The first bytes of the payload as text, or as hex when it is none.
    public var payload: String

    /// Creates the view.
    public init(
        position: UInt64,
        receivedAt: String,
        topic: String,
        reason: String,
        message: String,
        payload: String
    ) {
        self.position = position
        self.receivedAt = receivedAt
        self.topic = topic
        self.reason = reason
        self.message = message
        self.payload = payload
    }
}

/// What came of decoding undecoded messages once more.
public struct DeadLetterRunView: Codable, Sendable {
    /// Messages tried.
    public var tried: Int
    /// Messages that could be decoded now.
    public var decoded: Int
    /// Messages that still cannot.
    public var failed: Int

    /// Creates the view.
    public init(tried: Int, decoded: Int, failed: Int) {
        self.tried = tried
        self.decoded = decoded
        self.failed = failed
    }
}
