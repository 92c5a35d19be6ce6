public import Telemetry

/// How far a command to one device has come now.
public struct CommandChange: Hashable, Sendable, Codable {
    /// Number of the command.
    public let command: Int
    /// Code of the device.
    public let device: String
    /// How far it has come.
    public let state: CommandState
    /// When.
    public let at: Instant
    /// What is to be said of it.
    public let detail: CommandNote?
}

/// One line of the log: a command that was accepted or refused, or a change of one.
public enum CommandEntry: Hashable, Sendable {
    /// A command was accepted.
    case accepted(Command)
    /// A command to one device came further.
    case changed(CommandChange)
    /// A command was refused.
    case refused(CommandAttempt)
}

/// An object with the member `accepted`, `changed` or `refused`.
extension CommandEntry: Codable {
    private enum Key: CodingKey {
        case accepted, changed, refused
    }

    /// Writes the entry.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .accepted(let command): try container.encode(command, forKey: .accepted)
        case .changed(let change): try container.encode(change, forKey: .changed)
        case .refused(let attempt): try container.encode(attempt, forKey: .refused)
        }
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let command = try container.decodeIfPresent(Command.self, forKey: .accepted) {
            self = .accepted(command)
        } else if let attempt = try container.decodeIfPresent(CommandAttempt.self, forKey: .refused)
        {
            self = .refused(attempt)
        } else {
            self = .changed(try container.decode(CommandChange.self, forKey: .changed))
        }
    }
}
