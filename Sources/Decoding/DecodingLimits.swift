public import Telemetry

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
    /// Most levels of a topic; mosquitto allows 200, no family needs a tenth of that.
    public static let topicLevels = 200
    /// Longest text of one JSON number in bytes: the longest double written out has 309 digits.
    public static let numberBytes = 512
    /// Most bytes of a whole number in CBOR: 2^1024 and more is no double.
    public static let bigNumberBytes = 128
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
    /// Most values that an envelope names in one message.
    public static let namedValues = 10_000
    /// Longest path of a named value in bytes; what lies deeper is counted as unread.
    public static let recordNameBytes = 256
    /// Longest name in bytes that a message may repeat with each of its values: of a SenML record,
    /// a resource, a column, or a Sparkplug metric and those whose it is.
    public static let nameBytes = 1_024
    /// Longest unit in bytes that is looked at; none that is known has as many.
    public static let unitBytes = 64
    /// Longest address in bytes of a device that is kept ready without a directory entry.
    public static let internedAddressBytes = 256
    /// Most lines of one CSV payload.
    public static let csvLines = 10_000
    /// Most columns of a CSV line.
    public static let csvColumns = 256
    /// Most entities of one notification.
    public static let entities = 1_000
    /// Most devices and entities that are learned from descriptions, each kind.
    public static let learnedEntities = 4_096
    /// Most components of one description of a device.
    public static let deviceComponents = 512
    /// Most bytes of descriptions that are kept to learn from again after a start.
    public static let lessonBytes = 4 << 20
    /// Most properties with units that are learned of one device.
    public static let learnedProperties = 256
    /// Longest text of a description in bytes.
    public static let descriptionTextBytes = 1_024
    /// Most availability topics of an entity.
    public static let availabilityTopics = 16
    /// Most topics whose last state waits for its description.
    public static let waitingStates = 256
    /// Longest state that waits, in bytes.
    public static let waitingStateBytes = 4_096
    /// How long a state waits for its description.
    public static let waitingTime = Milliseconds.minutes(1)
    /// Most Sparkplug edge nodes that are remembered.
    public static let sparkplugNodes = 1_000
    /// Most devices of one edge node.
    public static let sparkplugDevices = 1_000
    /// Most memory in bytes for devices and metrics of all edge nodes: some 200 000 of them.
    public static let sparkplugBytes = 64 << 20
    /// Most requests that wait to be published; what is lost is asked again after a pause.
    public static let sparkplugRequests = 1_000

    /// Most messages of one command.
    public static let commandMessages = 4
    /// Longest frame of a command in bytes: what LoRaWAN carries at its fastest.
    public static let commandFrameBytes = 222
    /// Longest text of a command in bytes.
    public static let commandTextBytes = 1_024

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
