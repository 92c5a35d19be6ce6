/// The part of Home Assistant's templates that discovery needs: one expression that takes the
/// payload or a member of it, and filters that make it a number.
///
/// `{{ value }}`, `{{ value_json.a.b }}`, `{{ value_json['a'][0] | float | round(1) }}`; the
/// filters are `float`, `int`, `round` and `round(n)` with n from 0 to 9. Everything else of Jinja
/// is refused with what it was: a template read wrongly would be a wrong measurement.
struct ValueTemplate: Hashable, Sendable {
    enum Filter: Hashable, Sendable {
        case float
        case int
        case round(Int)
    }

    enum Value: Hashable, Sendable {
        case number(Double)
        case flag(Bool)
        case text([UInt8])
    }

    /// What a template has that is not understood.
    struct Fault: Error, Hashable {
        let problem: String
    }

    /// Whether the payload must be JSON.
    let needsJSON: Bool
    /// Where in the JSON; nil for the payload as it is, or its root.
    let path: JSONPath?
    let filters: [Filter]

    /// The payload as it is.
    static let whole = ValueTemplate(needsJSON: false, path: nil, filters: [])

    private init(needsJSON: Bool, path: JSONPath?, filters: [Filter]) {
        self.needsJSON = needsJSON
        self.path = path
        self.filters = filters
    }

    /// Reads a template.
    ///
    /// - Throws: ``Fault`` with what is not understood.
    init(_ text: String) throws(Fault) {
        let trimmed = Self.trimmed(text[...])
        guard trimmed.hasPrefix("{{"), trimmed.hasSuffix("}}"), trimmed.count >= 4 else {
            throw Fault(problem: "expected one expression in {{ }}, found '\(text)'")
        }
        let inside = trimmed.dropFirst(2).dropLast(2)
        var parts = inside.split(separator: "|", omittingEmptySubsequences: false)
            .map(Self.trimmed)
        let source = parts.removeFirst()
        var filters: [Filter] = []
        for part in parts { filters.append(try Self.filter(part)) }
        if source == "value" {
            self.init(needsJSON: false, path: nil, filters: filters)
            return
        }
        guard source.hasPrefix("value_json") else {
            throw Fault(problem: "expected value or value_json, found '\(source)'")
        }
        let rest = source.dropFirst("value_json".count)
        if rest.isEmpty {
            self.init(needsJSON: true, path: nil, filters: filters)
            return
        }
        let written = rest.hasPrefix(".") ? rest.dropFirst() : rest
        guard rest.hasPrefix(".") || rest.hasPrefix("["),
            let path = JSONPath(String(written).replacing("'", with: "\"")), !path.hasEach
        else { throw Fault(problem: "'\(source)' is no path into value_json") }
        self.init(needsJSON: true, path: path, filters: filters)
    }

    private static func filter(_ text: Substring) throws(Fault) -> Filter {
        switch text {
        case "float": return .float
        case "int": return .int
        case "round": return .round(0)
        default:
            if text.hasPrefix("round("), text.hasSuffix(")"),
                let places = Int(trimmed(text.dropFirst(6).dropLast())),
                (0...9).contains(places)
            {
                return .round(places)
            }
            throw Fault(problem: "the filter '\(text)' is not one of float, int, round(n)")
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// The value of a payload; nil when the member is missing or null, or a filter finds no number.
    func value(_ payload: [UInt8], _ document: JSONDocument) -> Value? {
        var value: Value
        if needsJSON {
            let root = JSONDocument.root
            guard let node = path.map({ $0.resolve(in: document, from: root) }) ?? root,
                let read = Self.value(document, node)
            else { return nil }
            value = read
        } else {
            value = Self.value(payload[...])
        }
        for filter in filters {
            if case .text(let text) = value { value = Self.value(text[...]) }
            guard case .number(let number) = value else { return nil }
            switch filter {
            case .float: break
            case .int: value = .number(number.rounded(.towardZero))
            case .round(let places):
                let scale = Self.powersOfTen[places]
                let scaled = (number * scale).rounded(.toNearestOrEven) / scale
                value = .number(scaled.isFinite ? scaled : number)
            }
        }
        return value
    }

    private static let powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    private static func value(_ document: JSONDocument, _ node: Int) -> Value? {
        switch document.nodes[node].kind {
        case .number: return document.number(node).map { .number($0) }
        case .yes: return .flag(true)
        case .no: return .flag(false)
        case .string:
            var text: [UInt8] = []
            _ = document.appendString(node, to: &text)
            return value(text[...])
        case .object, .array, .key, .null: return nil
        }
    }

    private static func value(_ text: ArraySlice<UInt8>) -> Value {
        var text = text
        while let last = text.last, last <= 0x20 { text.removeLast() }
        while let first = text.first, first <= 0x20 { text.removeFirst() }
        return NumberText.value(text).map { .number($0) } ?? .text(Array(text))
    }
}
