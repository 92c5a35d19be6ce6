public import Telemetry

/// A parsed PromQL expression.
///
/// - Source: Prometheus, "Querying basics" and "Operators"; the grammar of Prometheus 3.
public indirect enum Expression: Sendable {
    /// A number.
    case number(Double)
    /// A string.
    case string(String)
    /// An instant vector selector.
    case selector(Selector)
    /// A range vector selector: the last `range` before the time of evaluation, open on the left.
    case matrix(Selector, range: Milliseconds)
    /// A subquery; without a step the engine's default applies.
    case subquery(Expression, range: Milliseconds, step: Milliseconds?, time: TimeModifier)
    /// A function of ``Function`` with its arguments, and where they stand when they were read from
    /// a text.
    case call(Function, [Expression], places: CallPlaces? = nil)
    /// An aggregation over series.
    case aggregation(Aggregation)
    /// A minus or plus before an expression.
    case unary(isNegative: Bool, Expression)
    /// An operator between two expressions.
    case binary(Binary)
    /// An expression in parentheses, kept so that printing gives what was written.
    case parentheses(Expression)
    /// A selector, a range vector selector or a subquery whose durations are worked out when the
    /// query is run: they stand for those of the expression, which are zero or nil.
    ///
    /// ``resolved(step:range:)`` gives the expression that is evaluated.
    case unresolved(Expression, UnresolvedDurations)
}

/// Which series, and at which time they are read.
public struct Selector: Sendable {
    /// Conditions on labels, the metric name among them as `__name__`.
    public var matchers: [LabelMatcher]
    /// `offset` and `@`.
    public var time: TimeModifier

    /// Creates a selector.
    public init(matchers: [LabelMatcher], time: TimeModifier = TimeModifier()) {
        self.matchers = matchers
        self.time = time
    }
}

/// How far an expression's time is moved.
public struct TimeModifier: Hashable, Sendable {
    /// How far back to look; negative looks ahead.
    public var offset: Milliseconds = .zero
    /// A fixed time in place of the time of evaluation.
    public var anchor: Anchor?

    /// What `@` names.
    public enum Anchor: Hashable, Sendable {
        /// `@ <timestamp>`.
        case time(Instant)
        /// `@ start()`: the beginning of the range query.
        case start
        /// `@ end()`: the end of the range query.
        case end
    }

    /// Creates a modifier that moves nothing, or by what is given.
    public init(offset: Milliseconds = .zero, anchor: Anchor? = nil) {
        self.offset = offset
        self.anchor = anchor
    }
}

/// An aggregation: operator, grouping, optional parameter.
public struct Aggregation: Sendable {
    /// Aggregation operators.
    public enum Operator: String, CaseIterable, Hashable, Sendable {
        case sum, min, max, avg, count, group, stddev, stdvar, topk, bottomk, quantile
        case countValues = "count_values"
    }

    /// What is computed over each group.
    public var operation: Operator
    /// Labels that make the groups.
    public var grouping: Grouping
    /// The parameter of `topk`, `bottomk`, `quantile` and `count_values`.
    public var parameter: Expression?
    /// What is aggregated: an instant vector.
    public var operand: Expression
    /// Where the parameter, if any, and the operand stand; nil when not read from a text.
    public var places: CallPlaces?

    /// Creates an aggregation.
    public init(
        _ operation: Operator,
        grouping: Grouping,
        parameter: Expression? = nil,
        operand: Expression,
        places: CallPlaces? = nil
    ) {
        self.operation = operation
        self.grouping = grouping
        self.parameter = parameter
        self.operand = operand
        self.places = places
    }
}

/// Labels by which series are grouped or matched.
public enum Grouping: Hashable, Sendable {
    /// `by (…)` or `on (…)`: only these.
    case by([String])
    /// `without (…)` or `ignoring (…)`: all but these; an empty list is the default of matching.
    case without([String])

    /// The labels that are named.
    var names: [String] {
        switch self {
        case .by(let names), .without(let names): names
        }
    }
}

/// An operator between two operands.
public struct Binary: Sendable {
    /// Binary operators, written as in PromQL.
    public enum Operator: String, CaseIterable, Hashable, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
        case power = "^"
        case arcTangent = "atan2"
        case equal = "=="
        case notEqual = "!="
        case greater = ">"
        case less = "<"
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case and, or, unless
    }

    /// Which side may have several series for one of the other.
    public enum Cardinality: Hashable, Sendable {
        /// One series on each side.
        case oneToOne
        /// `group_left (…)`: several on the left; the labels are taken over from the right.
        case manyToOne(include: [String])
        /// `group_right (…)`: several on the right; the labels are taken over from the left.
        case oneToMany(include: [String])
        /// Set operators: any number on both sides.
        case manyToMany
    }

    /// The operator.
    public var operation: Operator
    /// The operand on its left.
    public var left: Expression
    /// The operand on its right.
    public var right: Expression
    /// Whether a comparison gives 0 and 1 in place of filtering.
    public var returnsBool: Bool
    /// Labels that must agree between vectors.
    public var matching: Grouping
    /// Which side may have several.
    public var cardinality: Cardinality

    /// Creates an operator between two operands.
    public init(
        _ operation: Operator,
        _ left: Expression,
        _ right: Expression,
        returnsBool: Bool = false,
        matching: Grouping = .without([]),
        cardinality: Cardinality = .oneToOne
    ) {
        self.operation = operation
        self.left = left
        self.right = right
        self.returnsBool = returnsBool
        self.matching = matching
        self.cardinality = cardinality
    }
}
