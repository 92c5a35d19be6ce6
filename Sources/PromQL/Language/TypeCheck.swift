internal import Telemetry

/// Checks that operators and functions get what they can work on.
enum TypeCheck {
    static func binary(_ binary: Binary, _ position: Int) throws(QueryError) {
        let (left, right) = (binary.left.type, binary.right.type)
        let usable: Set<ValueKind> = [.scalar, .vector]
        func refuse(_ message: String) -> QueryError {
            QueryError(.parse, message, position: position)
        }
        guard usable.contains(left), usable.contains(right) else {
            throw refuse(
                "binary expression must contain only scalar and instant vector types"
            )
        }
        let areScalars = left == .scalar && right == .scalar
        if binary.operation.isComparison, areScalars, !binary.returnsBool {
            throw refuse("comparisons between scalars must use BOOL modifier")
        }
        if binary.operation.isSet, left == .scalar || right == .scalar {
            throw refuse(
                "set operator \(Labels.quoted(binary.operation.rawValue)) not allowed in binary "
                    + "scalar expression"
            )
        }
        if left == .scalar || right == .scalar, binary.matching != .without([]) {
            throw refuse("vector matching only allowed between instant vectors")
        }
    }

    static func unary(_ operand: Expression, _ position: Int) throws(QueryError) {
        guard operand.type == .scalar || operand.type == .vector else {
            throw QueryError(
                .parse,
                "unary expression only allowed on expressions of type scalar or instant vector, "
                    + "got \"\(operand.type)\"",
                position: position
            )
        }
    }

    static func aggregation(_ aggregation: Aggregation, _ position: Int) throws(QueryError) {
        try expect(.vector, aggregation.operand, "aggregation expression", position)
        guard let parameter = aggregation.parameter else { return }
        let needed: ValueKind = aggregation.operation == .countValues ? .string : .scalar
        try expect(needed, parameter, "aggregation parameter", position)
    }

    static func call(
        _ function: Function,
        _ arguments: [Expression],
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
            try expect(needed, argument, "call to function \(name)", position)
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
