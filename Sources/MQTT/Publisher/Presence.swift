/// A kept message that says whether this client is connected, and that others go by.
///
/// At each connection the broker gets the word of absence as a will; when the client's own
/// subscription to the topic is confirmed, the word of presence, both with the time of that
/// connection. Whoever else says that the client is away is contradicted at once. Before a
/// connection is ended in good order, absence is said.
///
/// - Source: Sparkplug 3.0.0, section 5.4 (tck-id-operational-behavior-host-application-*), whose
///   host applications say so that they are there.
public struct Presence: Sendable {
    /// Topic without wildcards.
    public let topic: String
    /// The payload that says whether the client is there, with the time of the connection in
    /// milliseconds since 1970.
    public let payload: @Sendable (_ isPresent: Bool, _ since: Int64) -> [UInt8]
    /// Whether a payload under the topic says that the client is away.
    public let isAbsence: @Sendable ([UInt8]) -> Bool
    /// The time of day, in milliseconds since 1970.
    public let clock: @Sendable () -> Int64

    /// Creates a presence.
    public init(
        topic: String,
        payload: @escaping @Sendable (_ isPresent: Bool, _ since: Int64) -> [UInt8],
        isAbsence: @escaping @Sendable ([UInt8]) -> Bool,
        clock: @escaping @Sendable () -> Int64
    ) {
        self.topic = topic
        self.payload = payload
        self.isAbsence = isAbsence
        self.clock = clock
    }

    /// The will of a connection that is made at a time.
    func will(since: Int64) -> LastWill { LastWill(topic: topic, payload: payload(false, since)) }
}

/// What the broker publishes, at QoS 1 and kept, when a connection breaks.
struct LastWill: Sendable {
    let topic: String
    let payload: [UInt8]
}
