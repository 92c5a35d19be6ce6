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
                let offset = try signedDuration(in: "offset")
                expression = try expression.movingTime(position, "offset") { time in
                    guard time.offset == .zero else { return false }
                    time.offset = offset
                    return true
                }
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
            var step: Milliseconds?
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
            return .subquery(expression, range: span, step: step, time: TimeModifier())
        }
        try require("]", in: "range selector", or: ":")
        guard case .selector(let selector) = expression else {
            throw QueryError(
                .parse,
                "ranges only allowed for vector selectors, expected one before it, or \":\" for a "
                    + "subquery",
                position: position
            )
        }
        guard selector.time == TimeModifier() else {
            throw QueryError(
                .parse,
                "no offset or @ modifiers allowed before range, expected them behind it",
                position: position
            )
        }
        return .matrix(selector, range: span)
    }

    private mutating func positiveDuration(in context: String) throws(QueryError) -> Milliseconds {
        let position = current.position
        let span = try signedDuration(in: context)
        guard span > .zero else {
            throw QueryError(
                .parse,
                "duration must be greater than 0, expected one such as 5m",
                position: position
            )
        }
        return span
    }

    /// Reads a duration or a plain number of seconds, with its sign.
    private mutating func signedDuration(in context: String) throws(QueryError) -> Milliseconds {
        let isNegative = isSymbol("-")
        if isNegative || isSymbol("+") { advance() }
        let span: Milliseconds
        switch current.kind {
        case .duration(let milliseconds): span = Milliseconds(milliseconds)
        case .number(let seconds):
            guard let exact = Int64(exactly: (seconds * 1000).rounded()) else {
                throw QueryError(
                    .parse,
                    "duration out of range, expected at most 9.2e15 seconds",
                    position: current.position
                )
            }
            span = Milliseconds(exact)
        default: throw unexpected(in: context, expected: "a duration")
        }
        advance()
        return isNegative ? .zero - span : span
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
