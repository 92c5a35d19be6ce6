internal import ConfigurationText
public import Telemetry

/// How one model of device speaks: its messages, field by field, in canonical quantities.
///
/// Profiles are written in YAML, one folder a model; the page "Device profiles" of the
/// documentation has the whole language, ``ProfileLibrary`` reads it. A class, because a decoder
/// hands it on for every message, which costs one reference count.
public final class DeviceProfile: Sendable {
    /// A size of the thing that a device sits on, set device by device in the registry.
    public struct Parameter: Hashable, Sendable {
        /// Name, as `bin_depth`.
        public let id: String
        /// Value of a device that has none of its own.
        public let standard: Double
        /// Values that can be true.
        public let range: ClosedRange<Double>
        /// UCUM unit.
        public let unit: String
        /// What it is, one sentence.
        public let help: String
    }

    /// What sort of thing the device watches; the raw values are those of the registry.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A street lamp.
        case lamp
        /// A lighting feeder or its cabinet.
        case feeder
        /// A waste bin.
        case bin
        /// A water meter.
        case waterMeter = "water_meter"
        /// Flow into a zone.
        case waterFlow = "water_flow"
        /// Pressure in the network.
        case waterPressure = "water_pressure"
        /// Quality of water.
        case waterQuality = "water_quality"
        /// Level of a tank, well or river.
        case waterLevel = "water_level"
        /// Air and weather.
        case environment
        /// Anything else.
        case other
    }

    /// Name by which the registry and the settings call it, as `milesight-em310-udl`.
    public let id: String
    /// Who makes the device.
    public let manufacturer: String
    /// Model as its maker writes it.
    public let model: String
    /// What it is, a few words.
    public let title: String
    /// What sort of thing it watches.
    public let kind: Kind
    /// Document that the profile was written from.
    public let source: String
    /// Families in which the device is met; empty for any.
    public let families: [Family]
    /// How often the device reports by its maker's defaults; nil when that is not known.
    public let expectedInterval: Milliseconds?
    /// Sizes that can be set device by device.
    public let parameters: [Parameter]
    /// Values of devices that have none of their own, in the order of ``parameters``.
    let standardValues: [Double]
    /// Where plain JSON names the device, when its topic does not.
    let devicePath: JSONPath?
    /// How it writes lines; nil for devices that write none.
    let csv: CSVFormat?
    /// Whether it sleeps between reports, so that going offline is no death.
    let sleeps: Bool
    let messages: [MessageLayout]
    /// The maker's script that decodes its payloads; nil where the messages themselves say how.
    public let codec: ProfileCodec?
    /// What the device can be told; nil where its maker's document states nothing.
    public let commands: ProfileCommands?

    /// Reads a profile from YAML; nil when it has a fault.
    ///
    /// Each fault is noted with file, line and field; reading goes on after it.
    init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        let before = faults.faults.count
        node.allowKeys(
            [
                "id", "manufacturer", "model", "title", "kind", "source", "families",
                "expected_interval", "parameters", "device", "csv", "sleeps", "messages", "codec",
                "commands",
            ],
            &faults
        )
        let id = node.required("id", &faults)?.text(&faults) ?? ""
        if !id.utf8.allSatisfy(Self.isIdentifierByte) {
            faults.note(node["id"] ?? node, "expected small letters, digits and '-', found '\(id)'")
        }
        self.id = id
        manufacturer = node.required("manufacturer", &faults)?.text(&faults) ?? ""
        model = node.required("model", &faults)?.text(&faults) ?? ""
        title = node.required("title", &faults)?.text(&faults) ?? ""
        source = node.required("source", &faults)?.text(&faults) ?? ""
        kind = node.required("kind", &faults).flatMap { Self.choice($0, &faults) } ?? .other
        families =
            node["families"]?.sequence(&faults).compactMap { Self.choice($0, &faults) } ?? []
        expectedInterval = node["expected_interval"].flatMap { $0.span(&faults) }
        let parameters = Self.parameters(node["parameters"], &faults)
        self.parameters = parameters
        standardValues = parameters.map(\.standard)
        codec = node["codec"].flatMap { ProfileCodec($0, &faults) }
        commands = node["commands"].flatMap { ProfileCommands($0, &faults) }
        devicePath = node["device"].flatMap { $0.jsonPath(&faults) }
        csv = node["csv"].flatMap { CSVFormat($0, &faults) }
        sleeps = node["sleeps"]?.flag(&faults) ?? false
        var messages: [MessageLayout] = []
        for message in node.required("messages", &faults)?.sequence(&faults) ?? [] {
            var reader = LayoutReader(parameters: parameters)
            if let layout = reader.message(message, &faults) { messages.append(layout) }
        }
        self.messages = messages
        if messages.isEmpty, faults.faults.count == before {
            faults.note(node["messages"] ?? node, "a profile needs one message or more")
        }
        if faults.faults.count > before { return nil }
    }

    /// The quantities that its messages can give, each once, sorted by name.
    public var quantities: [Quantity] {
        var found: Set<Quantity> = []
        for message in messages {
            found.formUnion(message.derived.map(\.quantity))
            switch message.body {
            case .bytes(let fields, let history):
                found.formUnion(fields.map(\.quantity))
                found.formUnion(history.map(\.quantity))
            case .channels(let table):
                found.formUnion(table.channels.flatMap { $0.fields.map(\.quantity) })
            case .groups(let list):
                found.formUnion(list.groups.flatMap { $0.fields.map(\.quantity) })
            case .json(let fields, _), .records(let fields):
                found.formUnion(fields.map(\.quantity))
            }
        }
        return found.sorted { $0.id < $1.id }
    }

    /// The value of each parameter for a device; one that is unknown, not finite or outside its
    /// range gives way to the standard.
    func values(of parameters: [String: Double]) -> [Double] {
        if parameters.isEmpty { return standardValues }
        return self.parameters.map { parameter in
            guard let value = parameters[parameter.id], parameter.range.contains(value) else {
                return parameter.standard
            }
            return value
        }
    }

    /// What is wrong with a device's parameters, by name; empty when all will be used.
    public func faults(of parameters: [String: Double]) -> [ParameterFault] {
        parameters.sorted { $0.key < $1.key }.compactMap { id, value in
            guard let parameter = self.parameters.first(where: { $0.id == id }) else {
                return .unknown(id, profile: self.id)
            }
            return parameter.range.contains(value) ? nil : .outside(parameter, value: value)
        }
    }
}
