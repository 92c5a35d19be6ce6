internal import Telemetry

extension ExpressionReader {
    /// Reads what stands between operators.
    mutating func operand() throws(QueryError) -> Expression {
        let token = current
        switch token.kind {
        case .number(let value):
            advance()
            return .number(value)
        case .duration(let milliseconds):
            advance()
            return .number(Double(milliseconds) / 1000)
        case .string(let text):
            advance()
            return .string(text)
        case .symbol("("):
            advance()
            let inner = try expression(minimum: 0)
            try require(")", in: "paren expression")
            return .parentheses(inner)
        case .symbol("{"): return try selector(named: nil, at: token.position)
        case .name(let name): return try named(name, at: token.position)
        default: throw unexpected(in: "query", expected: "an expression")
        }
    }

    /// Words that are no metric's name where an operand is due; the last two are numbers there.
    ///
    /// - Source: Prometheus, promql/parser/generated_parser.y, metric_identifier.
    static let neverMetrics: Set<String> = [
        "on", "ignoring", "group_left", "group_right", "bool", "atan2", "inf", "nan",
    ]

    private mutating func named(_ name: String, at position: Int) throws(QueryError) -> Expression {
        let word = name.lowercased()
        if let operation = Aggregation.Operator(rawValue: word) {
            if case .symbol("(") = following.kind { return try aggregation(operation, position) }
            if case .name(let next) = following.kind,
                ["by", "without"].contains(next.lowercased())
            {
                return try aggregation(operation, position)
            }
        }
        if let number = NumberText.parse(word) {
            advance()
            return .number(number)
        }
        guard !Self.neverMetrics.contains(word) else {
            throw unexpected(in: "query", expected: "an expression")
        }
        if case .symbol("(") = following.kind { return try call(name, at: position) }
        advance()
        return try selector(named: name, at: position)
    }

    // MARK: Calls and aggregations

    /// An argument and where it begins.
    typealias Argument = (expression: Expression, position: Int)

    /// Reads the arguments of what begins at a position, and where they stand.
    private mutating func arguments(
        in context: String,
        _ start: Int
    ) throws(QueryError) -> ([Argument], CallPlaces) {
        try require("(", in: context)
        var arguments: [Argument] = []
        var starts: [Int] = []
        while !isSymbol(")") {
            let (position, first) = (current.position, index)
            let argument = try expression(minimum: 0)
            arguments.append((argument, position))
            starts.append(self.start(of: argument, from: first))
            if !take(symbol: ",") { break }
            if isSymbol(")") {
                throw QueryError(
                    .parse,
                    "trailing commas not allowed in function call args, expected an expression",
                    position: current.position
                )
            }
        }
        let end = current.position
        try require(")", in: context, or: ",")
        return (arguments, CallPlaces(start: start, arguments: starts, end: end))
    }

    private mutating func call(_ name: String, at position: Int) throws(QueryError) -> Expression {
        guard let function = Function(rawValue: name) else {
            throw QueryError(
                .parse,
                "unknown function with name \(Labels.quoted(name)), expected a function of PromQL",
                position: position
            )
        }
        advance()
        let (arguments, places) = try arguments(in: "function call", position)
        try TypeCheck.call(function, arguments, position)
        return .call(function, arguments.map(\.expression), places: places)
    }

    private mutating func aggregation(
        _ operation: Aggregation.Operator,
        _ position: Int
    ) throws(QueryError) -> Expression {
        advance()
        var grouping = try grouping()
        var (arguments, places) = try arguments(in: "aggregation", position)
        if grouping == nil { grouping = try self.grouping() }
        let needed = operation.hasParameter ? 2 : 1
        guard arguments.count == needed else {
            throw QueryError(
                .parse,
                arguments.isEmpty
                    ? "no arguments for aggregate expression provided, expected \(needed)"
                    : "wrong number of arguments for aggregate expression provided, expected "
                        + "\(needed), got \(arguments.count)",
                position: position
            )
        }
        let operand = arguments.removeLast()
        let parameter = arguments.first
        let aggregation = Aggregation(
            operation,
            grouping: grouping ?? .by([]),
            parameter: parameter?.expression,
            operand: operand.expression,
            places: places
        )
        try TypeCheck.aggregation(
            aggregation,
            operand: operand.position,
            parameter: parameter?.position
        )
        return .aggregation(aggregation)
    }

