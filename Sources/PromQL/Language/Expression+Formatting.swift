extension Expression {
    /// Longest line that is not divided.
    private static let longestLine = 100

    /// The expression on as many lines as it takes, each part of a long one on lines of its own and
    /// moved in by two blanks a level; comments are not kept.
    ///
    /// - Source: Prometheus, promql/parser/prettier.go, `format_query` of the HTTP API.
    public var formatted: String { formatted(level: 0) }

    private func formatted(level: Int) -> String {
        let indent = String(repeating: "  ", count: level)
        let line = description
        if case .unary(let isNegative, let operand) = self {
            let text = operand.formatted(level: level).drop { $0 == " " }
            return indent + (isNegative ? "-" : "+") + text
        }
        guard line.utf8.count > Self.longestLine else { return indent + line }
        switch self {
        case .parentheses(let inner):
            return "\(indent)(\n\(inner.formatted(level: level + 1))\n\(indent))"
        case .subquery(let inner, _, _, _), .unresolved(.subquery(let inner, _, _, _), _):
            return inner.formatted(level: level) + timeText
        case .call(let function, let arguments, _):
            let lines = arguments.map { $0.formatted(level: level + 1) }
            return "\(indent)\(function.rawValue)(\n\(lines.joined(separator: ",\n"))\n\(indent))"
        case .aggregation(let aggregation):
            var lines: [String] = []
            if let parameter = aggregation.parameter {
                lines.append(parameter.formatted(level: level + 1))
            }
            lines.append(aggregation.operand.formatted(level: level + 1))
            let head = Self.head(of: aggregation)
            return "\(indent)\(head)(\n\(lines.joined(separator: ",\n"))\n\(indent))"
        case .binary(let binary):
            let left = binary.left.formatted(level: level + 1)
            let right = binary.right.formatted(level: level + 1)
            return "\(left)\n\(indent)\(Self.head(of: binary))\n\(right)"
        case .number, .string, .selector, .matrix, .unary, .unresolved: return indent + line
        }
    }
}
