internal import PromQL
internal import Telemetry

/// The functions that a template may call.
///
/// - Source: Prometheus, "Template reference"; Go, package text/template, "Functions".
enum TemplateFunction: String, CaseIterable, Hashable, Sendable {
    case printf, print, println, eq, ne, lt, le, gt, ge, and, or, not, index, len
    case humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp
    case toTime, parseDuration, title, toUpper, toLower, match, reReplaceAll, safeHtml
    case stripPort, stripDomain, externalURL, pathPrefix, graphLink, tableLink
    case query, first, label, value, strvalue, sortByLabel, args

    /// How many arguments it takes, the piped one among them.
    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .print, .println, .args: 0...16
        case .printf, .and, .or, .index: 1...16
        case .eq: 2...16
        case .ne, .lt, .le, .gt, .ge, .match, .label, .sortByLabel: 2...2
        case .reReplaceAll: 3...3
        case .externalURL, .pathPrefix: 0...0
        default: 1...1
        }
    }

    var argumentCountText: String {
        let counts = argumentCounts
        return counts.count == 1
            ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
    }

    func callAsFunction(_ arguments: [TemplateValue], _ data: TemplateData)
        throws(AlertingError) -> TemplateValue
    {
        switch self {
        case .printf, .print, .println: return .text(try printed(arguments))
        case .eq, .ne, .lt, .le, .gt, .ge: return .flag(try holds(arguments))
        case .and: return arguments.first { !$0.isTrue } ?? arguments[arguments.count - 1]
        case .or: return arguments.first { $0.isTrue } ?? arguments[arguments.count - 1]
        case .not: return .flag(!arguments[0].isTrue)
        case .index: return try element(arguments)
        case .args: return .arguments(TemplateArguments(arguments))
        case .len: return .integer(try length(arguments[0]))
        case .humanize, .humanize1024, .humanizeDuration, .humanizePercentage,
            .humanizeTimestamp, .toTime:
            return readable(try number(arguments[0], data))
        case .query, .first, .label, .value, .strvalue, .sortByLabel:
            return try sampled(arguments, data)
        default: return try worded(arguments, data)
        }
    }

    // MARK: Go's own functions

    private func holds(_ arguments: [TemplateValue]) throws(AlertingError) -> Bool {
        switch self {
        case .eq:
            for other in arguments.dropFirst()
            where try compare([arguments[0], other]) == .equal {
                return true
            }
            return false
        case .ne: return try compare(arguments) != .equal
        case .lt: return try compare(arguments) == .less
        case .le: return [.less, .equal].contains(try compare(arguments))
        case .gt: return try compare(arguments) == .greater
        default: return [.greater, .equal].contains(try compare(arguments))
        }
    }

    private func element(_ arguments: [TemplateValue]) throws(AlertingError) -> TemplateValue {
        var value = arguments[0]
        for key in arguments.dropFirst() { value = try element(key, of: value) }
        return value
    }

    private func element(_ key: TemplateValue, of value: TemplateValue) throws(AlertingError)
        -> TemplateValue
    {
        switch (value, key) {
        case (.labels(let labels), .text(let name)): return .text(labels[name] ?? "")
        case (.arguments, .text(let name)):
            return value.entries?.first { $0.name == name }?.value ?? .nothing
        case (.samples(let samples), .integer(let index)):
            guard samples.indices.contains(index) else {
                throw failure("has no element \(index), there are \(samples.count)")
            }
            return .sample(samples[index])
        case (.labels, let other), (.samples, let other), (.arguments, let other):
            throw failure("cannot use \(other.kindName) as a key")
        case (let other, _): throw failure("takes labels first, found \(other.kindName)")
        }
    }

    private func length(_ value: TemplateValue) throws(AlertingError) -> Int {
        switch value {
        case .text(let text): return text.utf8.count
        case .labels, .arguments: return value.entries?.count ?? 0
        case .samples(let samples): return samples.count
        default: throw failure("takes a text or labels, found \(value.kindName)")
        }
    }

    private func printed(_ arguments: [TemplateValue]) throws(AlertingError) -> String {
        switch self {
        case .printf: return try TemplateFormat.print(arguments)
        case .println: return arguments.map(\.text).joined(separator: " ") + "\n"
        default: return Self.sprint(arguments)
        }
    }

    // MARK: Functions of Prometheus

    private func readable(_ number: Double) -> TemplateValue {
        switch self {
        case .humanize: .text(NumberText.humanized(number))
        case .humanize1024: .text(NumberText.humanized1024(number))
        case .humanizeDuration: .text(NumberText.duration(number))
        case .humanizePercentage: .text(NumberText.percentage(number))
        case .humanizeTimestamp: .text(NumberText.timestamp(number))
        default: .time(number)
        }
    }

    private func sampled(_ arguments: [TemplateValue], _ data: TemplateData)
        throws(AlertingError) -> TemplateValue
    {
        switch self {
        case .query: return .samples(try data.query?(try text(arguments[0])) ?? [])
        case .label: return .text(try sample(arguments[1]).labels[try text(arguments[0])] ?? "")
        case .value: return .number(try sample(arguments[0]).value)
        case .strvalue: return .text(try sample(arguments[0]).labels["__value__"] ?? "")
        case .first:
            guard let first = try samples(arguments[0]).first else {
                throw failure("was called on no samples")
            }
            return .sample(first)
        default:
            let name = try text(arguments[0])
            let samples = try samples(arguments[1]).enumerated().sorted { left, right in
                let (before, after) = (
                    left.element.labels[name] ?? "", right.element.labels[name] ?? ""
                )
                return before == after
                    ? left.offset < right.offset
                    : before.utf8.lexicographicallyPrecedes(after.utf8)
            }
            return .samples(samples.map(\.element))
        }
    }

    private func worded(_ arguments: [TemplateValue], _ data: TemplateData)
        throws(AlertingError) -> TemplateValue
    {
        switch self {
        case .externalURL: return .text(data.externalURL)
        case .pathPrefix: return .text(AddressText.path(of: data.externalURL))
        default: break
        }
        let first = try text(arguments[0])
        switch self {
        case .title: return .text(Self.titled(first))
        case .toUpper: return .text(first.uppercased())
        case .toLower: return .text(first.lowercased())
        case .stripPort: return .text(AddressText.withoutPort(first))
        case .stripDomain: return .text(AddressText.withoutDomain(first))
        case .graphLink: return .text(AddressText.link(to: first, tab: 0))
        case .tableLink: return .text(AddressText.link(to: first, tab: 1))
        case .match, .reReplaceAll: return try searched(first, arguments)
        case .parseDuration:
            guard let span = DurationText.parse(first) else {
                throw failure("'\(first)' is not a duration such as 1h30m")
            }
            return .number(span.seconds)
        default: return .text(first)
        }
    }

    private func searched(_ pattern: String, _ arguments: [TemplateValue])
        throws(AlertingError) -> TemplateValue
    {
        let texts = (try text(arguments[1]), arguments.count > 2 ? try text(arguments[2]) : "")
        do {
            let search = try TextSearch(pattern)
            return self == .match
                ? .flag(try search.isFound(in: texts.0))
                : .text(try search.replacingAll(in: texts.1, with: texts.0))
        } catch {
            throw failure("\(error)")
        }
    }

    // MARK: Arguments

    private func number(_ value: TemplateValue, _ data: TemplateData) throws(AlertingError)
        -> Double
    {
        switch value {
        case .number(let number): return number
        case .integer(let number): return Double(number)
        case .text(let text):
            if text.isEmpty, data.isTrial { return .nan }
            guard let number = Double(text) else { throw failure("'\(text)' is not a number") }
            return number
        default: throw failure("takes a number, found \(value.kindName)")
        }
    }

    private func text(_ value: TemplateValue) throws(AlertingError) -> String {
        guard case .text(let text) = value else {
            throw failure("takes a text, found \(value.kindName)")
        }
        return text
    }

    private func sample(_ value: TemplateValue) throws(AlertingError) -> TemplateSample {
        guard case .sample(let sample) = value else {
            throw failure("takes a sample, found \(value.kindName)")
        }
        return sample
    }

    private func samples(_ value: TemplateValue) throws(AlertingError) -> [TemplateSample] {
        guard case .samples(let samples) = value else {
            throw failure("takes samples, found \(value.kindName)")
        }
        return samples
    }

    private enum Order { case less, equal, greater, unordered }

    private func compare(_ arguments: [TemplateValue]) throws(AlertingError) -> Order {
        switch (arguments[0], arguments[1]) {
        case (.text(let left), .text(let right)):
            if left == right { return .equal }
            return left.utf8.lexicographicallyPrecedes(right.utf8) ? .less : .greater
        case (.flag(let left), .flag(let right)):
            return left == right ? .equal : .unordered
        case (.integer(let left), .integer(let right)):
            return left == right ? .equal : left < right ? .less : .greater
        case (.number(let left), .number(let right)):
            if left == right { return .equal }
            return left < right ? .less : left > right ? .greater : .unordered
        case (.nothing, .nothing) where isEquality: return .equal
        case (.nothing, _) where isEquality, (_, .nothing) where isEquality: return .unordered
        case (.number, .integer), (.integer, .number):
            throw failure("cannot compare a whole number with another: write 5.0 in place of 5")
        default:
            throw failure(
                "cannot compare \(arguments[0].kindName) with \(arguments[1].kindName)"
            )
        }
    }

    /// Whether it asks for likeness alone, which Go also answers where one side is nil.
    private var isEquality: Bool { self == .eq || self == .ne }

    private func failure(_ reason: String) -> AlertingError {
        .templateFailed(reason: "\(rawValue) \(reason)")
    }

    /// Go's `Sprint`: a blank between two operands when neither is a text.
    private static func sprint(_ arguments: [TemplateValue]) -> String {
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
                defer { startsWord = separatesWords(character) }
                return startsWord ? character.uppercased() : String(character)
            }
        )
    }

    /// Go's `isSeparator`: in ASCII all but letters, digits and `_`; beyond it blanks only.
    private static func separatesWords(_ character: Character) -> Bool {
        if character.isLetter || character.isNumber || character == "_" { return false }
        return character.isASCII || character.isWhitespace
    }
}
