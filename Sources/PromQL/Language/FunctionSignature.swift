/// What a function takes.
public struct FunctionSignature: Sendable {
    /// Types of the arguments in order.
    public var arguments: [ValueKind]
    /// How many of the last ones may be left out; nil where the last may also be repeated.
    public var optional: Int? = 0
}

extension Function {
    /// What the function gives.
    public var result: ValueKind {
        switch self {
        case .scalar, .time, .pi: .scalar
        default: .vector
        }
    }

    /// What the function takes.
    ///
    /// - Source: Prometheus, promql/parser/functions.go.
    public var signature: FunctionSignature {
        switch self {
        case .time, .pi: FunctionSignature(arguments: [])
        case .vector: FunctionSignature(arguments: [.scalar])
        case .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth, .hour, .minute, .month, .year:
            FunctionSignature(arguments: [.vector], optional: 1)
        case .clamp: FunctionSignature(arguments: [.vector, .scalar, .scalar])
        case .clampMax, .clampMin: FunctionSignature(arguments: [.vector, .scalar])
        case .round: FunctionSignature(arguments: [.vector, .scalar], optional: 1)
        case .histogramQuantile: FunctionSignature(arguments: [.scalar, .vector])
        case .histogramFraction: FunctionSignature(arguments: [.scalar, .scalar, .vector])
        case .labelReplace:
            FunctionSignature(arguments: [.vector, .string, .string, .string, .string])
        case .labelJoin:
            FunctionSignature(arguments: [.vector, .string, .string, .string], optional: nil)
        case .predictLinear: FunctionSignature(arguments: [.matrix, .scalar])
        case .quantileOverTime: FunctionSignature(arguments: [.scalar, .matrix])
        case .rate, .increase, .delta, .irate, .idelta, .deriv, .changes, .resets,
            .absentOverTime, .averageOverTime, .countOverTime, .firstOverTime, .lastOverTime,
            .maximumOverTime, .minimumOverTime, .presentOverTime, .standardDeviationOverTime,
            .standardVarianceOverTime, .sumOverTime:
            FunctionSignature(arguments: [.matrix])
        default: FunctionSignature(arguments: [.vector])
        }
    }
}
