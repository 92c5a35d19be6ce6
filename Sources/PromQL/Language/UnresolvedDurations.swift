public import Telemetry

/// The durations of one selector or subquery that are worked out when the query is run.
public struct UnresolvedDurations: Hashable, Sendable {
    /// A duration and where it stands.
    public struct Part: Hashable, Sendable {
        /// The duration.
        public let expression: DurationExpression
        /// Where it begins in the text of the query, in UTF-8 bytes.
        public let position: Int
    }

    /// How long the window or the subquery is, where that is no plain number.
    public internal(set) var range: Part?
    /// The step of a subquery, where that is no plain number.
    public internal(set) var step: Part?
    /// How far back to look, where that is no plain number.
    public internal(set) var offset: Part?

    /// Creates what leaves nothing to be worked out.
    public init() {}
}

extension Expression {
    /// The expression with all its durations worked out, as evaluation needs it: it has no part
    /// that is ``unresolved(_:_:)``.
    ///
    /// - Parameters:
    ///   - step: what `step()` means, also within subqueries; zero for a query at a single time.
    ///   - range: what `range()` means; zero for a query at a single time.
    /// - Throws: ``QueryError`` of kind parse, with the position, where a duration is none or must
    ///   be positive and is not.
    /// - Returns: The expression; this one, uncopied, when there is nothing to work out.
    /// - Source: Prometheus 3, promql/durations.go.
    public func resolved(
        step: Milliseconds,
        range: Milliseconds
    ) throws(QueryError) -> Expression {
        if isResolved { return self }
        return try resolved(in: DurationExpression.Query(step: step, range: range))
    }

    private var isResolved: Bool {
        switch self {
        case .number, .string, .selector, .matrix: true
        case .unresolved: false
        case .subquery(let inner, _, _, _), .unary(_, let inner), .parentheses(let inner):
            inner.isResolved
        case .call(_, let arguments, _): arguments.allSatisfy(\.isResolved)
        case .aggregation(let aggregation):
            aggregation.operand.isResolved && (aggregation.parameter?.isResolved ?? true)
        case .binary(let binary): binary.left.isResolved && binary.right.isResolved
        }
    }

    private func resolved(in query: DurationExpression.Query) throws(QueryError) -> Expression {
        switch self {
        case .number, .string, .selector, .matrix: return self
        case .unresolved(let inner, let durations):
            return try inner.resolved(in: query).taking(durations, query)
        case .subquery(let inner, let range, let step, let time):
            let inner = try inner.resolved(in: query)
            return .subquery(inner, range: range, step: step, time: time)
        case .call(let function, var arguments, let places):
            for index in arguments.indices {
                arguments[index] = try arguments[index].resolved(in: query)
            }
            return .call(function, arguments, places: places)
        case .aggregation(var aggregation):
            aggregation.operand = try aggregation.operand.resolved(in: query)
            if let parameter = aggregation.parameter {
                aggregation.parameter = try parameter.resolved(in: query)
            }
            return .aggregation(aggregation)
        case .unary(let isNegative, let operand):
            return .unary(isNegative: isNegative, try operand.resolved(in: query))
        case .binary(var binary):
            binary.left = try binary.left.resolved(in: query)
            binary.right = try binary.right.resolved(in: query)
            return .binary(binary)
        case .parentheses(let inner): return .parentheses(try inner.resolved(in: query))
        }
    }

    /// A selector or subquery with these durations in the place of what stood there.
    private func taking(
        _ durations: UnresolvedDurations,
        _ query: DurationExpression.Query
    ) throws(QueryError) -> Expression {
        let offset = try durations.offset?.resolved(in: query, mustBePositive: false)
        let step = try durations.step?.resolved(in: query, mustBePositive: true)
        let range = try durations.range?.resolved(in: query, mustBePositive: true)
        switch self {
        case .selector(var selector):
            selector.time.offset = offset ?? selector.time.offset
            return .selector(selector)
        case .matrix(var selector, let written):
            selector.time.offset = offset ?? selector.time.offset
            return .matrix(selector, range: range ?? written)
        case .subquery(let inner, let written, let writtenStep, var time):
            time.offset = offset ?? time.offset
            return .subquery(inner, range: range ?? written, step: step ?? writtenStep, time: time)
        default: return self
        }
    }
}

extension UnresolvedDurations.Part {
    fileprivate func resolved(
        in query: DurationExpression.Query,
        mustBePositive: Bool
    ) throws(QueryError) -> Milliseconds? {
        do {
            return try expression.milliseconds(in: query, mustBePositive: mustBePositive)
        } catch {
            throw QueryError(
                .parse,
                "\(error.message); it is \(expression), where step() is "
                    + "\(DurationText.print(query.step)) and range() is "
                    + "\(DurationText.print(query.range))",
                position: position
            )
        }
    }
}
