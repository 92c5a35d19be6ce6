internal import Telemetry

extension Expression: CustomStringConvertible {
    /// PromQL that reads back as the same expression, as Prometheus writes it.
    ///
    /// - Source: Prometheus, promql/parser/printer.go.
    public var description: String {
        switch self {
        case .number(let value): NumberFormat.prometheus(value)
        case .string(let text): Labels.quoted(text)
        case .selector(let selector), .matrix(let selector, _),
            .unresolved(.selector(let selector), _), .unresolved(.matrix(let selector, _), _):
            Self.text(of: selector.matchers) + timeText
        case .subquery(let inner, _, _, _), .unresolved(.subquery(let inner, _, _, _), _):
            inner.description + timeText
        case .call(let function, let arguments, _):
            "\(function.rawValue)(\(arguments.map(\.description).joined(separator: ", ")))"
        case .aggregation(let aggregation): Self.text(aggregation)
        case .unary(let isNegative, let operand): (isNegative ? "-" : "+") + operand.description
        case .binary(let binary): Self.text(binary)
        case .parentheses(let inner): "(\(inner))"
        case .unresolved(let inner, _): inner.description
        }
    }

    /// The range, the time and the offset of a selector or subquery, which stand behind it; empty
    /// for any other.
    var timeText: String {
        var (timed, durations) = (self, UnresolvedDurations())
        if case .unresolved(let inner, let parts) = self { (timed, durations) = (inner, parts) }
        func text(_ duration: Milliseconds?, _ part: UnresolvedDurations.Part?) -> String {
            part?.expression.description ?? duration.map(DurationText.print) ?? ""
        }
        switch timed {
        case .selector(let selector): return Self.text(selector.time, durations.offset)
        case .matrix(let selector, let range):
            return "[\(text(range, durations.range))]"
                + Self.text(selector.time, durations.offset)
        case .subquery(_, let range, let step, let time):
            return "[\(text(range, durations.range)):\(text(step, durations.step))]"
                + Self.text(time, durations.offset)
        default: return ""
        }
    }

    /// A condition on one label.
    static func text(of matcher: LabelMatcher) -> String {
        let name = isPlain(matcher.name) ? matcher.name : Labels.quoted(matcher.name)
        return switch matcher.test {
        case .equal(let value): "\(name)=\(Labels.quoted(value))"
        case .notEqual(let value): "\(name)!=\(Labels.quoted(value))"
        case .matches(let pattern): "\(name)=~\(Labels.quoted(pattern.text))"
        case .matchesNot(let pattern): "\(name)!~\(Labels.quoted(pattern.text))"
        }
    }

    private static func text(of matchers: [LabelMatcher]) -> String {
        var rest = matchers
        var name = ""
        if let first = matchers.first, first.name == Labels.metricNameLabel,
            case .equal(let metric) = first.test, isPlain(metric, allowsColon: true),
            // A keyword would read as the keyword.
            !ExpressionReader.neverMetrics.contains(metric.lowercased())
        {
            name = metric
            rest.removeFirst()
        }
        guard !rest.isEmpty else { return name }
        return name + "{" + rest.map(text(of:)).sorted().joined(separator: ",") + "}"
    }

    private static func text(
        _ time: TimeModifier,
        _ offset: UnresolvedDurations.Part?
    ) -> String {
        var text = ""
        switch time.anchor {
        case .time(let instant):
            let milliseconds = instant.milliseconds
            var seconds: [UInt8] = milliseconds < 0 ? [UInt8(ascii: "-")] : []
            NumberFormat.append(milliseconds.magnitude, decimals: 3, to: &seconds)
            text += " @ " + String(decoding: seconds, as: UTF8.self)
        case .start: text += " @ start()"
        case .end: text += " @ end()"
        case nil: break
        }
        if let offset {
            text += " offset \(offset.expression)"
        } else if time.offset != .zero {
            text += " offset \(DurationText.print(time.offset))"
        }
        return text
    }

    private static func text(_ aggregation: Aggregation) -> String {
        let text = head(of: aggregation)
        let parameter = aggregation.parameter.map { "\($0), " } ?? ""
        return text + "(\(parameter)\(aggregation.operand))"
    }

    /// Operator and grouping of an aggregation.
    static func head(of aggregation: Aggregation) -> String {
        switch aggregation.grouping {
        case .by([]): aggregation.operation.rawValue
        case .by(let names): "\(aggregation.operation.rawValue) by (\(list(names))) "
        case .without(let names): "\(aggregation.operation.rawValue) without (\(list(names))) "
        }
    }

    private static func text(_ binary: Binary) -> String {
        "\(binary.left) \(head(of: binary)) \(binary.right)"
    }

    /// An operator with what is said of its matching.
    static func head(of binary: Binary) -> String {
        var text = binary.operation.rawValue
        if binary.returnsBool { text += " bool" }
        switch (binary.matching, binary.cardinality) {
        case (.without([]), .oneToOne), (.without([]), .manyToMany): break
        case (.by(let names), _): text += " on (\(list(names)))"
        case (.without(let names), _): text += " ignoring (\(list(names)))"
        }
        switch binary.cardinality {
        case .manyToOne(let include): text += " group_left (\(list(include)))"
        case .oneToMany(let include): text += " group_right (\(list(include)))"
        case .oneToOne, .manyToMany: break
        }
        return text
    }

    private static func list(_ names: [String]) -> String {
        names.map { name in
            let isWord = ExpressionReader.neverLabels.contains(name.lowercased())
            return isPlain(name) && !isWord ? name : Labels.quoted(name)
        }.joined(separator: ", ")
    }

    private static func isPlain(_ name: String, allowsColon: Bool = false) -> Bool {
        guard let first = name.utf8.first,
            first.beginsName || allowsColon && first == UInt8(ascii: ":")
        else { return false }
        return name.utf8.allSatisfy { $0.continuesName(withColon: allowsColon) }
    }
}
