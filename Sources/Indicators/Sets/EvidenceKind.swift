/// What can establish an indicator, as the catalogue of sources sorts it.
public enum EvidenceKind: String, Hashable, Sendable, CaseIterable {
    /// Computed from measurements over a dated denominator.
    case sensor
    /// Established by an office; measurements can contradict or illustrate it.
    case sensorSupport = "sensor-support"
    /// A count of households, dossiers or subscribers that an office keeps.
    case registry
    /// A document, decision, certificate, survey or contract.
    case attestation
}
