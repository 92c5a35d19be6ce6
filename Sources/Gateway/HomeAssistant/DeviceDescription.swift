internal import Decoding
internal import Foundation
internal import Registry
internal import Telemetry
internal import WebServer

/// A device as Home Assistant's discovery describes it: one message with all its entities.
///
/// The device form of the topic is used, `{prefix}/device/{object_id}/config`, with full names of
/// the keys. Each component has the topic of the device's values, one JSON object for all of them,
/// and expires when the device would count as down; the gateway's own topic says whether there is
/// anybody to tell.
///
/// - Source: Home Assistant, "MQTT discovery", "Device discovery payload";
///   `device-formats/homeassistant-discovery.md`.
struct DeviceDescription: Encodable, Hashable, Sendable {
    struct Device: Encodable, Hashable, Sendable {
        let identifiers: [String]
        let name: String
        let manufacturer: String?
        let model: String?
        let suggestedArea: String
    }

    struct Origin: Encodable, Hashable, Sendable {
        let name: String
    }

    struct Component: Encodable, Hashable, Sendable {
        /// `sensor` or `binary_sensor`.
        let p: String
        let name: String
        let uniqueId: String
        let deviceClass: String?
        let unitOfMeasurement: String?
        let stateClass: String?
        let stateTopic: String
        let valueTemplate: String
        let expireAfter: Int
        let availabilityTopic: String
    }

    let device: Device
    let origin: Origin
    /// By quantity, and channel where a device has several sensors of one.
    var components: [String: Component]

    /// Describes a device by its last readings.
    ///
    /// - Parameters:
    ///   - view: the device with its readings.
    ///   - profile: says who made it; nil where it has none.
    ///   - settings: topics and language.
    init(_ view: DeviceView, profile: DeviceProfile?, _ settings: HomeAssistantSettings) {
        // What is made up for a demonstration says so wherever it is seen.
        let mark = view.isSimulated ? " (MÔ PHỎNG / SIMULATED)" : ""
        device = Device(
            identifiers: ["langso_\(view.code)"],
            name: view.name + mark,
            manufacturer: profile?.manufacturer,
            model: profile?.model,
            suggestedArea: view.village
        )
        origin = Origin(name: OwnDiscovery.origin)
        components = [:]
        let expiry = Self.expiry(of: view)
        for reading in view.readings {
            guard let key = Self.key(of: reading),
                let quantity = Quantity.withMetricName(reading.metric),
                let words = EntityWords.of(quantity)
            else { continue }
            let isState = quantity.kind == .state
            let channel = reading.channel.isEmpty ? "" : " \(reading.channel)"
            let name = settings.language == .vietnamese ? words.vietnamese : words.english
            components[key] = Component(
                p: isState ? "binary_sensor" : "sensor",
                name: name + channel,
                uniqueId: "langso_\(view.code)_\(key)",
                deviceClass: words.deviceClass,
                unitOfMeasurement: isState ? nil : EntityWords.unit(reading.unit),
                stateClass: isState
                    ? nil : quantity.kind == .counter ? "total_increasing" : "measurement",
                stateTopic: Self.stateTopic(of: view.code, settings),
                valueTemplate: "{{ value_json['\(key)'] }}",
                expireAfter: expiry,
                availabilityTopic: settings.availabilityTopic
            )
        }
    }

    /// The message that describes the device: JSON with sorted keys.
    func payload() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The message with the device's last values: numbers, and ON or OFF for states.
    static func state(of view: DeviceView) throws -> String {
        var values: [String: Value] = [:]
        for reading in view.readings {
            guard let key = key(of: reading),
                let quantity = Quantity.withMetricName(reading.metric)
            else { continue }
            values[key] =
                quantity.kind == .state
                ? .word(reading.value > 0 ? "ON" : "OFF") : .number(reading.value)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(values), as: UTF8.self)
    }

    private enum Value: Encodable {
        case number(Double)
        case word(String)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .number(let number): try container.encode(number)
            case .word(let word): try container.encode(word)
            }
        }
    }

    // MARK: Topics

    /// Where a device is described.
    static func configTopic(of code: String, _ settings: HomeAssistantSettings) -> String {
        "\(settings.prefix)/device/\(objectID(code))/config"
    }

    /// Where its values are.
    static func stateTopic(of code: String, _ settings: HomeAssistantSettings) -> String {
        "\(settings.topic)/\(code)/state"
    }

    /// A name of a code as Home Assistant takes it in a topic: letters, digits, `_` and `-`.
    ///
    /// In a code with points a point becomes `-_` and a hyphen two, behind another beginning, so
    /// that no two codes have one name.
    static func objectID(_ code: String) -> String {
        guard code.contains(".") else { return "langso_\(code)" }
        return "langso-" + code.replacing("-", with: "--").replacing(".", with: "-_")
    }

    /// What an entity is called in its device; nil for a channel that no template could name.
    private static func key(of reading: ReadingView) -> String? {
        guard let quantity = Quantity.withMetricName(reading.metric), reading.value.isFinite,
            reading.channel.wholeMatch(of: /[A-Za-z0-9 ._:-]*/) != nil
        else { return nil }
        return reading.channel.isEmpty ? quantity.id : "\(quantity.id) \(reading.channel)"
    }

    /// Seconds without a message after which it counts as down.
    private static func expiry(of view: DeviceView) -> Int {
        let interval = Milliseconds(Int64(view.expectedIntervalSeconds * 1000))
        return Int(RegistrySnapshot.silenceLimit(interval).count / 1000)
    }
}
