/// How surely a message is handed over; this module never asks for exactly once.
///
/// Exactly-once delivery buys nothing here: the store takes the same sample twice without harm.
/// - Source: OASIS MQTT 5.0, section 4.3.
public enum QualityOfService: Int32, Hashable, Sendable, Comparable {
    /// Sent once and forgotten; lost when a connection breaks.
    case atMostOnce = 0
    /// Repeated until acknowledged.
    case atLeastOnce = 1
    /// Only reported of what a broker delivers or grants, never asked for.
    case exactlyOnce = 2

    /// Orders the levels by how sure they are.
    public static func < (left: QualityOfService, right: QualityOfService) -> Bool {
        left.rawValue < right.rawValue
    }
}
