internal import Telemetry

extension ExpressionReader {
    /// Reads an operand with what may follow it: ranges, `offset`, `@`.
    mutating func suffixed() throws(QueryError) -> Expression {
        var expression = try operand()
        while true {
            let position = current.position
            if isSymbol("[") {
                expression = try range(of: expression)
            } else if take(keyword: "offset") {
                let offset = try offsetDuration()
                expression = try expression.movingTime(position, "offset") { time in
                    guard time.offset == .zero else { return false }
                    time.offset = offset.plain
                    return true
                }
                expression = expression.leaving { $0.offset = offset.unresolved }
            } else if take(symbol: "@") {
                let anchor = try anchor()
                expression = try expression.movingTime(position, "@") { time in
                    guard time.anchor == nil else { return false }
                    time.anchor = anchor
                    return true
                }
            } else {
                return expression
            }
        }
    }

    private mutating func range(of expression: Expression) throws(QueryError) -> Expression {
        let position = current.position
        advance()
        let span = try positiveDuration(in: "subquery or range selector")
        if take(symbol: ":") {
            var step: WrittenDuration?
            if !isSymbol("]") {
                step = try positiveDuration(in: "subquery selector")
            }
            try require("]", in: "subquery selector")
            guard expression.type == .vector else {
                throw QueryError(
                    .parse,
                    "subquery is only allowed on instant vector, expected one, got "
                        + "\(expression.type)",
                    position: position
                )
            }
            return Expression.subquery(
                expression,
                range: span.plain,
                step: step?.plain,
                time: TimeModifier()
            ).leaving { ($0.range, $0.step) = (span.unresolved, step?.unresolved) }
        }
        try require("]", in: "range selector", or: ":")
        guard let selector = expression.selector else {
            throw QueryError(
                .parse,
                "ranges only allowed for vector selectors, expected one before it, or \":\" for a "
                    + "subquery",
                position: position
            )
        }
        guard selector.time == TimeModifier(), !expression.hasUnresolvedOffset else {
            throw QueryError(
                .parse,
                "no offset or @ modifiers allowed before range, expected them behind it",
                position: position
            )
        }
        return Expression.matrix(selector, range: span.plain)
            .leaving { $0.range = span.unresolved }
    }

    private mutating func anchor() throws(QueryError) -> TimeModifier.Anchor {
        let position = current.position
        if isKeyword("start") || isKeyword("end") {
            let isStart = isKeyword("start")
            advance()
            try require("(", in: "@")
            try require(")", in: "@")
            return isStart ? .start : .end
        }
        let isNegative = isSymbol("-")
        if isNegative || isSymbol("+") { advance() }
        var seconds: Double?
        switch current.kind {
        case .number(let value): seconds = value
        case .duration(let milliseconds): seconds = Double(milliseconds) / 1000
        case .name(let name): seconds = NumberText.parse(name)
        default: break
        }
        guard let seconds else {
            throw unexpected(in: "@", expected: "a timestamp, start() or end()")
        }
        let signed = isNegative ? -seconds : seconds
        guard let instant = Instant(secondsSince1970: signed) else {
            throw QueryError(
                .parse,
                "timestamp out of bounds for @ modifier: \(signed), "
                    + "expected seconds within 9.2e15",
                position: position
            )
        }
        advance()
        return .time(instant)
    }
}

extension Expression {
    /// The selector of an expression that is one and no more.
    fileprivate var selector: Selector? {
        switch self {
        case .selector(let selector), .unresolved(.selector(let selector), _): selector
        default: nil
        }
    }

    fileprivate var hasUnresolvedOffset: Bool {
        if case .unresolved(_, let durations) = self { durations.offset != nil } else { false }
    }

    /// Leaves durations to be worked out when the query is run.
    fileprivate func leaving(_ change: (inout UnresolvedDurations) -> Void) -> Expression {
        var (inner, durations) = (self, UnresolvedDurations())
        if case .unresolved(let expression, let known) = self {
            (inner, durations) = (expression, known)
        }
        change(&durations)
        return durations == UnresolvedDurations() ? inner : .unresolved(inner, durations)
    }

    /// Gives the expression another time; `change` answers whether it may.
    fileprivate func movingTime(
        _ position: Int,
        _ modifier: String,
        _ change: (inout TimeModifier) -> Bool
    ) throws(QueryError) -> Expression {
        let isChanged: Bool
        let changed: Expression
        switch self {
        case .selector(var selector):
            isChanged = change(&selector.time)
            changed = .selector(selector)
        case .matrix(var selector, let range):
            isChanged = change(&selector.time)
            changed = .matrix(selector, range: range)
        case .subquery(let inner, let range, let step, var time):
            isChanged = change(&time)
            changed = .subquery(inner, range: range, step: step, time: time)
        case .unresolved(let inner, let durations):
            let isSet = modifier == "offset" && durations.offset != nil
            let moved = try inner.movingTime(position, modifier) { !isSet && change(&$0) }
            return .unresolved(moved, durations)
        default:
            throw QueryError(
                .parse,
                "\(modifier) modifier must be preceded by an instant vector selector or range "
                    + "vector selector or a subquery, expected one before it",
                position: position
            )
        }
        guard isChanged else {
            throw QueryError(
                .parse,
                modifier == "@"
                    ? "@ <timestamp> may not be set multiple times, expected one"
                    : "offset may not be set multiple times, expected one",
                position: position
            )
        }
        return changed
    }
}
