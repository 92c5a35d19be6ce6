extension Expression {
    /// Whether the expression gives the same at every step of a query, so that one evaluation does
    /// for all: everything it reads is fixed by `@`, and it does not ask for the time.
    ///
    /// - Source: Prometheus, promql/engine.go, PreprocessExpr and AtModifierUnsafeFunctions.
    var isStepInvariant: Bool {
        switch self {
        case .number, .string: true
        case .selector(let selector), .matrix(let selector, _): selector.time.anchor != nil
        case .subquery(_, _, _, let time): time.anchor != nil
        case .parentheses(let inner), .unary(_, let inner), .unresolved(let inner, _):
            inner.isStepInvariant
        case .call(let function, let arguments, _):
            !function.asksForTime(arguments.isEmpty) && arguments.allSatisfy(\.isStepInvariant)
        case .aggregation(let aggregation):
            aggregation.operand.isStepInvariant
                && (aggregation.parameter?.isStepInvariant ?? true)
        case .binary(let binary):
            binary.left.isStepInvariant && binary.right.isStepInvariant
        }
    }
}

extension Function {
    fileprivate func asksForTime(_ hasNoArguments: Bool) -> Bool {
        switch self {
        case .time, .timestamp, .predictLinear: true
        case .minute, .hour, .dayOfWeek, .dayOfMonth, .dayOfYear, .daysInMonth, .month, .year:
            hasNoArguments
        default: false
        }
    }
}
