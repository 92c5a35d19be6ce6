/// A pattern that is looked for anywhere in a text, as Go's `regexp` does; the syntax is that of
/// ``RegularExpression``, with a `.` that matches no line end.
public struct TextSearch: Sendable {
    private let pattern: CapturePattern

    /// Compiles a pattern.
    ///
    /// - Throws: ``RegularExpressionError`` naming the place and what is wrong.
    public init(_ text: String) throws(RegularExpressionError) {
        _ = try RegularExpression(text)
        pattern = try CapturePattern("(?-s:\(text))")
    }

    /// Whether the pattern matches anywhere.
    ///
    /// - Throws: ``QueryError`` of kind limit when the text is too long to be searched.
    public func isFound(in text: String) throws(QueryError) -> Bool {
        try pattern.isFound(in: text)
    }

    /// The text with a template in place of each match; `$1` and `${name}` are groups.
    ///
    /// - Throws: ``QueryError`` of kind limit when the text is too long to be searched.
    public func replacingAll(in text: String, with template: String) throws(QueryError) -> String {
        try pattern.replaceAll(in: text, with: template)
    }
}
