/// Metric names of the series that a gateway works out from its registry and its heartbeats.
enum KnownName: String {
    case deviceInfo = "device_info"
    case expectedInterval = "device_expected_interval_seconds"
    case lastMessage = "device_last_message_timestamp_seconds"
    case deviceUp = "device_up"
    case nominalPower = "device_nominal_power_watts"
    case fullnessThreshold = "bin_fullness_threshold_ratio"
    case sunElevation = "sun_elevation_degrees"
    case lightingExpected = "lighting_expected"
    case collectionPlanned = "collection_planned"
}
