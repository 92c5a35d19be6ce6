public import Telemetry

/// One entity of a device as Home Assistant's discovery describes it.
///
/// Readings are what the device said, and no more. `expire_after` and `off_delay` say what holds
/// when it says nothing for so long, which is known only when that time is over: a decoder has no
/// clock, and an OFF that it gave ahead would stand in the series though another ON came in
/// between and put it off. So an ON with `off_delay` is a reading of its instant, and the
/// description is noted; and whether a device is down goes by how often it reports.
///
/// - Source: Home Assistant, "MQTT discovery"; `device-formats/homeassistant-discovery.md`.
public struct DiscoveredEntity: Hashable, Sendable {
    /// How several availability topics make one state.
    enum AvailabilityMode: String, Hashable, Sendable {
        case all, any, latest
    }

    /// A topic that tells whether the entity can be reached.
    struct Availability: Hashable, Sendable {
        var topic: [UInt8]
        var online: [UInt8]
        var offline: [UInt8]
        var template: ValueTemplate
    }

    /// Device that it belongs to: the first of its identifiers, else the entity's own.
    public internal(set) var device: String
    /// Name of the device for people, or nil.
    public internal(set) var deviceName: String?
    /// Maker of the device, or nil.
    public internal(set) var manufacturer: String?
    /// Model of the device, or nil.
    public internal(set) var model: String?
    /// Identifier of the entity, unique and stable; the channel of its readings.
    public internal(set) var uniqueID: String
    /// Name of the entity in topics, which a profile's `record` calls it by; else the unique one.
    public internal(set) var objectID: String
    /// Name for people, or nil.
    public internal(set) var name: String?
    /// Sort of entity, as `sensor`.
    public internal(set) var platform: String
    /// What the number means, as `water`, or nil.
    public internal(set) var deviceClass: String?
    /// `measurement`, `total`, `total_increasing`, or nil.
    public internal(set) var stateClass: String?
    /// Unit as it was written, or nil.
    public internal(set) var unit: String?
    /// Quantity of its readings; nil when the description does not say one, so that only a profile
    /// can read it.
    public internal(set) var quantity: Quantity?
    /// How long a state holds, unless it comes again; nil for ever.
    public internal(set) var expiresAfter: Milliseconds?
    var stateTopic: [UInt8]
    var template: ValueTemplate
    var payloadOn: [UInt8]
    var payloadOff: [UInt8]
    var scaling: Scaling
    var availability: [Availability]
    var availabilityMode: AvailabilityMode

    /// Topics that say something of it.
    var topics: [[UInt8]] { [stateTopic] + availability.map(\.topic) }

    /// Whether its state is one of two words.
    var isSwitch: Bool { platform != "sensor" }

    /// The quantity that a description means; nil when it means none for certain.
    ///
    /// A distance may be a level or the way to the waste, power and energy may be those of a lamp
    /// or of a pump, a switch may switch either: only a profile knows.
    static func quantity(platform: String, deviceClass: String?, stateClass: String?) -> Quantity? {
        if platform == "light" { return Quantity.named("lamp.on") }
        if platform == "switch" { return nil }
        let table = platform == "binary_sensor" ? binaryClasses : sensorClasses
        guard let quantity = deviceClass.flatMap({ table[$0] }).flatMap(Quantity.named) else {
            return nil
        }
        // A total that is called a measurement is no counter, and no other quantity either.
        if quantity.kind == .counter, stateClass == "measurement" { return nil }
        return quantity
    }

    private static let binaryClasses = [
        "moisture": "water.leak", "problem": "device.fault", "moving": "bin.moved",
        "tamper": "water.tamper", "door": "door.open", "opening": "door.open",
        "battery": "battery.low",
    ]

    private static let sensorClasses = [
        "water": "water.volume", "volume_flow_rate": "water.flow", "pressure": "water.pressure",
        "atmospheric_pressure": "air.pressure", "temperature": "air.temperature",
        "humidity": "air.humidity", "ph": "water.ph", "conductivity": "water.conductivity",
        "voltage": "supply.voltage", "current": "supply.current",
        "power_factor": "supply.power_factor",
        "frequency": "supply.frequency", "reactive_power": "supply.power_reactive",
        "battery": "battery.level", "signal_strength": "link.rssi",
        "illuminance": "light.illuminance", "weight": "bin.weight", "moisture": "soil.moisture",
        "carbon_dioxide": "air.co2", "pm1": "air.pm1", "pm25": "air.pm2_5", "pm10": "air.pm10",
        "sound_pressure": "air.noise", "wind_speed": "wind.speed",
    ]
}
