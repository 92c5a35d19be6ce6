internal import Telemetry

/// Checks that operators and functions get what they can work on.
enum TypeCheck {
    /// Where the parts of an operator's expression begin.
    struct Places {
        var left: Int
        var operation: Int
        var right: Int
    }

    static func binary(_ binary: Binary, _ places: Places) throws(QueryError) {
        let (left, right) = (binary.left.type, binary.right.type)
        let usable: Set<ValueKind> = [.scalar, .vector]
        if let (wrong, position) = [(left, places.left), (right, places.right)]
            .first(where: { !usable.contains($0.0) })
        {
            throw QueryError(
                .parse,
                "binary expression must contain only scalar and instant vector types, expected "
                    + "one of them, got \(wrong)",
                position: position
            )
        }
        func refuse(_ message: String) -> QueryError {
            QueryError(.parse, message, position: places.operation)
        }
        let name = binary.operation.rawValue
        let areScalars = left == .scalar && right == .scalar
        if binary.operation.isComparison, areScalars, !binary.returnsBool {
            throw refuse(
                "comparisons between scalars must use BOOL modifier, expected \"\(name) bool\""
            )
        }
        if binary.operation.isSet, left == .scalar || right == .scalar {
            throw refuse(
                "set operator \(Labels.quoted(name)) not allowed in binary scalar expression, "
                    + "expected an instant vector on both sides"
            )
        }
        // Empty parentheses match nothing, and are let pass as Prometheus does.
        if left == .scalar || right == .scalar, !binary.matching.names.isEmpty {
            throw refuse(
                "vector matching only allowed between instant vectors, expected one on both sides"
            )
        }
    }

    static func unary(_ operand: Expression, _ position: Int) throws(QueryError) {
        guard operand.type == .scalar || operand.type == .vector else {
            throw QueryError(
                .parse,
                "unary expression only allowed on expressions of type scalar or instant vector, "
                    + "expected one of them, got \(operand.type)",
                position: position
            )
        }
    }

    static func aggregation(
        _ aggregation: Aggregation,
        operand: Int,
        parameter: Int?
    ) throws(QueryError) {
        try expect(.vector, aggregation.operand, "aggregation expression", operand)
        guard let expression = aggregation.parameter, let parameter else { return }
        let needed: ValueKind = aggregation.operation == .countValues ? .string : .scalar
        try expect(needed, expression, "aggregation parameter", parameter)
    }

    static func call(
        _ function: Function,
        _ arguments: [ExpressionReader.Argument],
        _ position: Int
    ) throws(QueryError) {
        let signature = function.signature
        let most = signature.arguments.count
        let fewest = most - (signature.optional ?? 1)
        let name = Labels.quoted(function.rawValue)
        func refuse(_ bound: String, _ count: Int) -> QueryError {
            QueryError(
                .parse,
                "expected \(bound)\(count) argument(s) in call to \(name), got \(arguments.count)",
                position: position
            )
        }
        if arguments.count < fewest { throw refuse(fewest == most ? "" : "at least ", fewest) }
        if arguments.count > most, signature.optional != nil {
            throw refuse(fewest == most ? "" : "at most ", most)
        }
        for (index, argument) in arguments.enumerated() {
            let needed = signature.arguments[min(index, most - 1)]
            try expect(
                needed,
                argument.expression,
                "call to function \(name)",
                argument.position
            )
        }
    }

    private static func expect(
        _ type: ValueKind,
        _ expression: Expression,
        _ context: String,
        _ position: Int
    ) throws(QueryError) {
        guard expression.type == type else {
            throw QueryError(
                .parse,
                "expected type \(type) in \(context), got \(expression.type)",
                position: position
            )
        }
    }
}
