/// What became of a message that a ``BrokerPublisher`` took.
public enum MessageEnd: Hashable, Sendable {
    /// The broker has acknowledged it; at QoS 0 it was sent.
    case acknowledged
    /// The broker has refused it, as MQTT 5 lets it say, with this reason code.
    case rejected(code: Int)
    /// Its time was over before the broker had acknowledged it, and it is not sent any more.
    ///
    /// It may have arrived if it was sent on a connection that broke.
    case expired(mayHaveArrived: Bool)
}
