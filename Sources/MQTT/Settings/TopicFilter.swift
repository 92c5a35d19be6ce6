/// A subscription: which topics, and how surely their messages are to be delivered.
public struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    /// The filter as MQTT writes it, with `+` for one level and `#` for all below; 1 to 65,535
    /// bytes of UTF-8.
    public var pattern: String
    /// The level asked for; the broker may grant less.
    public var quality: QualityOfService

    /// Creates a subscription; whether the filter is well formed is checked when a session starts.
    public init(_ pattern: String, quality: QualityOfService = .atLeastOnce) {
        self.pattern = pattern
        self.quality = quality
    }

    /// The filter alone.
    public var description: String { pattern }
}
