internal import Telemetry

/// What is to be said of a command: a code with its values, so that each page says it in its
/// language, and the same in English.
public struct CommandNote: Hashable, Sendable, CustomStringConvertible {
    /// Stable code, as `cmd_retired`.
    public let code: String
    /// What the code says it of.
    public let values: [String]
    /// The sentence in English.
    public let words: String

    /// The sentence in English.
    public var description: String { words }

    /// Creates a note; its words are the code's with the values in their places.
    public init(_ code: CommandNoteCode, _ values: String...) {
        self.code = code.rawValue
        self.values = values.map { $0.cut(toBytes: CommandLimits.textBytes) }
        words = code.template.filled(with: self.values)
    }
}

/// In the log a note is an object with all three; logs of before have the sentence alone.
extension CommandNote: Codable {
    private enum Key: CodingKey {
        case code, values, words
    }

    /// Writes the note.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code, forKey: .code)
        try container.encode(values, forKey: .values)
        try container.encode(words, forKey: .words)
    }

    /// Reads what ``encode(to:)`` wrote, or a sentence.
    public init(from decoder: any Decoder) throws {
        if let sentence = try? decoder.singleValueContainer().decode(String.self) {
            let note = CommandNote(.other, sentence)
            (code, values, words) = (note.code, note.values, note.words)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        code = try container.decode(String.self, forKey: .code)
        values = try container.decode([String].self, forKey: .values)
        words = try container.decode(String.self, forKey: .words)
    }
}
