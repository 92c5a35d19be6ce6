/// What is to be said of a command: a code with its values, so that each page says it in its
/// language, and the same in English.
public struct CommandNoteView: Codable, Hashable, Sendable {
    /// Stable code, as `cmd_retired`.
    public var code: String
    /// What the code says it of.
    public var values: [String]
    /// The sentence in English.
    public var words: String

    /// Creates the view.
    public init(code: String, values: [String], words: String) {
        self.code = code
        self.values = values
        self.words = words
    }
}

/// Why a command is not given.
public struct CommandNotGiven: Error, Sendable, CustomStringConvertible {
    /// What is wrong, and what to do; one at least.
    public let notes: [CommandNoteView]

    /// Creates a refusal.
    public init(_ notes: [CommandNoteView]) { self.notes = notes }

    /// All sentences.
    public var description: String {
        "the command is not given: " + notes.map(\.words).joined(separator: "; ")
    }
}
