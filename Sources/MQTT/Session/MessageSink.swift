/// What takes messages from a ``BrokerSession`` and makes them durable.
///
/// All methods are called on the session's own thread, one after another. The order is the promise:
/// no acknowledgement of a message leaves before a ``commit()`` that came after its
/// ``receive(topic:payload:delivery:)`` has returned.
public protocol MessageSink: AnyObject, Sendable {
    /// Takes note of a new connection, before the first message that comes over it.
    ///
    /// What the broker delivers again comes first, even before its answer to the subscription.
    /// - Parameter sessionWasPresent: whether the broker kept the session; if not, it knows of no
    ///   message of before, and delivers none again.
    func connected(sessionWasPresent: Bool)

    /// Takes a message; topic and payload are lent for the call and must be copied.
    ///
    /// It must not wait: it is called for each message, some hundred thousand times a second.
    /// The message that is answered with ``Intake/acceptedThenPause`` has been taken as well.
    func receive(topic: RawSpan, payload: RawSpan, delivery: Delivery) -> Intake

    /// Makes durable what was received since the last commit that succeeded.
    ///
    /// May wait for the disk. Called with nothing received, it does what ``wokenUp()`` left to do.
    /// - Throws: anything; nothing is acknowledged then, reading stops, and the call is repeated
    ///   with growing pauses until it succeeds. What was received must be kept until then.
    func commit() throws

    /// Whether reading may go on; asked while paused.
    var isReady: Bool { get }

    /// Does what another thread asked for by ``BrokerSession/wake()``; a commit follows.
    ///
    /// Also called while the broker is away, so that other sources than the broker can use the
    /// sink from the one thread that owns it.
    func wokenUp()

    /// Takes note of a message whose payload is above ``BrokerSettings/maximumPayloadBytes``.
    ///
    /// It is acknowledged, as it would come again for ever.
    func tooLarge(topic: RawSpan, byteCount: Int)
}

extension MessageSink {
    /// Does nothing.
    public func connected(sessionWasPresent: Bool) {}
    /// Ready at once.
    public var isReady: Bool { true }
    /// Does nothing.
    public func wokenUp() {}
    /// Does nothing: the session counts such messages.
    public func tooLarge(topic: RawSpan, byteCount: Int) {}
}

/// How a sink answers a message.
public enum Intake: Hashable, Sendable {
    /// Taken; more may come.
    case accepted
    /// Taken, but nothing more until the sink is ready again; the broker keeps the rest.
    case acceptedThenPause
}
