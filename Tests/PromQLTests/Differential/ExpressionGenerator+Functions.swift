extension ExpressionGenerator {
    /// A function of each element's number.
    mutating func ofNumber(_ depth: Int, _ need: Need) -> Vector {
        if !need.contains(.exact), chance(15) {
            let operand = vector(depth - 1, [])
            let function = one(of: ["abs", "atan", "deg", "rad", "asinh", "tanh"])
            return Vector(
                text: "\(function)(\(operand.text))",
                labels: operand.labels,
                gives: []
            )
        }
        let operand = vector(depth - 1, need.union(.exact))
        let text = operand.text
        if !need.contains(.exact), chance(60) {
            // Beside a pole, or where their domain ends, the last bit decides.
            let function = inTurn(
                "functions",
                [
                    "exp", "ln", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos",
                    "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg", "rad",
                ]
            )
            return Vector(text: "\(function)(\(text))", labels: operand.labels, gives: [])
        }
        if need == .dyadic || chance(40) {
            let whole = one(of: ["abs", "ceil", "floor", "sgn"])
            return Vector(text: "\(whole)(\(text))", labels: operand.labels, gives: operand.gives)
        }
        let choice = one(of: [
            "round(\(text))", "round(\(text), \(one(of: ["0.1", "5", "0.25"])))",
            "sqrt(\(text))", "clamp_min(\(text), \(scalar(0)))",
            "clamp_max(\(text), \(scalar(0)))", "clamp(\(text), -1, \(scalar(0)))",
            "clamp(\(text), \(scalar(0)), \(scalar(1)))",
        ])
        return Vector(text: choice, labels: operand.labels, gives: .exact)
    }

    /// An aggregation.
    mutating func aggregation(_ depth: Int, _ need: Need) -> Vector {
        if chance(15) { return ranked(need) }
        if chance(10), !need.contains(.exact) || need == .exact { return counted(depth) }
        let isInexact = !need.contains(.exact)
        let sums = isInexact && chance(40)
        let operand = vector(depth - 1, sums ? [] : need.union(chance(60) ? .dyadic : need))
        var choices: [(name: String, gives: Need)] = [
            ("max", operand.gives), ("min", operand.gives), ("count", .dyadic), ("group", .dyadic),
        ]
        if operand.gives == .dyadic { choices.append(("sum", .dyadic)) }
        if isInexact {
            let share = one(of: ["0.37", "0.5", "0.93", "0", "1", "-1", "2", "NaN"])
            choices += [("sum", []), ("avg", []), ("quantile(\(share)", [])]
            if operand.gives == .dyadic { choices += [("stddev", []), ("stdvar", [])] }
        }
        let chosen = one(of: choices)
        let (grouping, kept) = grouping(operand.labels)
        let opening = chosen.name.contains("(") ? "\(chosen.name), " : "\(chosen.name)("
        var name = String(opening.prefix { $0 != "(" })
        let arguments = "\(opening.dropFirst(name.count))\(operand.text))"
        if chance(10) { name = name.uppercased() }
        let text =
            chance(50) || grouping.isEmpty
            ? "\(name)\(grouping)\(arguments)" : "\(name)\(arguments)\(grouping)"
        return Vector(text: text, labels: kept, gives: chosen.gives)
    }

    /// `by (…)`, `without (…)` or nothing, and the labels that remain.
    mutating func grouping(_ labels: Set<String>) -> (text: String, kept: Set<String>) {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return ("", [])
        case 1:
            let names = subset(of: labels)
            let more = chance(15) ? ["nothing"] : []
            return (" by (\((names + more).joined(separator: ", ")))", Set(names))
        default:
            let names = subset(of: labels)
            return (" without (\(names.joined(separator: ", ")))", labels.subtracting(names))
        }
    }

    /// The first of an order in which no two are equal.
    private mutating func ranked(_ need: Need) -> Vector {
        let metric = metric(.dyadic) { $0.isDistinct }
        let name = one(of: ["topk", "bottomk"])
        let (grouping, _) = grouping(metric.labels)
        let count = one(of: ["1", "2", "3", "1.9", "0", "-1", "100"])
        let operand =
            metric.seconds > 300 ? "last_over_time(\(range(of: metric)))" : matched(metric)
        let text = "\(name)\(grouping)(\(count), \(operand))"
        return Vector(text: text, labels: metric.labels, gives: .dyadic)
    }

    /// How often each value occurs.
    private mutating func counted(_ depth: Int) -> Vector {
        let operand = vector(depth - 1, .exact)
        var (grouping, kept) = grouping(operand.labels)
        // With three and more labels 2.42 loses one of them after the first step of a range.
        if grouping.split(separator: ",").count > 2 { (grouping, kept) = ("", []) }
        return Vector(
            text: "count_values\(grouping)(\"value\", \(operand.text))",
            labels: kept.union(["value"]),
            gives: .dyadic
        )
    }

    /// `label_replace` and `label_join`.
    mutating func labelled(_ depth: Int, _ need: Need) -> Vector {
        let operand = vector(depth - 1, need)
        let source = one(of: operand.labels.sorted() + ["nothing"])
        let pattern = one(of: [
            "(.*)", "(.+)-(.*)", "[a-z]+-(?P<number>[0-9]+)", "v(.)", ".*", "x", "", "(a)|(.*)",
        ])
        let replacement = one(of: [
            "$1", "x-$1", "${number}", "$2$1", "plain", "$0", "$$", "$3", "",
        ])
        let names = [source] + subset(of: operand.labels)
        let sources = names.map { "\"\($0)\"" }.joined(separator: ", ")
        // A new label cannot make two series one; an own one is left to the wrong expressions.
        let text =
            chance(70)
            ? "label_replace(\(operand.text), \"new\", \"\(replacement)\", \"\(source)\", "
                + "\"\(pattern)\")"
            : "label_join(\(operand.text), \"new\", \"\(one(of: ["-", "", ", "]))\", "
                + "\(sources))"
        return Vector(text: text, labels: operand.labels, gives: operand.gives)
    }

    /// A part of the date of each value, or of the time of evaluation.
    mutating func dated(_ depth: Int) -> Vector {
        let date = inTurn(
            "dates",
            [
                "minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month",
                "month", "year",
            ]
        )
        if chance(20) { return Vector(text: "\(date)()", labels: [], gives: .dyadic) }
        // What is no time has no date: there Prometheus gives what the processor makes of it.
        let operand = vector(depth - 1, .dyadic)
        let text = "\(date)(\(operand.operand) * \(one(of: ["86400", "3600", "2629746"])))"
        return Vector(text: text, labels: operand.labels, gives: .dyadic)
    }

    /// What is neither of these: absence, histograms, times.
    mutating func special(_ depth: Int, _ need: Need) -> Vector {
        switch Int.random(in: 0..<6, using: &random) {
        case 0:
            return Vector(text: "vector(\(scalar(0)))", labels: [], gives: .exact)
                .unless(need == .dyadic, Vector(text: "vector(4)", labels: [], gives: .dyadic))
        case 1, 2:
            let metric = metric([])
            let missing = "\(metric.name){device=\"none\", village=\"v0\"}"
            let present = matched(metric)
            let text = one(of: [
                "absent(\(missing))", "absent_over_time(\(missing)[5m])", "absent(\(present))",
                "absent(sum(\(missing)))", "absent_over_time(\(present)[10s])",
                "absent(\(metric.name){device=\"a\", device=~\"b\", village=\"v1\"})",
                "absent(\(missing) > 1)", "absent_over_time(\(missing)[607s:60s])",
            ])
            return Vector(text: text, labels: [], gives: .dyadic)
        case 3:
            let text = one(of: ["timestamp(lamp_power_watts)", "timestamp(lamp_power_watts * 1)"])
            return Vector(text: text, labels: ["device", "village", "feeder"], gives: .exact)
                .unless(need == .dyadic, Vector(text: "vector(1)", labels: [], gives: .dyadic))
        default:
            guard !need.contains(.exact) else { return leaf(need) }
            let share = one(of: ["0.4137", "0.9", "0.0531", "-1", "2", "NaN"])
            let operand = one(of: [
                "request_duration_seconds_bucket",
                "rate(request_duration_seconds_bucket[10m])",
                "sum by (le) (rate(request_duration_seconds_bucket[7m]))",
                "sum by (le, route) (increase(request_duration_seconds_bucket[1h]))",
                "request_duration_seconds_bucket{le!=\"1\"}",
                "request_duration_seconds_bucket{le!=\"+Inf\"}",
            ])
            let labels: Set<String> = operand.contains("(le)") ? [] : ["route"]
            let text = "histogram_quantile(\(share), \(operand))"
            return Vector(text: text, labels: labels, gives: [])
        }
    }
}

extension ExpressionGenerator.Vector {
    /// Another vector where a condition holds.
    fileprivate func unless(_ condition: Bool, _ other: Self) -> Self { condition ? other : self }
}
