/// Topics of a simulated deployment, as a subscription rule needs them: plain values, since this
/// module knows no decoder.
public struct SimulatedTopic: Hashable, Sendable {
    /// MQTT topic filter.
    public let filter: String
    /// Raw value of the envelope family, as `chirpstack`.
    public let family: String
    /// Profile of all devices under the filter; nil where the registry names one for each.
    public let profile: String?
    /// Zone of local times, as `+07:00`; nil where messages tell times with their offset.
    public let timeZone: String?
}
