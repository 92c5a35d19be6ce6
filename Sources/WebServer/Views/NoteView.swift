/// What is to be said of something that was asked for: a code with its values, so that each page
/// says it in its language, and the same in English.
public struct NoteView: Codable, Hashable, Sendable {
    /// Stable code, as `change_unknown_device`.
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
