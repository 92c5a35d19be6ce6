/// Something about a connection that a log should say.
public enum ConnectionEvent: Hashable, Sendable {
    /// The broker accepted the connection; without a session of before it may have missed what
    /// was published meanwhile.
    case connected(sessionWasPresent: Bool)
    /// An attempt failed or a connection broke; the next attempt comes after `retryAfter`.
    case disconnected(MQTTError, retryAfter: Duration)
    /// What the broker may have subscriptions for from now on. Keep it where it survives the
    /// process, and give it as `previousTopics` at the next start.
    ///
    /// It comes before anything is changed, with the old topics and the new, and again with the
    /// new alone when the broker has confirmed.
    case topicsChanged([TopicFilter])
    /// The broker refused a subscription: nothing will come for it.
    case subscriptionRefused(TopicFilter)
    /// The broker grants less than was asked: messages can be lost on the way.
    case subscriptionWeakened(TopicFilter, granted: QualityOfService)
    /// A commit failed; nothing is read or acknowledged until one succeeds.
    case commitFailed(reason: String, retryAfter: Duration)
    /// A commit succeeded after one or more had failed.
    case commitRecovered
    /// The sink asked for a pause; the broker keeps what comes.
    case paused
    /// The sink is ready again.
    case resumed
    /// The session has ended.
    case stopped
}
