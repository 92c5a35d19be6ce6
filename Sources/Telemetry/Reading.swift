/// What one device said about one quantity.
public struct Reading: Hashable, Sendable {
    /// Which quantity; a key of ``Quantity/all``.
    public var quantity: Quantity
    /// Which of several equal sensors of the device, for example `1` or `a`; nil when there is one.
    public var channel: String?
    /// Value in the quantity's UCUM unit; NaN is refused earlier and never stored as a measurement.
    public var value: Double
    /// When it was measured, if the message says; nil means the time of the message holds.
    public var time: Instant?
    /// How far the value can be trusted.
    public var quality: Quality
    /// Why the quality is below accepted; a number, so that readings are copied at little cost.
    public var qualityReason: QualityReason?

    /// Creates a reading.
    public init(
        _ quantity: Quantity,
        channel: String? = nil,
        value: Double,
        time: Instant? = nil,
        quality: Quality = .accepted,
        qualityReason: QualityReason? = nil
    ) {
        self.quantity = quantity
        self.channel = channel
        self.value = value
        self.time = time
        self.quality = quality
        self.qualityReason = qualityReason
    }
}

/// How far a value can be trusted.
///
/// - Source: uCIFI / OMA LwM2M registry, resource 6042 "measurement quality indicator".
public enum Quality: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Nobody looked.
    case notChecked = 0
    /// Wrong with certainty: outside the physical range, a sentinel, a device in fault.
    case rejected = 1
    /// Probably wrong.
    case doubtful = 2
    /// Suspicious.
    case suspicious = 3
    /// Passed every check.
    case accepted = 4

    /// Compares by trust.
    public static func < (left: Quality, right: Quality) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Whose clock a time of measurement came from, the best first.
public enum TimeOrigin: String, Hashable, Sendable, CaseIterable {
    /// The device's own clock.
    case device
    /// The radio gateway's clock.
    case gateway
    /// The network server's clock.
    case server
    /// This gateway's clock when the message arrived.
    case receive
}
