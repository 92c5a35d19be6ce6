public import Decoding

/// The way that a device's newest message came, which is the way back to it.
///
/// Nothing about topics has to be configured: what says where a device listens is where it speaks.
public struct DeviceRoute: Hashable, Sendable {
    /// Family of its messages.
    public let family: Family
    /// Topic of its newest message.
    public let topic: String
    /// How messages name it.
    public let address: String
    /// Of a Sparkplug device, the aliases that its births gave to metrics which commands name.
    public var aliases: [SparkplugMetricName: UInt64] = [:]
    /// Levels of the topic that the subscription's filter names.
    let baseLevelCount: Int
    /// Whether the newest message was a JSON object.
    let isObject: Bool

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - rule: the subscription that the message came by.
    ///   - topic: its topic.
    ///   - payload: its payload.
    ///   - address: how the message names the device.
    public init(_ rule: SubscriptionRule, topic: String, payload: [UInt8], address: String) {
        family = rule.family
        self.topic = topic
        self.address = address
        baseLevelCount = rule.topicFilter.literalLevelCount
        isObject = payload.first { !Self.blanks.contains($0) } == UInt8(ascii: "{")
    }

    private static let blanks: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    /// Whether downlinks go by LoRaWAN, and therefore one after the other.
    public var isRadio: Bool { family == .chirpstack || family == .theThingsStack }

    var levels: [String] {
        topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }
}
