/// What the decoder refuses to take in, each with its name.
///
/// - Source: `device-formats`, rules common to all, rule 6.
public struct DecodingLimits: Hashable, Sendable {
    /// Longest payload in bytes.
    public var payloadBytes: Int
    /// Deepest nesting of objects and arrays.
    public var depth: Int
    /// Most members of one array or object.
    public var elements: Int
    /// Most readings of one message.
    public var readings: Int

    /// Longest topic in bytes: what the two length bytes of MQTT can say.
    public static let topicBytes = 65_535
    /// Longest text of one JSON number in bytes: the longest double written out has 309 digits.
    public static let numberBytes = 512
    /// Most device addresses that the decoder keeps ready without a directory entry.
    public static let internedAddresses = 65_536

    /// Most unread members of one message that are listed with their values.
    public static let unreadMembers = 64
    /// Longest raw value of an unread member in bytes; longer ones are cut.
    public static let unreadValueBytes = 256
    /// Longest formula of a profile in bytes.
    public static let formulaBytes = 512
    /// Most operations and values of one formula.
    public static let formulaNodes = 64
    /// Deepest nesting of a formula.
    public static let formulaDepth = 16

    /// Creates limits; the defaults are those of the format rules.
    public init(
        payloadBytes: Int = 256 << 10,
        depth: Int = 32,
        elements: Int = 10_000,
        readings: Int = 10_000
    ) {
        self.payloadBytes = payloadBytes
        self.depth = depth
        self.elements = elements
        self.readings = readings
    }
}
