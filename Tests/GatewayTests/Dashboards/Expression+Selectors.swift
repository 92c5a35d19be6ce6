import PromQL
import Telemetry

extension Expression {
    /// The selectors of an expression, in the order in which they are written.
    var selectors: [Selector] {
        switch self {
        case .number, .string: []
        case .selector(let selector), .matrix(let selector, _): [selector]
        case .subquery(let inner, _, _, _), .unary(_, let inner), .parentheses(let inner),
            .unresolved(let inner, _):
            inner.selectors
        case .call(_, let arguments, _): arguments.flatMap(\.selectors)
        case .aggregation(let aggregation):
            (aggregation.parameter?.selectors ?? []) + aggregation.operand.selectors
        case .binary(let binary): binary.left.selectors + binary.right.selectors
        }
    }
}

extension Selector {
    /// The metric that is asked for; nil when several may be.
    var metric: String? {
        for matcher in matchers where matcher.name == Labels.metricNameLabel {
            if case .equal(let name) = matcher.test { return name }
        }
        return nil
    }
}
