internal import Telemetry

/// The functions that a template may call.
///
/// - Source: Prometheus, "Template reference"; Go, package text/template, "Functions".
enum TemplateFunction: String, CaseIterable, Hashable, Sendable {
    case printf, print, humanize, humanize1024, humanizeDuration, humanizePercentage
    case humanizeTimestamp, title, toUpper, toLower, stripPort, stripDomain
    case eq, ne, lt, le, gt, ge, and, or, not, index, len

    /// How many arguments it takes, the piped one among them.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .printf, .print, .and, .or: 1...16
        case .eq: 2...16
        case .ne, .lt, .le, .gt, .ge, .index: 2...2
        default: 1...1
        }
    }

    var argumentCountText: String {
        let counts = argumentCounts
        return counts.count == 1
            ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
    }

    func callAsFunction(_ arguments: [TemplateValue]) throws(AlertingError) -> TemplateValue {
        switch self {
        case .printf: return .text(try TemplateFormat.print(arguments))
        case .print: return .text(Self.printed(arguments))
        case .humanize: return .text(NumberText.humanized(try number(arguments[0])))
        case .humanize1024: return .text(NumberText.humanized1024(try number(arguments[0])))
        case .humanizeDuration: return .text(NumberText.duration(try number(arguments[0])))
        case .humanizePercentage: return .text(NumberText.percentage(try number(arguments[0])))
        case .humanizeTimestamp: return .text(NumberText.timestamp(try number(arguments[0])))
        case .title: return .text(Self.titled(try text(arguments[0])))
        case .toUpper: return .text(try text(arguments[0]).uppercased())
        case .toLower: return .text(try text(arguments[0]).lowercased())
        case .stripPort: return .text(Self.withoutPort(try text(arguments[0])))
        case .stripDomain: return .text(Self.withoutDomain(try text(arguments[0])))
        case .eq:
            for other in arguments.dropFirst()
            where try compare([arguments[0], other]) == .equal {
                return .flag(true)
            }
            return .flag(false)
        case .ne: return .flag(try compare(arguments) != .equal)
        case .lt: return .flag(try compare(arguments) == .less)
        case .le: return .flag([.less, .equal].contains(try compare(arguments)))
        case .gt: return .flag(try compare(arguments) == .greater)
        case .ge: return .flag([.greater, .equal].contains(try compare(arguments)))
        case .and: return arguments.first { !$0.isTrue } ?? arguments[arguments.count - 1]
        case .or: return arguments.first { $0.isTrue } ?? arguments[arguments.count - 1]
        case .not: return .flag(!arguments[0].isTrue)
        case .index:
            guard case .labels(let labels) = arguments[0] else {
                throw failure("takes labels first, found \(arguments[0].kindName)")
            }
            return .text(labels[try text(arguments[1])] ?? "")
        case .len:
            switch arguments[0] {
            case .text(let text): return .integer(text.utf8.count)
            case .labels(let labels): return .integer(labels.sorted.count)
            default: throw failure("takes a text or labels, found \(arguments[0].kindName)")
            }
        }
    }

    private func number(_ value: TemplateValue) throws(AlertingError) -> Double {
        switch value {
        case .number(let number): return number
        case .integer(let number): return Double(number)
        case .text(let text):
            // A missing label is the empty text; it shows as NaN rather than failing the trial run.
            if text.isEmpty { return .nan }
            guard let number = Double(text) else { throw failure("'\(text)' is not a number") }
            return number
        case .flag, .labels: throw failure("takes a number, found \(value.kindName)")
        }
    }

    private func text(_ value: TemplateValue) throws(AlertingError) -> String {
        guard case .text(let text) = value else {
            throw failure("takes a text, found \(value.kindName)")
        }
        return text
    }

    private enum Order { case less, equal, greater, unordered }

    private func compare(_ arguments: [TemplateValue]) throws(AlertingError) -> Order {
        switch (arguments[0], arguments[1]) {
        case (.text(let left), .text(let right)):
            if left == right { return .equal }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? .less : .greater
        case (.flag(let left), .flag(let right)):
            return left == right ? .equal : .unordered
        case (.number, .number), (.number, .integer), (.integer, .number), (.integer, .integer):
            let (left, right) = (try number(arguments[0]), try number(arguments[1]))
            if left == right { return .equal }
            return left < right ? .less : left > right ? .greater : .unordered
        default:
            throw failure(
                "cannot compare \(arguments[0].kindName) with \(arguments[1].kindName)"
            )
        }
    }

    private func failure(_ reason: String) -> AlertingError {
        .templateFailed(reason: "\(rawValue) \(reason)")
    }

    /// Go's `Sprint`: a blank between two operands when neither is a text.
    private static func printed(_ arguments: [TemplateValue]) -> String {
        var result = ""
        var lastWasText = true
        for argument in arguments {
            let isText = argument.isText
            if !lastWasText, !isText { result += " " }
            result += argument.text
            lastWasText = isText
        }
        return result
    }

    private static func titled(_ text: String) -> String {
        var startsWord = true
        return String(
            text.flatMap { character -> String in
                defer { startsWord = character.isWhitespace }
                return startsWord ? character.uppercased() : String(character)
            }
        )
    }

    private static func withoutPort(_ address: String) -> String {
        guard let colon = address.lastIndex(of: ":"),
            address.filter({ $0 == ":" }).count == 1 || address.hasPrefix("[")
        else { return address }
        let host = address[..<colon]
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }

    private static func withoutDomain(_ address: String) -> String {
        let host = withoutPort(address)
        let isNumeric = host.allSatisfy { $0.isNumber || $0 == "." } || host.contains(":")
        guard !isNumeric, let dot = host.firstIndex(of: ".") else { return address }
        return String(host[..<dot]) + address.dropFirst(host.count)
    }
}

extension TemplateValue {
    /// Go's truth: not empty and not zero.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .number(let number): number != 0
        case .integer(let number): number != 0
        case .flag(let flag): flag
        case .labels(let labels): !labels.sorted.isEmpty
        }
    }

    /// The value as Go's `%v` prints it.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): NumberText.shortest(number)
        case .integer(let number): String(number)
        case .flag(let flag): String(flag)
        case .labels(let labels):
            "map[" + labels.sorted.map { "\($0.name):\($0.value)" }.joined(separator: " ") + "]"
        }
    }

    var isText: Bool {
        if case .text = self { true } else { false }
    }

    var kindName: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .integer: "a whole number"
        case .flag: "a flag"
        case .labels: "labels"
        }
    }
}
