/// A message on its way to a broker; topic and payload are shared, not copied.
struct OutgoingMessage {
    let topic: String
    let payload: [UInt8]
    let isRetained: Bool
    var quality = QualityOfService.atLeastOnce
    /// From when on it is not sent any more; nil sends it whenever that is possible.
    var expiresAt: ContinuousClock.Instant?
    /// Whether it was sent on a connection that broke.
    var wasSent = false
    /// Is told once what became of it, on the publisher's thread.
    var onEnd: (@Sendable (MessageEnd) -> Void)?
}