    private mutating func grouping() throws(QueryError) -> Grouping? {
        if take(keyword: "by") { return .by(try labelNames(in: "grouping opts")) }
        if take(keyword: "without") { return .without(try labelNames(in: "grouping opts")) }
        return nil
    }

    // MARK: Selectors

    private mutating func selector(
        named name: String?,
        at position: Int
    ) throws(QueryError) -> Expression {
        var matchers: [LabelMatcher] = []
        if let name { matchers.append(LabelMatcher(Labels.metricNameLabel, .equal(name))) }
        if take(symbol: "{") {
            while !isSymbol("}") {
                let matcher = try matcher()
                if matcher.name == Labels.metricNameLabel, let name {
                    throw QueryError(
                        .parse,
                        "metric name must not be set twice: \(Labels.quoted(name)) or "
                            + "\(Expression.text(of: matcher)), expected one of them",
                        position: position
                    )
                }
                matchers.append(matcher)
                if !take(symbol: ",") { break }
            }
            try require("}", in: "label matching", or: ",")
        }
        guard matchers.contains(where: { !$0.accepts("") }) else {
            throw QueryError(
                .parse,
                "vector selector must contain at least one non-empty matcher, expected one such as "
                    + "site=\"a\"",
                position: position
            )
        }
        return .selector(Selector(matchers: matchers))
    }

    fileprivate mutating func matcher() throws(QueryError) -> LabelMatcher {
        let name: String
        switch current.kind {
        case .name(let text) where !text.contains(":"):
            name = text
            advance()
        case .string(let text):
            name = text
            advance()
            // A quoted text alone is the metric's name.
            if isSymbol(",") || isSymbol("}") {
                return LabelMatcher(Labels.metricNameLabel, .equal(text))
            }
        default: throw unexpected(in: "label matching", expected: "a label or \"}\"")
        }
        guard case .symbol(let operation) = current.kind,
            ["=", "!=", "=~", "!~"].contains(operation)
        else { throw unexpected(in: "label matching", expected: "one of = != =~ !~") }
        advance()
        guard case .string(let value) = current.kind else {
            throw unexpected(in: "label matching", expected: "a quoted text")
        }
        let position = current.position
        advance()
        switch operation {
        case "=": return LabelMatcher(name, .equal(value))
        case "!=": return LabelMatcher(name, .notEqual(value))
        default:
            do {
                let pattern = try RegularExpression(value)
                return LabelMatcher(
                    name,
                    operation == "=~" ? .matches(pattern) : .matchesNot(pattern)
                )
            } catch {
                throw QueryError(
                    .parse,
                    "\(error), expected a pattern as RE2 has them",
                    position: position
                )
            }
        }
    }
}

extension Aggregation.Operator {
    /// Whether a parameter stands before the operand.
    public var hasParameter: Bool {
        switch self {
        case .topk, .bottomk, .quantile, .countValues: true
        default: false
        }
    }
}

extension ExpressionReader {
    /// Reads a metric's name and conditions without asking that one of them names something.
    mutating func matchersOnly() throws(QueryError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        if case .name(let name) = current.kind {
            matchers.append(LabelMatcher(Labels.metricNameLabel, .equal(name)))
            advance()
        }
        if isSymbol("{") { matchers += try braces() }
        try requireEnd()
        return matchers
    }

    /// Reads `{a="b", …}`.
    mutating func braces() throws(QueryError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        try require("{", in: "label matching")
        while !isSymbol("}") {
            matchers.append(try matcher())
            if !take(symbol: ",") { break }
        }
        try require("}", in: "label matching", or: ",")
        return matchers
    }
}
