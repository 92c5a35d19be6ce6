public import Telemetry

/// Reads PromQL.
///
/// - Source: Prometheus 3, "Querying basics", "Operators", promql/parser/generated_parser.y.
public enum PromQLParser {
    /// Longest text of a query in bytes of UTF-8.
    public static let maximumTextBytes = 65_536
    /// Deepest nesting of expressions.
    public static let maximumDepth = 120
    /// Most operators between two operands, those of durations among them: what they join nests as
    /// deep, whoever goes through it calls itself as often.
    public static let maximumOperators = 400

    /// Reads an expression and checks its types.
    ///
    /// - Throws: ``QueryError`` of kind parse with the place.
    /// - Returns: The expression.
    public static func parse(_ text: String) throws(QueryError) -> Expression {
        do {
            var reader = try ExpressionReader(text)
            let expression = try reader.expression(minimum: 0)
            try reader.requireEnd()
            return expression
        } catch {
            throw error.placed(in: text)
        }
    }

    /// Reads a selector alone, as `match[]` of the HTTP API has it.
    ///
    /// - Throws: ``QueryError`` of kind parse with the place.
    /// - Returns: The conditions, the metric name among them.
    public static func parseSelector(_ text: String) throws(QueryError) -> [LabelMatcher] {
        guard case .selector(let selector) = try parse(text), selector.time == TimeModifier() else {
            throw QueryError(
                .parse,
                "expected a series selector such as up{site=\"a\"}, got \(Labels.quoted(text))",
                position: 0
            ).placed(in: text)
        }
        return selector.matchers
    }
}

/// A recursive descent over the words of an expression; binary operators by precedence.
struct ExpressionReader {
    private let tokens: [Token]
    private(set) var index = 0
    private var depth = 0
    private var operatorCount = 0

