public import Telemetry

/// One message as it came, of a device that nobody has told the gateway of.
public struct ObservedFrame: Hashable, Sendable {
    /// The topic's bytes.
    public let topic: [UInt8]
    /// The payload's bytes.
    public let payload: [UInt8]
    /// When it arrived.
    public let receivedAt: Instant
    /// The device that is meant, where the message speaks of several entities; nil where it speaks
    /// of one.
    public let part: String?

    /// Creates a frame.
    public init(topic: [UInt8], payload: [UInt8], receivedAt: Instant, part: String? = nil) {
        self.topic = topic
        self.payload = payload
        self.receivedAt = receivedAt
        self.part = part
    }
}

/// What guessing may take, each with its name.
public enum GuessLimits {
    /// Most frames of a device that are decoded for a guess, the newest.
    public static let frames = 8
    /// Most families of a topic that are tried.
    public static let families = 3
    /// Most guesses that are given.
    public static let guesses = 3
    /// Most bytes of topic and payload that are searched for the name of a model.
    public static let searchedBytes = 16 << 10
    /// Longest radio payload that evidence of lengths is reckoned by, in bytes.
    ///
    /// - Source: LoRaWAN regional parameters RP002-1.0.4, EU863-870, maximum payload size at data
    ///   rates 0 to 2.
    static let radioPayloadBytes = 51.0
}
