internal import Glibc
internal import Telemetry

/// A duration that is worked out when the query is run: numbers in seconds, durations, arithmetic.
///
/// - Source: Prometheus 3, "Querying basics", duration expressions; promql/durations.go.
public indirect enum DurationExpression: Hashable, Sendable {
    /// A number of seconds with its sign, written with units of time or without.
    case literal(seconds: Double, hasUnits: Bool)
    /// `step()`: the step of a range query; zero for one at a single time.
    case step
    /// `range()`: from the start of a range query to its end; zero for one at a single time.
    case range
    /// `min_of(a, b)`: the smaller of two.
    case smaller(DurationExpression, DurationExpression)
    /// `max_of(a, b)`: the larger of two.
    case larger(DurationExpression, DurationExpression)
    /// A sign before what is no number.
    case unary(isNegative: Bool, DurationExpression)
    /// An operator between two durations.
    case binary(Operator, DurationExpression, DurationExpression)
    /// A duration in parentheses, kept so that printing gives what was written.
    case parentheses(DurationExpression)

    /// Operators between durations, written as in PromQL; they bind as those between values.
    public enum Operator: String, CaseIterable, Hashable, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
    }

    /// The query that a duration is part of.
    struct Query {
        let step: Milliseconds
        let range: Milliseconds
    }

    /// Why there is no duration.
    enum Fault: Error {
        case divisionByZero
        case moduloByZero
        case notFinite
        case outOfRange
        case notPositive

        /// What is wrong and what is needed.
        var message: String {
            switch self {
            case .divisionByZero: "division by zero, expected a divisor other than 0"
            case .moduloByZero: "modulo by zero, expected a divisor other than 0"
            case .notFinite: "duration is NaN or infinite, expected a number of seconds"
            case .outOfRange: "duration out of range, expected at most 9223372036 seconds"
            case .notPositive: "duration must be greater than 0, expected one such as 5m"
            }
        }
    }

    /// The duration in whole milliseconds; nil when it depends on a query and there is none.
    func milliseconds(
        in query: Query?,
        mustBePositive: Bool
    ) throws(Fault) -> Milliseconds? {
        guard let seconds = try seconds(in: query) else { return nil }
        guard seconds.isFinite else { throw .notFinite }
        // A plain number is rounded, and what is worked out is cut off, as Prometheus does it.
        let whole = (seconds * 1000).rounded(isLiteral ? .toNearestOrAwayFromZero : .towardZero)
        guard let count = Int64(exactly: whole), count.magnitude <= DurationText.longest.count
        else { throw .outOfRange }
        // What is less than a millisecond is none: windows and steps cannot be so short.
        guard count > 0 || !mustBePositive else { throw .notPositive }
        return Milliseconds(count)
    }

    /// Whether it is but a number, which needs no query.
    var isLiteral: Bool {
        if case .literal = self { true } else { false }
    }

    /// The duration in seconds; nil when it depends on a query and there is none.
    ///
    /// - Throws: ``Fault`` for a division by what is zero whatever the query.
    func seconds(in query: Query?) throws(Fault) -> Double? {
        switch self {
        case .literal(let seconds, _): return seconds
        case .step: return query.map { Double($0.step.count) / 1000 }
        case .range: return query.map { Double($0.range.count) / 1000 }
        case .parentheses(let inner): return try inner.seconds(in: query)
        case .unary(let isNegative, let operand):
            return try operand.seconds(in: query).map { isNegative ? -$0 : $0 }
        case .smaller(let left, let right):
            return try Self.join(left, right, in: query, Extreme.smaller)
        case .larger(let left, let right):
            return try Self.join(left, right, in: query, Extreme.larger)
        case .binary(let operation, let left, let right):
            return try Self.join(left, right, by: operation, in: query, operation.apply)
        }
    }

    /// What comes of two durations, each worked out once: they may nest deep.
    private static func join(
        _ left: DurationExpression,
        _ right: DurationExpression,
        by operation: Operator? = nil,
        in query: Query?,
        _ body: (Double, Double) -> Double
    ) throws(Fault) -> Double? {
        // Both first, so that a fault on either side is found though the other is not known.
        let (left, right) = (try left.seconds(in: query), try right.seconds(in: query))
        if right == 0, let fault = operation?.faultOfZero { throw fault }
        guard let left, let right else { return nil }
        return body(left, right)
    }
}

extension DurationExpression.Operator {
    /// How strongly it binds, as the operator of the same name between values.
    var precedence: Int {
        switch self {
        case .add, .subtract: Binary.Operator.add.precedence
        case .multiply, .divide, .modulo: Binary.Operator.multiply.precedence
        case .power: Binary.Operator.power.precedence
        }
    }

    /// What a zero on the right is; nil where it is like any other number.
    var faultOfZero: DurationExpression.Fault? {
        switch self {
        case .divide: .divisionByZero
        case .modulo: .moduloByZero
        default: nil
        }
    }

    fileprivate func apply(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        }
    }
}

extension DurationExpression: CustomStringConvertible {
    /// PromQL that reads back as the same duration, as Prometheus writes it.
    ///
    /// - Source: Prometheus, promql/parser/printer.go, DurationExpr.
    public var description: String {
        switch self {
        case .literal(let seconds, let hasUnits):
            guard hasUnits, let count = Int64(exactly: (seconds * 1000).rounded()) else {
                return NumberFormat.prometheus(seconds)
            }
            return DurationText.print(Milliseconds(count))
        case .step: return "step()"
        case .range: return "range()"
        case .smaller(let left, let right): return "min_of(\(left), \(right))"
        case .larger(let left, let right): return "max_of(\(left), \(right))"
        case .unary(let isNegative, let operand): return (isNegative ? "-" : "") + "\(operand)"
        case .binary(let operation, let left, let right):
            return "\(left) \(operation.rawValue) \(right)"
        case .parentheses(let inner): return "(\(inner))"
        }
    }
}
