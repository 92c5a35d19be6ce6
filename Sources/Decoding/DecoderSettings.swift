/// What a decoder is told once, beside rules, profiles and devices.
public struct DecoderSettings: Hashable, Sendable {
    /// What is refused.
    public var limits: DecodingLimits
    /// Which clocks are believed, where the rule of a topic does not say otherwise.
    public var clock: ClockPolicy
    /// Whether radio envelopes give `link.rssi`, `link.snr` and `link.frame_count` readings.
    public var includesLinkReadings: Bool
    /// Whether members that no field reads are listed with their raw values beside their count;
    /// for people who look at single messages, not for the hot path.
    public var listsUnreadMembers: Bool
    /// How long to wait for what Sparkplug nodes owe, and who we are to them.
    public var sparkplug: SparkplugSettings

    /// Creates settings.
    public init(
        limits: DecodingLimits = DecodingLimits(),
        clock: ClockPolicy = ClockPolicy(),
        includesLinkReadings: Bool = true,
        listsUnreadMembers: Bool = false,
        sparkplug: SparkplugSettings = SparkplugSettings()
    ) {
        self.limits = limits
        self.clock = clock
        self.includesLinkReadings = includesLinkReadings
        self.listsUnreadMembers = listsUnreadMembers
        self.sparkplug = sparkplug
    }
}
