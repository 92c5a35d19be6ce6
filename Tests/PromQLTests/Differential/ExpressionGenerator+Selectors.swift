extension ExpressionGenerator {
    mutating func metric(_ need: Need, where isFit: (GeneratedMetric) -> Bool = { _ in true })
        -> GeneratedMetric
    {
        one(of: GeneratedMetric.all.filter { $0.gives.isSuperset(of: need) && isFit($0) })
    }

    /// A metric's name with some conditions.
    mutating func matched(_ metric: GeneratedMetric) -> String {
        let matchers = metric.matchers.filter { _ in chance(25) }
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
            return "{__name__=\"\(metric.name)\"\(matchers.map { ", \($0)" }.joined())}"
        case 1: return "{__name__=~\"\(metric.name)\"}"
        case 2: return "\(metric.name){}"
        default:
            return matchers.isEmpty
                ? metric.name : "\(metric.name){\(matchers.joined(separator: ","))}"
        }
    }

    /// `offset`, `@` or nothing.
    mutating func modifiers() -> String {
        guard chance(25) else { return "" }
        let offset = " offset \(one(of: ["", "-"]))\(one(of: ["10s", "1m", "2m30s", "10m", "1h"]))"
        // A time between whole seconds, hours before the end.
        let seconds = VillageSamples.end / 1000 - Int64.random(in: 300..<39_000, using: &random)
        let anchor = " @ " + one(of: ["\(seconds).123", "start()", "end()"])
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return offset + anchor
        case 1: return anchor + offset
        case 2: return anchor
        default: return offset
        }
    }

    /// A selector, or the last value of a sensor that is too slow for one.
    mutating func leaf(_ need: Need) -> Vector {
        let metric = metric(need)
        let isSlow = metric.seconds > 300
        let text =
            isSlow && chance(80)
            ? "last_over_time(\(range(of: metric)))" : matched(metric) + modifiers()
        return Vector(text: text, labels: metric.labels, gives: metric.gives)
    }

    /// A window of a metric that mostly holds several samples.
    mutating func range(of metric: GeneratedMetric) -> String {
        let seconds =
            metric.seconds * Int.random(in: 2...9, using: &random)
            + Int.random(in: 0..<60, using: &random)
        let units = [(3600, "h"), (60, "m"), (1, "s")]
        var rest = seconds
        var text = ""
        for (size, unit) in units where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return "\(matched(metric))[\(text)]\(modifiers())"
    }

    /// A range vector by itself, as only an instant query may have.
    mutating func rangeVector() -> String {
        chance(50) ? range(of: metric([])) : subquery(of: vector(1, []).operand)
    }

    /// A function over a metric's window.
    mutating func overWindow(_ need: Need) -> Vector {
        let metric = metric(need)
        return over(range(of: metric), need, of: metric.gives, metric.labels, metric.isCounter)
    }

    /// A function over what an expression gave in the past.
    mutating func overSubquery(_ depth: Int, _ need: Need) -> Vector {
        if chance(20), !need.contains(.exact) {
            let counter = metric(.dyadic) { $0.isCounter && $0.seconds == 60 }
            let text = subquery(of: matched(counter))
            return over(text, need, of: .dyadic, counter.labels, true)
        }
        let inner = vector(depth - 1, need.union(chance(60) ? .exact : []))
        return over(subquery(of: inner.operand), need, of: inner.gives, inner.labels, false)
    }

    /// A subquery whose range is no multiple of its step.
    mutating func subquery(of operand: String) -> String {
        let step = one(of: [60, 30, 120, 300])
        let range = step * Int.random(in: 3...10, using: &random) + 7
        // Without a step it is a minute.
        let shown = step == 60 && chance(50) ? "" : "\(step)s"
        return "\(operand)[\(range)s:\(shown)]\(modifiers())"
    }

    private mutating func over(
        _ range: String,
        _ need: Need,
        of gives: Need,
        _ labels: Set<String>,
        _ isCounter: Bool
    ) -> Vector {
        // The name, and whether the value is as exact as the samples.
        var choices: [(text: String, gives: Need)] = [
            ("max_over_time(\(range))", gives), ("min_over_time(\(range))", gives),
            ("last_over_time(\(range))", gives), ("count_over_time(\(range))", .dyadic),
            ("present_over_time(\(range))", .dyadic),
        ]
        if gives.contains(.exact) {
            choices += [
                ("changes(\(range))", .dyadic), ("resets(\(range))", .dyadic),
                ("idelta(\(range))", gives),
            ]
        }
        if gives == .dyadic { choices.append(("sum_over_time(\(range))", .dyadic)) }
        if !need.contains(.exact) {
            // With a fixed time beside what changes 2.42 gives only the first steps of a range.
            let isFixed = range.contains("@")
            let other = isFixed ? "0.21" : scalar(1)
            let share = one(of: ["0.37", "0.5", "0.93", "0", "1", "-1", "2", "NaN", other])
            choices += [
                ("avg_over_time(\(range))", []), ("delta(\(range))", []),
                ("quantile_over_time(\(share), \(range))", []),
            ]
            if gives == .dyadic {
                // A slope of nothing may be one of the last bit: moved away from zero it decides
                // nothing.
                choices += [
                    ("stddev_over_time(\(range))", []), ("stdvar_over_time(\(range))", []),
                    ("(1e3 * deriv(\(range)) + 64)", []),
                ]
                if !isFixed {
                    choices.append(("(predict_linear(\(range), \(scalar(1))) + 64)", []))
                }
            }
            if isCounter {
                choices += [
                    ("rate(\(range))", []), ("increase(\(range))", []), ("irate(\(range))", []),
                ]
            }
        }
        let chosen = one(of: choices)
        return Vector(text: chosen.text, labels: labels, gives: chosen.gives)
    }
}
