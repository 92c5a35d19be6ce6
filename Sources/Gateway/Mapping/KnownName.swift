/// Metric names of the series that a gateway works out from its registry and its heartbeats.
enum KnownName: String, CaseIterable {
    case deviceInfo = "device_info"
    case expectedInterval = "device_expected_interval_seconds"
    case lastMessage = "device_last_message_timestamp_seconds"
    case deviceUp = "device_up"
    case counterOffset = "device_counter_offset"
    case nominalPower = "device_nominal_power_watts"
    case fullnessThreshold = "bin_fullness_threshold_ratio"
    case sunElevation = "sun_elevation_degrees"
    case lightingExpected = "lighting_expected"
    case collectionPlanned = "collection_planned"

    /// What the series of the name say, for people.
    var help: String {
        switch self {
        case .deviceInfo: "1; the labels say what the device is."
        case .expectedInterval: "How often a device should report; source says who knows it."
        case .lastMessage: "When a device last reported."
        case .deviceUp: "Whether a device reports as often as it should."
        case .counterOffset: "What is added to a counter because its meter was exchanged."
        case .nominalPower: "Power of a device as registered."
        case .fullnessThreshold: "Fill from which a bin counts as full."
        case .sunElevation: "Height of the sun above a village's horizon."
        case .lightingExpected: "Whether lamps of a feeder should give light."
        case .collectionPlanned: "Whether waste of a route is collected now, by plan."
        }
    }
}
