internal import PromQL

extension JSONText {
    /// Writes a duration that is worked out when a query is run, null where there is none.
    ///
    /// - Source: Prometheus 3, web/api/v1/translate_ast.go, translateDurationExpr.
    mutating func duration(_ name: String, _ expression: DurationExpression?) {
        self.name(name)
        if let expression { duration(expression, isWrapped: false) } else { raw("null") }
    }

    private mutating func duration(_ expression: DurationExpression, isWrapped: Bool) {
        switch expression {
        case .literal(let seconds, let hasUnits):
            // A number in parentheses stands behind a plus, so that something bears them.
            guard !isWrapped else {
                return operation("+", nil, expression, isWrapped: true)
            }
            node("numberLiteral") { json in
                json.member("val", NumberFormat.prometheus(seconds))
                json.truth("duration", hasUnits)
            }
        case .step: operation("step", nil, nil, isWrapped: isWrapped)
        case .range: operation("range", nil, nil, isWrapped: isWrapped)
        case .smaller(let left, let right): operation("min_of", left, right, isWrapped: isWrapped)
        case .larger(let left, let right): operation("max_of", left, right, isWrapped: isWrapped)
        case .unary(let isNegative, let operand):
            operation(isNegative ? "-" : "+", nil, operand, isWrapped: isWrapped)
        case .binary(let operation, let left, let right):
            self.operation(operation.rawValue, left, right, isWrapped: isWrapped)
        case .parentheses(let inner): duration(inner, isWrapped: true)
        }
    }

    private mutating func operation(
        _ name: String,
        _ left: DurationExpression?,
        _ right: DurationExpression?,
        isWrapped: Bool
    ) {
        node("durationExpr") { json in
            json.member("op", name)
            json.duration("lhs", left)
            json.duration("rhs", right)
            json.truth("wrapped", isWrapped)
        }
    }
}
