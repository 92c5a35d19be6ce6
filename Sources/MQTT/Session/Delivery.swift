/// What a broker says about a message beside its topic and payload.
public struct Delivery: Hashable, Sendable {
    /// How the message was delivered; an acknowledgement is owed above `.atMostOnce`.
    public let quality: QualityOfService
    /// Whether the broker had kept the message from before the subscription: its values may be
    /// old.
    public let isRetained: Bool

    /// Creates a description of a delivery, as tests of sinks need it.
    public init(quality: QualityOfService, isRetained: Bool) {
        self.quality = quality
        self.isRetained = isRetained
    }
}
