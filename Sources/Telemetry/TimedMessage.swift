/// A message that somebody makes to be published: a recording played again, or a simulation.
public struct TimedMessage: Hashable, Sendable {
    /// When it was, or would have been, sent.
    public var time: Instant
    /// Topic without wildcards.
    public var topic: String
    /// Payload's bytes.
    public var payload: [UInt8]

    /// Creates a message.
    public init(time: Instant, topic: String, payload: [UInt8]) {
        self.time = time
        self.topic = topic
        self.payload = payload
    }
}
