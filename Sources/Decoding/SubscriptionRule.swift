/// What the topics under one filter carry: the family, and how to tell whose message it is.
public struct SubscriptionRule: Hashable, Sendable {
    /// How the device address is found.
    public enum AddressSource: Hashable, Sendable {
        /// As the family has it: the EUI in the envelope, Tasmota's topic, SenML's base name; for
        /// plain JSON what the filter's wildcards matched, else the profile's `device` path, else
        /// the topic.
        case automatic
        /// A level of the topic, counted from 1.
        case topicLevel(Int)
        /// A text or whole number in the payload.
        case path(JSONPath)
    }

    /// How radio payloads are written in the envelope.
    public enum PayloadEncoding: String, Hashable, Sendable, CaseIterable {
        /// RFC 4648 base64, what network servers send unless told otherwise.
        case base64
        /// Hexadecimal digits, a setting of Milesight gateways and of archived ChirpStack v3
        /// events.
        case hexadecimal = "hex"
    }

    /// Topics that the rule speaks for.
    public var topicFilter: TopicFilter
    /// Envelope family under those topics.
    public var family: Family
    /// Profile of every device under those topics that the directory does not know.
    public var profile: String?
    /// How the device address is found.
    public var address: AddressSource
    /// How radio payloads are written.
    public var payloadEncoding: PayloadEncoding
    /// Zone of local times without offset, where the profile does not say; nil leaves them unread.
    public var timeZone: TimeZoneRule?
    /// Where an archive that sends old messages again put their time of arrival: milliseconds since
    /// 1970 or an RFC 3339 text; taken where the envelope itself has no server time.
    public var archiveTime: JSONPath?
    /// Which clocks are believed under those topics; nil takes the decoder's policy.
    public var clock: ClockPolicy?

    /// Creates a rule.
    public init(
        topicFilter: TopicFilter,
        family: Family,
        profile: String? = nil,
        address: AddressSource = .automatic,
        payloadEncoding: PayloadEncoding = .base64,
        timeZone: TimeZoneRule? = nil,
        archiveTime: JSONPath? = nil,
        clock: ClockPolicy? = nil
    ) {
        self.topicFilter = topicFilter
        self.family = family
        self.profile = profile
        self.address = address
        self.payloadEncoding = payloadEncoding
        self.timeZone = timeZone
        self.archiveTime = archiveTime
        self.clock = clock
    }

    /// Rules for the topics that families use unless configured otherwise, the surest first.
    ///
    /// - Source: `device-formats`, rules common to all, rule 7.
    public static let wellKnown: [SubscriptionRule] = [
        ("application/+/device/+/event/+", Family.chirpstack),
        ("v3/+/devices/#", .theThingsStack),
        ("homeassistant/#", .homeAssistant),
        ("tele/#", .tasmota),
        ("stat/#", .tasmota),
        ("spBv1.0/#", .sparkplug),
        ("zigbee2mqtt/#", .zigbee2MQTT),
        ("wmbusmeters/+", .wmbusmeters),
        ("milesight/uplink/+", .milesight),
        ("+/events/rpc", .shelly),
        ("+/status/+", .shelly),
        ("+/online", .shelly),
        ("json/+/+/attrs", .fiware),
        ("/json/+/+/attrs", .fiware),
        ("ul/+/+/attrs", .fiware),
        ("/ul/+/+/attrs", .fiware),
    ].compactMap { filter, family in
        TopicFilter(filter).map { SubscriptionRule(topicFilter: $0, family: family) }
    }
}