    init(_ text: String) throws(QueryError) {
        guard text.utf8.count <= PromQLParser.maximumTextBytes else {
            throw QueryError(
                exceeds: .text,
                "the query has more than \(PromQLParser.maximumTextBytes) bytes; shorten it"
            )
        }
        tokens = Lexer.tokens(of: text)
        if tokens[0].kind == .end {
            throw QueryError(
                .parse,
                "no expression found in input, expected one such as up or sum(up)",
                position: 0
            )
        }
    }

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }

    /// Where an expression begins that was read from the word at an index on, behind parentheses
    /// around the whole of it.
    func start(of expression: Expression, from index: Int) -> Int {
        var (inner, first) = (expression, index)
        while case .parentheses(let next) = inner { (inner, first) = (next, first + 1) }
        return tokens[first].position
    }

    mutating func advance() { index = min(index + 1, tokens.count - 1) }

    func isSymbol(_ text: String) -> Bool { current.kind == .symbol(text) }

    func isKeyword(_ word: String) -> Bool {
        guard case .name(let name) = current.kind else { return false }
        return name.lowercased() == word
    }

    mutating func take(symbol: String) -> Bool {
        guard isSymbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func take(keyword: String) -> Bool {
        guard isKeyword(keyword) else { return false }
        advance()
        return true
    }

    /// Takes a symbol, or throws that it was expected, with what else could have stood there.
    mutating func require(
        _ symbol: String,
        in context: String,
        or other: String? = nil
    ) throws(QueryError) {
        guard !take(symbol: symbol) else { return }
        let choice = other.map { "\"\($0)\" or " } ?? ""
        throw unexpected(in: context, expected: "\(choice)\"\(symbol)\"")
    }

    func requireEnd() throws(QueryError) {
        guard current.kind == .end else {
            throw unexpected(in: "query", expected: "an operator or the end")
        }
    }

    /// What is wrong with the current word: that it is none, or that something else was expected.
    func unexpected(in context: String, expected: String) -> QueryError {
        if case .invalid(let error) = current.kind { return error }
        let found = current.kind == .end ? "end of input" : Labels.quoted(current.text)
        return QueryError(
            .parse,
            "unexpected \(found) in \(context), expected \(expected)",
            position: current.position
        )
    }

    // MARK: Limits

    /// Goes one level deeper; ``leave()`` comes back.
    mutating func enter() throws(QueryError) {
        guard depth < PromQLParser.maximumDepth else {
            throw QueryError(
                exceeds: .depth,
                "the query is nested deeper than \(PromQLParser.maximumDepth) levels",
                position: current.position
            )
        }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    mutating func countOperator(at position: Int) throws(QueryError) {
        operatorCount += 1
        guard operatorCount <= PromQLParser.maximumOperators else {
            throw QueryError(
                exceeds: .operators,
                "the query has more than \(PromQLParser.maximumOperators) operators; "
                    + "divide it, or have a recording rule work out a part",
                position: position
            )
        }
    }

    // MARK: Binary and unary

    /// Reads operands and operators of at least a precedence.
    mutating func expression(minimum: Int) throws(QueryError) -> Expression {
        try enter()
        defer { leave() }
        let start = current.position
        var left = try unary()
        while let operation = binaryOperator(), operation.precedence >= minimum {
            let position = current.position
            try countOperator(at: position)
            advance()
            var binary = try modifiers(of: operation)
            binary.left = left
            // A power takes what follows first: 2^3^2 is 2^(3^2).
            let next = operation == .power ? operation.precedence : operation.precedence + 1
            let places = TypeCheck.Places(
                left: start,
                operation: position,
                right: current.position
            )
            binary.right = try expression(minimum: next)
            try TypeCheck.binary(binary, places)
            left = .binary(binary)
        }
        return left
    }

    private func binaryOperator() -> Binary.Operator? {
        switch current.kind {
        case .symbol(let text): return text == "=" ? nil : Binary.Operator(rawValue: text)
        case .name(let name):
            let word = name.lowercased()
            return word.first?.isLetter == true ? Binary.Operator(rawValue: word) : nil
        default: return nil
        }
    }

    private mutating func unary() throws(QueryError) -> Expression {
        guard isSymbol("-") || isSymbol("+") else { return try suffixed() }
        let position = current.position
        let isNegative = isSymbol("-")
        advance()
        let operand = try expression(minimum: Binary.Operator.power.precedence)
        if case .number(let value) = operand { return .number(isNegative ? -value : value) }
        try TypeCheck.unary(operand, position)
        return .unary(isNegative: isNegative, operand)
    }

    private mutating func modifiers(
        of operation: Binary.Operator
    ) throws(QueryError) -> Binary {
        var binary = Binary(operation, .number(0), .number(0))
        if operation.isSet { binary.cardinality = .manyToMany }
        let position = current.position
        if take(keyword: "bool") {
            guard operation.isComparison else {
                throw QueryError(
                    .parse,
                    "bool modifier can only be used on comparison operators, expected one of "
                        + "== != < <= > >= before it",
                    position: position
                )
            }
            binary.returnsBool = true
        }
        guard isKeyword("on") || isKeyword("ignoring") else { return binary }
        let isOn = isKeyword("on")
        advance()
        let names = try labelNames(in: "grouping opts")
        binary.matching = isOn ? .by(names) : .without(names)
        guard isKeyword("group_left") || isKeyword("group_right") else { return binary }
        let isLeft = isKeyword("group_left")
        guard !operation.isSet else {
            throw QueryError(
                .parse,
                "no grouping allowed for \(Labels.quoted(operation.rawValue)) operation, expected "
                    + "an expression",
                position: current.position
            )
        }
        advance()
        let include = isSymbol("(") ? try labelNames(in: "grouping opts") : []
        if isOn, let twice = include.first(where: names.contains) {
            throw QueryError(
                .parse,
                "label \(Labels.quoted(twice)) must not occur in ON and GROUP clause at once, "
                    + "expected it in one of them",
                position: position
            )
        }
        binary.cardinality = isLeft ? .manyToOne(include: include) : .oneToMany(include: include)
        return binary
    }

    /// Words that are labels in lists only when they are quoted.
    ///
    /// - Source: Prometheus, promql/parser/generated_parser.y, maybe_label.
    static let neverLabels: Set<String> = ["without", "inf", "nan"]

    /// Reads `(a, b)`.
    mutating func labelNames(in context: String) throws(QueryError) -> [String] {
        try require("(", in: context)
        var names: [String] = []
        while !isSymbol(")") {
            switch current.kind {
            case .name(let name) where !Self.neverLabels.contains(name.lowercased()):
                names.append(name)
            case .string(let name) where !name.isEmpty: names.append(name)
            default: throw unexpected(in: context, expected: "a label")
            }
            advance()
            if !take(symbol: ",") { break }
        }
        try require(")", in: context, or: ",")
        return names
    }
}
