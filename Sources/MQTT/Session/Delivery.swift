/// What a broker says about a message beside its topic and payload.
public struct Delivery: Hashable, Sendable {
    /// How the message was delivered; an acknowledgement is owed above `.atMostOnce`.
    public let quality: QualityOfService
    /// Whether the broker had kept the message from before the subscription: its values may be
    /// old.
    public let isRetained: Bool
    /// The broker's number for this delivery, 1 to 65,535, or 0 when no acknowledgement is owed.
    ///
    /// A message that is delivered again keeps it (OASIS MQTT 3.1.1 and 5.0, section 4.4).
    public let packetIdentifier: UInt16

    /// Creates a description of a delivery, as tests of sinks need it.
    public init(quality: QualityOfService, isRetained: Bool, packetIdentifier: UInt16 = 0) {
        self.quality = quality
        self.isRetained = isRetained
        self.packetIdentifier = packetIdentifier
    }
}
