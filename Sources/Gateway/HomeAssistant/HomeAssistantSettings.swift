public import Telemetry

/// How devices are told to Home Assistant.
public struct HomeAssistantSettings: Hashable, Sendable {
    /// In which language entities have their names.
    public enum Language: String, CaseIterable, Hashable, Sendable {
        /// Vietnamese.
        case vietnamese = "vi"
        /// English.
        case english = "en"
    }

    /// Whether devices are told at all; what was told before is taken back where not.
    public var publishes = false
    /// First level of the topics that describe devices.
    public var prefix = "homeassistant"
    /// First levels of the topics with values.
    public var topic = "langso"
    /// In which language entities have their names.
    public var language = Language.vietnamese
    /// Shortest time between two messages with values of one device, 5 s to 1 h.
    public var pause = Milliseconds.minutes(1)

    /// Creates settings by which nothing is told.
    public init() {}

    /// Pauses that can be set: shorter ones would have all devices looked up without end.
    static let pauses = Milliseconds.seconds(5)...Milliseconds.hours(1)

    /// The topic that says whether the gateway is there.
    var availabilityTopic: String { "\(topic)/status" }

    /// The topic on which Home Assistant says that it is there.
    var birthTopic: String { "\(prefix)/status" }
}
