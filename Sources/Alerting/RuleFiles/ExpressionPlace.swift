internal import ConfigurationText
internal import PromQL

/// Where in a file a fault of an expression lies.
struct ExpressionPlace {
    let node: ConfigurationNode
    let text: String

    /// The parser's fault with the file's line, and the place inside the expression in words.
    func fault(for error: QueryError) -> ConfigurationFault {
        guard let position = error.position else {
            return node.fault("cannot parse the expression: \(error.message)")
        }
        let before = text.utf8.prefix(max(0, position))
        let lineIndex = before.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { text.utf8.index(after: $0) }
        let column =
            text.utf8.distance(from: lineStart ?? text.startIndex, to: before.endIndex) + 1
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lineIndex < lines.count ? String(lines[lineIndex]) : ""
        // A block scalar keeps its line ends, and its text begins on the line after the `|`.
        let isBlock = text.hasSuffix("\n") || lines.count > 1
        return ConfigurationFault(
            file: node.file,
            line: node.line + (isBlock ? 1 + lineIndex : 0),
            column: isBlock ? 0 : node.column,
            field: node.path,
            message: "cannot parse the expression: \(error.message), "
                + "at character \(column) of \(shown.trimmedForMessage)"
        )
    }
}

extension String {
    /// The text in quotes, at most 80 characters of it.
    fileprivate var trimmedForMessage: String {
        count <= 80 ? "'\(self)'" : "'\(prefix(77))...'"
    }
}
