public import Decoding

/// What is asked of a device.
public struct CommandAction: Hashable, Sendable, Codable {
    /// What sort of thing.
    public let kind: ProfileCommands.Kind
    /// Share of full light in percent, 0 to 100; nil but for `dim`.
    public let percent: Int?

    /// Creates an action.
    ///
    /// - Throws: ``CommandRefusal`` for a level that is missing, out of range, or out of place.
    public init(_ kind: ProfileCommands.Kind, percent: Int? = nil) throws(CommandRefusal) {
        if kind == .dim {
            guard let percent, (0...100).contains(percent) else {
                let given = percent.map { "\($0)" } ?? "–"
                throw CommandRefusal(CommandNote(.badLevel, given))
            }
        } else if percent != nil {
            throw CommandRefusal(CommandNote(.misplacedLevel, kind.rawValue))
        }
        self.kind = kind
        self.percent = percent
    }

    /// What the device must report; nil for a request to report.
    var expectedValue: Double? {
        switch kind {
        case .switchOn: 1
        case .switchOff: 0
        case .dim: percent.map(Double.init)
        case .read: nil
        }
    }

    /// How far the report may be off: devices count levels in steps of their own, 254 or fewer.
    var tolerance: Double { kind == .dim ? 1 : 0 }

    /// Whether it changes the light, so that a later one takes its place.
    var changesLight: Bool { kind != .read }
}
