/// The version of the MQTT protocol that a connection speaks.
///
/// - Source: OASIS MQTT 3.1.1 (2014-10-29) and MQTT 5.0 (2019-03-07).
public enum ProtocolVersion: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// MQTT 3.1.1, understood by every broker in the field.
    case v311 = "3.1.1"
    /// MQTT 5.0: reasons in acknowledgements, session expiry, receive maximum.
    case v5 = "5"

    /// The number operators write in settings, as `3.1.1`.
    public var description: String { rawValue }
}
