internal import Telemetry

/// Pieces of PromQL text.
enum QueryText {
    /// A duration with its largest whole unit, as `30d`.
    static func duration(_ span: Milliseconds) -> String {
        let units: [(String, Int64)] = [
            ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ]
        for (name, size) in units where span.count >= size && span.count % size == 0 {
            return "\(span.count / size)\(name)"
        }
        return "\(span.count)ms"
    }

    /// Reads a duration of one whole unit, as `30d`; nil for anything else.
    static func duration(parsing text: String) -> Milliseconds? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        // Ten thousand days at most, so that no product can overflow.
        guard let count = Int64(digits), count <= 864_000_000 else { return nil }
        switch text[digits.endIndex...] {
        case "d": return count > 10_000 ? nil : .days(count)
        case "h": return .hours(count)
        case "m": return .minutes(count)
        case "s": return .seconds(count)
        default: return nil
        }
    }

    /// A pattern that matches each of some texts and nothing else, for inside double quotes.
    static func alternation(_ texts: some Sequence<String>) -> String {
        let pattern = texts.sorted().map(escapedPattern).joined(separator: "|")
        return String(Labels.quoted(pattern).dropFirst().dropLast())
    }

    /// A number as a literal.
    static func number(_ value: Double) -> String {
        guard !value.isNaN else { return "NaN" }
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    /// A text with each `$name` replaced; names that are not given stay.
    static func filled(_ template: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = Substring(template)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let tail = rest[rest.index(after: dollar)...]
            let name = tail.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
            result += values[String(name)] ?? "$\(name)"
            rest = tail[name.endIndex...]
        }
        return result + rest
    }

    private static func escapedPattern(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\.+*?()|[]{}^$".contains(character) { result += "\\" }
            result.append(character)
        }
        return result
    }
}
