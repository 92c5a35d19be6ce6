/// What an expression gives.
public enum ValueKind: String, Hashable, Sendable, CustomStringConvertible {
    /// One number.
    case scalar
    /// One text.
    case string
    /// One sample of each of several series.
    case vector = "instant vector"
    /// A range of samples of each of several series.
    case matrix = "range vector"

    /// As Prometheus names it in messages.
    public var description: String { rawValue }
}

extension Expression {
    /// What the expression gives.
    public var type: ValueKind {
        switch self {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregation: .vector
        case .matrix, .subquery: .matrix
        case .call(let function, _, _): function.result
        case .unary(_, let operand): operand.type
        case .parentheses(let inner), .unresolved(let inner, _): inner.type
        case .binary(let binary):
            binary.left.type == .scalar && binary.right.type == .scalar ? .scalar : .vector
        }
    }
}
