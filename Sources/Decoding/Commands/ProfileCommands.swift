public import Telemetry

/// What a model of device can be told, as its maker's document states it: the part `commands` of a
/// profile.
///
/// A device whose profile states nothing is told nothing: what is not written down is never
/// guessed. The page "Device profiles" of the documentation has the language.
public struct ProfileCommands: Hashable, Sendable {
    /// What is asked of a device; the raw values are those of profiles, of the API and of metrics.
    public enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
        /// Light on.
        case switchOn = "switch_on"
        /// Light off.
        case switchOff = "switch_off"
        /// Light at a share of full light.
        case dim
        /// A report now.
        case read
    }

    /// Document that the commands were written from.
    public let source: String
    /// How long the device's own report may take after the command was sent; nil where the
    /// document does not say.
    public let confirmsWithin: Milliseconds?
    private let templates: [Kind: CommandTemplate]

    /// How one command is said; nil where the document states none.
    public subscript(kind: Kind) -> CommandTemplate? { templates[kind] }

    /// The commands that are stated, in the order of ``Kind``.
    public var kinds: [Kind] { Kind.allCases.filter { templates[$0] != nil } }

    /// The Sparkplug metrics that the commands name.
    public var metrics: Set<SparkplugMetricName> {
        var names: Set<SparkplugMetricName> = []
        for case .metric(let name, _, _, let isOfNode) in templates.values.flatMap(\.messages) {
            names.insert(SparkplugMetricName(name, isOfNode: isOfNode))
        }
        return names
    }

    init(
        source: String,
        confirmsWithin: Milliseconds?,
        templates: [Kind: CommandTemplate]
    ) {
        self.source = source
        self.confirmsWithin = confirmsWithin
        self.templates = templates
    }
}

/// How one command is said, and what of the device's own report shows that it was done.
public struct CommandTemplate: Hashable, Sendable {
    /// Quantity whose readings must be what was asked; nil for a request to report, which any
    /// reading fulfils.
    public let confirms: Quantity?
    /// What is said, in this order; one message at least.
    public let messages: [CommandMessage]
    /// Level of full light as the device counts it: 100, or 254.
    let fullLevel: Int

    /// A share of full light as the device counts it.
    private func level(_ percent: Int) -> Int { (percent * fullLevel + 50) / 100 }

    /// The template with a level in the place of each mark.
    ///
    /// - Parameter percent: 0 to 100; nil for commands without a level, which have no mark.
    /// - Returns: messages without marks.
    public func filled(percent: Int?) -> [CommandMessage] {
        guard let percent else { return messages }
        return messages.map { message in
            switch message {
            case .frame(let port, let isConfirmed, let bytes):
                .frame(
                    port: port,
                    isConfirmed: isConfirmed,
                    bytes: bytes.map { $0 ?? UInt8(level(percent)) }
                )
            case .text(let to, let text):
                .text(to: to, text: Self.filled(text, level(percent)))
            case .metric(let name, let type, let value, let isOfNode):
                .metric(
                    name: name,
                    type: type,
                    value: Self.filled(value, level(percent)),
                    isOfNode: isOfNode
                )
            }
        }
    }

    private static func filled(_ text: String, _ level: Int) -> String {
        text.replacing(CommandMessage.levelMark, with: "\(level)")
    }
}

/// One message of a command; the family of the device gives it topic and envelope.
public enum CommandMessage: Hashable, Sendable {
    /// A LoRaWAN frame: its port, whether the device has to acknowledge it, and its bytes, nil
    /// where the level stands.
    case frame(port: UInt8, isConfirmed: Bool, bytes: [UInt8?])
    /// A text under a topic beside those that the device speaks on; `{level}` in it stands for the
    /// level.
    case text(to: String, text: String)
    /// A Sparkplug metric; `{level}` alone stands for the level. Of the edge node rather than of
    /// the device where the last is true.
    case metric(name: String, type: MetricType, value: String, isOfNode: Bool)

    /// Types of a Sparkplug metric that commands are written in.
    ///
    /// - Source: Sparkplug 3.0.0, section 6.4.16.
    public enum MetricType: String, Hashable, Sendable, CaseIterable {
        /// True or false.
        case boolean = "Boolean"
        /// A whole number of 32 bits.
        case int32 = "Int32"
        /// A whole number of 32 bits, not below zero.
        case uint32 = "UInt32"
        /// A number in single precision.
        case float = "Float"
        /// A number in double precision.
        case double = "Double"
    }

    /// What stands for the level in texts.
    public static let levelMark = "{level}"
    /// What stands for the topic prefix of a Shelly device in texts.
    public static let prefixMark = "{prefix}"
}
