/// A family of message envelopes: who wraps a device's words, and how.
public enum Family: String, Hashable, Sendable, CaseIterable {
    /// ChirpStack v4 events as JSON or protobuf, and the v3 layout that Milesight gateways share.
    case chirpstack
    /// The Things Stack v3.
    case theThingsStack = "the_things_stack"
    /// The HTTP integration layout of Helium's console, as bridged to MQTT.
    case helium
    /// SenML packs in JSON or CBOR, RFC 8428.
    case senml
    /// JSON of any shape, read by the profile alone.
    case plainJSON = "plain_json"
    /// Tasmota telemetry.
    case tasmota
    /// Sparkplug B 3.0.
    case sparkplug

    /// Whether devices of the family are named by an EUI of 16 hexadecimal digits.
    var usesEUI: Bool {
        switch self {
        case .chirpstack, .theThingsStack, .helium: true
        case .senml, .plainJSON, .tasmota, .sparkplug: false
        }
    }
}
