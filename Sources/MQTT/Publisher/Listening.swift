/// Topics that a ``BrokerPublisher`` listens to beside what it publishes, for words that ask it to
/// say something again.
///
/// It is no ``BrokerSession``: messages come while the connection lasts, and kept ones at its
/// beginning.
public struct Listening: Sendable {
    /// Topic filters; none of them matches the topic of a ``Presence``.
    public let topics: [String]
    /// Is told of each message, on the publisher's thread: it must return at once.
    public let onMessage: @Sendable (_ topic: String, _ payload: [UInt8]) -> Void

    /// Creates it.
    public init(
        topics: [String],
        onMessage: @escaping @Sendable (_ topic: String, _ payload: [UInt8]) -> Void
    ) {
        self.topics = topics
        self.onMessage = onMessage
    }
}
