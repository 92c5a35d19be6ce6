public import Telemetry

extension RegistrySnapshot {
    /// Who knows how often a device reports.
    public enum IntervalSource: String, Hashable, Sendable {
        /// The registry's own column.
        case registry
        /// The maker, by the device's profile.
        case profile
        /// The gateway, from the device's messages.
        case learned
        /// Nobody.
        case assumed
    }

    /// Interval assumed of a device of which nothing is known.
    public static let assumedInterval = Milliseconds.minutes(15)

    /// How often a device reports, as the first that knows it says: the registry, the profile, or
    /// what was learned; nil when nobody does.
    ///
    /// - Source: alarms-and-kpis.md of the domain rules, G1: "from the device model, else learned".
    public func knownInterval(of device: Device) -> (span: Milliseconds, source: IntervalSource)? {
        if let given = device.expectedInterval { return (given, .registry) }
        if let usual = device.profile.flatMap({ profileIntervals[$0] }) { return (usual, .profile) }
        return learnedIntervals[device.code].map { ($0, .learned) }
    }

    /// How often a device reports, or ``assumedInterval`` where nobody knows it.
    public func expectedInterval(
        of device: Device
    ) -> (span: Milliseconds, source: IntervalSource) {
        knownInterval(of: device) ?? (Self.assumedInterval, .assumed)
    }
}
