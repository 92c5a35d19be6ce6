internal import PromQL
internal import Telemetry

extension JSONText {
    /// Writes an expression as the tree that Prometheus' own pages read; spans and times in
    /// milliseconds.
    ///
    /// - Source: Prometheus 3, web/api/v1/translate_ast.go.
    mutating func tree(_ expression: Expression) {
        tree(expression, UnresolvedDurations())
    }

    private mutating func tree(_ expression: Expression, _ durations: UnresolvedDurations) {
        switch expression {
        case .number(let value):
            node("numberLiteral") { $0.member("val", NumberFormat.prometheus(value)) }
        case .string(let text):
            node("stringLiteral") { $0.member("val", text) }
        case .parentheses(let inner):
            node("parenExpr") { $0.tree(inner, as: "expr") }
        case .unary(let isNegative, let operand):
            node("unaryExpr") { json in
                json.member("op", isNegative ? "-" : "+")
                json.tree(operand, as: "expr")
            }
        case .selector(let selector):
            node("vectorSelector") { $0.selector(selector, durations) }
        case .matrix(let selector, let range):
            node("matrixSelector") { json in
                json.selector(selector, durations)
                json.number("range", range.count)
                json.duration("rangeExpr", durations.range?.expression)
            }
        case .subquery(let inner, let range, let step, let time):
            node("subquery") { json in
                json.tree(inner, as: "expr")
                json.number("range", range.count)
                json.duration("rangeExpr", durations.range?.expression)
                json.number("step", step?.count ?? 0)
                json.duration("stepExpr", durations.step?.expression)
                json.time(time, durations)
            }
        case .unresolved(let inner, let durations): tree(inner, durations)
        case .call(let function, let arguments, _): call(function, arguments)
        case .aggregation(let aggregation): self.aggregation(aggregation)
        case .binary(let binary): self.binary(binary)
        }
    }

    mutating func node(_ type: String, _ members: (inout JSONText) -> Void) {
        object { json in
            json.member("type", type)
            members(&json)
        }
    }

    private mutating func tree(_ expression: Expression?, as name: String) {
        self.name(name)
        if let expression { tree(expression) } else { raw("null") }
    }

    private mutating func texts(_ name: String, _ texts: [String]) {
        self.name(name)
        array { json in
            for text in texts { json.text(text) }
        }
    }

    mutating func truth(_ name: String, _ value: Bool) {
        self.name(name)
        raw(value ? "true" : "false")
    }

    private mutating func selector(_ selector: Selector, _ durations: UnresolvedDurations) {
        let metric = selector.matchers.first { $0.name == Labels.metricNameLabel }
        if case .equal(let name) = metric?.test { member("name", name) } else { member("name", "") }
        name("matchers")
        array { json in
            for matcher in selector.matchers { json.matcher(matcher) }
        }
        time(selector.time, durations)
    }

    private mutating func matcher(_ matcher: LabelMatcher) {
        let (type, value) =
            switch matcher.test {
            case .equal(let value): ("=", value)
            case .notEqual(let value): ("!=", value)
            case .matches(let pattern): ("=~", pattern.text)
            case .matchesNot(let pattern): ("!~", pattern.text)
            }
        object { json in
            json.member("type", type)
            json.member("name", matcher.name)
            json.member("value", value)
        }
    }

    private mutating func time(_ time: TimeModifier, _ durations: UnresolvedDurations) {
        number("offset", time.offset.count)
        duration("offsetExpr", durations.offset?.expression)
        name("timestamp")
        if case .time(let instant) = time.anchor {
            raw("\(instant.milliseconds)")
        } else {
            raw("null")
        }
        name("startOrEnd")
        switch time.anchor {
        case .start: text("start")
        case .end: text("end")
        case .time, nil: raw("null")
        }
    }

    private mutating func call(_ function: Function, _ arguments: [Expression]) {
        let signature = function.signature
        node("call") { json in
            json.name("func")
            json.object { json in
                json.member("name", function.rawValue)
                json.texts("argTypes", signature.arguments.map(\.typeName))
                json.number("variadic", signature.optional ?? -1)
                json.member("returnType", function.result.typeName)
            }
            json.name("args")
            json.array { json in
                for argument in arguments { json.tree(argument) }
            }
        }
    }

    private mutating func aggregation(_ aggregation: Aggregation) {
        let (names, isWithout) =
            switch aggregation.grouping {
            case .by(let names): (names, false)
            case .without(let names): (names, true)
            }
        node("aggregation") { json in
            json.member("op", aggregation.operation.rawValue)
            json.tree(aggregation.operand, as: "expr")
            json.tree(aggregation.parameter, as: "param")
            json.texts("grouping", names)
            json.truth("without", isWithout)
        }
    }

    private mutating func binary(_ binary: Binary) {
        node("binaryExpr") { json in
            json.member("op", binary.operation.rawValue)
            json.tree(binary.left, as: "lhs")
            json.tree(binary.right, as: "rhs")
            json.truth("bool", binary.returnsBool)
            json.name("matching")
            // Between scalars nothing is matched.
            if binary.left.type == .vector, binary.right.type == .vector {
                json.matching(binary)
            } else {
                json.raw("null")
            }
        }
    }

    private mutating func matching(_ binary: Binary) {
        let (cardinality, include) =
            switch binary.cardinality {
            case .oneToOne: ("one-to-one", [String]())
            case .manyToOne(let include): ("many-to-one", include)
            case .oneToMany(let include): ("one-to-many", include)
            case .manyToMany: ("many-to-many", [])
            }
        let (names, isOn) =
            switch binary.matching {
            case .by(let names): (names, true)
            case .without(let names): (names, false)
            }
        object { json in
            json.member("card", cardinality)
            json.texts("labels", names)
            json.truth("on", isOn)
            json.texts("include", include)
        }
    }
}

extension ValueKind {
    /// What the API calls the type.
    fileprivate var typeName: String {
        switch self {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "vector"
        case .matrix: "matrix"
        }
    }
}
