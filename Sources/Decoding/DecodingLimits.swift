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

    /// Most Sparkplug edge nodes that are remembered.
    public static let sparkplugNodes = 1_000
    /// Most devices of one edge node.
    public static let sparkplugDevices = 1_000
    /// Most memory in bytes for the metrics of all edge nodes: some 200 000 of them.
    public static let sparkplugBytes = 64 << 20
    /// Most requests that wait to be published; what is lost is asked again after a pause.
    public static let sparkplugRequests = 1_000

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
