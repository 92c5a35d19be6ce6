internal import Telemetry

/// Reads durations: numbers of seconds, numbers with units, and what is worked out of them.
///
/// Between brackets that is arithmetic as between values. Behind `offset` a number, a function or
/// what stands in parentheses behind a sign is all of the duration, so that `x offset 1m + 1` adds
/// one to values of `x`. Parentheses without a sign begin an arithmetic that goes on behind them:
/// `x offset (1m) * 2` looks back by two minutes.
///
/// - Source: Prometheus 3, promql/parser/generated_parser.y, offset_duration_expr, duration_expr.
extension ExpressionReader {
    private static let expected = "a duration"

    /// Reads the duration behind `offset`.
    mutating func offsetDuration() throws(QueryError) -> WrittenDuration {
        let position = current.position
        let duration = try offsetOperand(in: "offset")
        return try WrittenDuration(duration, at: position, mustBePositive: false)
    }

    /// Reads the duration of a range or step, which must be greater than zero.
    mutating func positiveDuration(in context: String) throws(QueryError) -> WrittenDuration {
        let position = current.position
        let duration = try arithmetic(minimum: 0, in: context)
        return try WrittenDuration(duration, at: position, mustBePositive: true)
    }

    private mutating func offsetOperand(
        in context: String
    ) throws(QueryError) -> DurationExpression {
        let isSigned = Self.isSign(current)
        if !isSigned, isSymbol("(") { return try arithmetic(minimum: 0, in: context) }
        if isSigned, Self.isSign(following) {
            // It is kept in parentheses: with one sign less it would read as something else, as
            // what Prometheus prints does.
            let duration = try arithmetic(minimum: 0, in: context)
            switch duration {
            case .literal, .parentheses: return duration
            default: return .parentheses(duration)
            }
        }
        guard isSigned else { return try durationOperand(in: context) }
        let isNegative = isSymbol("-")
        advance()
        let operand = try durationOperand(in: context)
        switch operand {
        case .literal, .parentheses: return operand.signed(isNegative: isNegative)
        default: return .unary(isNegative: isNegative, operand)
        }
    }

    private static func isSign(_ token: Token) -> Bool {
        token.kind == .symbol("-") || token.kind == .symbol("+")
    }

    /// Reads durations and operators of at least a precedence.
    private mutating func arithmetic(
        minimum: Int,
        in context: String
    ) throws(QueryError) -> DurationExpression {
        try enter()
        defer { leave() }
        var left = try signedOperand(in: context)
        while case .symbol(let symbol) = current.kind,
            let operation = DurationExpression.Operator(rawValue: symbol),
            operation.precedence >= minimum
        {
            let position = current.position
            try countOperator(at: position)
            advance()
            // A power takes what follows first: 2^3^2 is 2^(3^2).
            let next = operation == .power ? operation.precedence : operation.precedence + 1
            let right = try arithmetic(minimum: next, in: context)
            // A divisor that is zero whatever the query is told where it divides. Faults within it
            // have been told.
            if let fault = operation.faultOfZero, (try? right.seconds(in: nil)) == 0 {
                throw QueryError(.parse, fault.message, position: position)
            }
            left = .binary(operation, left, right)
        }
        return left
    }

    private mutating func signedOperand(
        in context: String
    ) throws(QueryError) -> DurationExpression {
        guard Self.isSign(current) else { return try durationOperand(in: context) }
        let isNegative = isSymbol("-")
        advance()
        // A power binds more strongly than a sign before it: -2^2 is -(2^2).
        let operand = try arithmetic(minimum: Binary.Operator.power.precedence, in: context)
        return operand.signed(isNegative: isNegative)
    }

    /// Reads what stands between operators.
    private mutating func durationOperand(
        in context: String
    ) throws(QueryError) -> DurationExpression {
        let token = current
        switch token.kind {
        case .duration(let milliseconds):
            advance()
            return .literal(seconds: Double(milliseconds) / 1000, hasUnits: true)
        case .number(let seconds):
            advance()
            return .literal(seconds: seconds, hasUnits: false)
        case .symbol("("):
            advance()
            let inner = try arithmetic(minimum: 0, in: context)
            try require(")", in: "duration expression")
            // Parentheses around parentheses are not kept, in Prometheus neither.
            if case .parentheses = inner { return inner }
            return .parentheses(inner)
        case .name(let name): return try durationFunction(name.lowercased(), in: context)
        default: throw unexpected(in: context, expected: Self.expected)
        }
    }

    private mutating func durationFunction(
        _ name: String,
        in context: String
    ) throws(QueryError) -> DurationExpression {
        switch name {
        case "step", "range":
            advance()
            try require("(", in: name)
            try require(")", in: name)
            return name == "step" ? .step : .range
        case "min_of", "max_of":
            advance()
            try require("(", in: name)
            let first = try arithmetic(minimum: 0, in: name)
            try require(",", in: name)
            let second = try arithmetic(minimum: 0, in: name)
            try require(")", in: name)
            return name == "min_of" ? .smaller(first, second) : .larger(first, second)
        default: throw unexpected(in: context, expected: Self.expected)
        }
    }
}

/// A duration as it was read: a plain one, or one that the query works out.
struct WrittenDuration {
    /// The duration; zero where it is not known yet.
    let plain: Milliseconds
    /// What is worked out when the query is run; nil where there is nothing to work out.
    let unresolved: UnresolvedDurations.Part?

    /// Checks a duration as far as no query is needed for that.
    ///
    /// - Throws: ``QueryError`` of kind parse with the position.
    init(
        _ expression: DurationExpression,
        at position: Int,
        mustBePositive: Bool
    ) throws(QueryError) {
        let known: Milliseconds?
        do {
            known = try expression.milliseconds(in: nil, mustBePositive: mustBePositive)
        } catch {
            throw QueryError(.parse, error.message, position: position)
        }
        plain = expression.isLiteral ? known ?? .zero : .zero
        unresolved =
            expression.isLiteral
            ? nil : UnresolvedDurations.Part(expression: expression, position: position)
    }
}

extension DurationExpression {
    /// The duration behind a sign: a number takes it up, and a plus says nothing of the rest.
    fileprivate func signed(isNegative: Bool) -> DurationExpression {
        guard isNegative else { return self }
        if case .literal(let seconds, let hasUnits) = self {
            return .literal(seconds: -seconds, hasUnits: hasUnits)
        }
        return .unary(isNegative: true, self)
    }
}
