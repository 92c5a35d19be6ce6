internal import PromQL
internal import Telemetry

extension FixedParts {
    /// Finds the parts of expressions that read no series of rules.
    struct Splitter {
        /// Names of the series that rules give.
        let derived: Set<String>
        /// Whether functions are worked out for many times that then differ by rounding.
        let mayRound: Bool
        /// How far before its evaluation the group at hand looks.
        var offset = Milliseconds.zero
        /// The parts of the rule at hand.
        var used: [Int] = []
        /// All parts; equal ones of several rules once.
        private(set) var parts: [(expression: Expression, offset: Milliseconds)] = []
        private var known: [String: Int] = [:]

        init(derived: Set<String>, mayRound: Bool) {
            self.derived = derived
            self.mayRound = mayRound
        }

        /// Puts selectors in the place of parts, the largest that there are.
        mutating func split(_ expression: Expression) -> Expression {
            if expression.type == .vector, isFixed(expression) { return place(expression) }
            switch expression {
            case .number, .string, .selector, .matrix, .subquery, .unresolved: return expression
            case .parentheses(let inner): return .parentheses(split(inner))
            case .unary(let isNegative, let inner):
                return .unary(isNegative: isNegative, split(inner))
            case .call(let function, let arguments, let places):
                return .call(function, arguments.map { split($0) }, places: places)
            case .aggregation(var aggregation):
                aggregation.operand = split(aggregation.operand)
                aggregation.parameter = aggregation.parameter.map { split($0) }
                return .aggregation(aggregation)
            case .binary(var binary):
                binary.left = split(binary.left)
                binary.right = split(binary.right)
                return .binary(binary)
            }
        }

        private mutating func place(_ expression: Expression) -> Expression {
            let text = "\(offset.count) \(expression)"
            let number = known[text] ?? parts.count
            if number == parts.count {
                // What is beyond has no numbers left for its series.
                guard number < FixedParts.maximumParts else { return expression }
                known[text] = number
                parts.append((expression, offset))
            }
            used.append(number)
            let pattern = FixedParts.Pattern(part: number)
            let matcher = LabelMatcher(Labels.metricNameLabel, .matches(pattern))
            return .selector(Selector(matchers: [matcher]))
        }

        /// Whether an expression is the same whatever rules give, and whether it is worked out for
        /// many times as for one.
        private func isFixed(_ expression: Expression) -> Bool {
            switch expression {
            case .number, .string: true
            case .selector(let selector), .matrix(let selector, _):
                isFixed(selector.time) && !readsDerived(selector)
            case .subquery(let inner, _, _, let time): isFixed(time) && isFixed(inner)
            case .parentheses(let inner), .unary(_, let inner): isFixed(inner)
            case .call(let function, let arguments, _):
                (mayRound || !function.isRounded) && arguments.allSatisfy { isFixed($0) }
            case .aggregation(let aggregation):
                isFixed(aggregation.operand) && aggregation.parameter.map { isFixed($0) } ?? true
            case .binary(let binary): isFixed(binary.left) && isFixed(binary.right)
            case .unresolved: false
            }
        }

        /// Whether it does not depend on when a query begins or ends.
        private func isFixed(_ time: TimeModifier) -> Bool {
            switch time.anchor {
            case nil, .time: true
            case .start, .end: false
            }
        }

        private func readsDerived(_ selector: Selector) -> Bool {
            let names = selector.matchers.filter { $0.name == Labels.metricNameLabel }
            return derived.contains { name in names.allSatisfy { $0.accepts(name) } }
        }
    }
}

extension PromQL.Expression {
    /// Whether it is another one when the series that it reads come in another order.
    var dependsOnOrder: Bool {
        switch self {
        case .number, .string, .selector, .matrix: false
        case .subquery(let inner, _, _, _), .parentheses(let inner), .unary(_, let inner),
            .unresolved(let inner, _):
            inner.dependsOnOrder
        case .call(_, let arguments, _): arguments.contains(where: \.dependsOnOrder)
        case .aggregation(let aggregation):
            aggregation.operation.dependsOnOrder || aggregation.operand.dependsOnOrder
                || aggregation.parameter?.dependsOnOrder ?? false
        case .binary(let binary): binary.left.dependsOnOrder || binary.right.dependsOnOrder
        }
    }
}

extension Aggregation.Operator {
    /// Whether the first of equal series is taken, or small differences are squared.
    fileprivate var dependsOnOrder: Bool {
        switch self {
        case .topk, .bottomk, .stddev, .stdvar: true
        case .sum, .min, .max, .avg, .count, .group, .quantile, .countValues: false
        }
    }
}

extension Function {
    /// Whether its value over a window that slides is the same but for rounding.
    fileprivate var isRounded: Bool {
        switch self {
        case .sumOverTime, .averageOverTime, .standardVarianceOverTime,
            .standardDeviationOverTime, .rate, .increase, .deriv, .predictLinear:
            true
        default: false
        }
    }
}
