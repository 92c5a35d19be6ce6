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
    /// Zigbee2MQTT.
    case zigbee2MQTT = "zigbee2mqtt"
    /// Shelly devices of generation 2 and later.
    case shelly
    /// Wireless M-Bus telegrams as wmbusmeters prints them.
    case wmbusmeters
    /// FIWARE Smart Data Models over NGSI-LD and NGSI-v2, and the measures of IoT Agents.
    case fiware
    /// Home Assistant's discovery, and the states of what it describes.
    case homeAssistant = "home_assistant"
    /// uCIFI and other LwM2M objects as SenML.
    case ucifi
    /// Attributes of the TALQ Smart City Protocol.
    case talq
    /// Uplinks that a Milesight gateway's own network server forwards.
    case milesight
    /// Lines of comma-separated values, read by the mapping of a profile.
    case csv
    /// Sparkplug B 3.0.
    case sparkplug

    /// Whether devices of the family are named by an EUI of 16 hexadecimal digits.
    var usesEUI: Bool {
        switch self {
        case .chirpstack, .theThingsStack, .helium, .milesight: true
        case .senml, .plainJSON, .tasmota, .zigbee2MQTT, .shelly, .wmbusmeters, .fiware,
            .homeAssistant, .ucifi, .talq, .csv, .sparkplug:
            false
        }
    }
}
