public import Telemetry

/// A series and its values one after the other, in the notation of Prometheus' test files.
///
///     metric{label="value"} 1 2 3     three values
///     … 0.5x4                         0.5 five times
///     … 1+2x3   … 9-1x3               1 3 5 7 and 9 8 7 6
///     … _   … _x3                     one or three places without a value
///     … stale                         the marker of a series' end
///
/// - Source: Prometheus, "Unit testing for rules", series; promql/promqltest/README.md.
public struct ScriptSeries: Sendable {
    /// Labels of the series, the metric name among them.
    public internal(set) var labels: Labels
    /// The values in their order; nil where there is none.
    public internal(set) var items: [Double?]

    /// Most values of one series: two months of minutes are 90 000.
    public static let maximumItems = 1_000_000

    /// Reads `<metric> <item> …`.
    ///
    /// - Throws: ``QueryError`` of kind parse, also for more than ``maximumItems`` values.
    public init(_ line: String) throws(QueryError) {
        var end = line.firstIndex(of: " ") ?? line.endIndex
        if let brace = line.firstIndex(of: "{"), brace < end {
            end = try Self.endOfBraces(line, brace)
        }
        labels = try Self.labels(String(line[..<end]))
        items = []
        for word in line[end...].split(whereSeparator: { $0 == " " || $0.isNewline }) {
            items += try Self.items(String(word), room: Self.maximumItems - items.count)
        }
    }

    private static func endOfBraces(
        _ line: String,
        _ brace: String.Index
    ) throws(QueryError) -> String.Index {
        var quote: Character?
        var isEscaped = false
        for index in line[brace...].indices {
            let character = line[index]
            if isEscaped {
                isEscaped = false
            } else if quote != nil, character == "\\", quote != "`" {
                isEscaped = true
            } else if quote != nil {
                if character == quote { quote = nil }
            } else if "\"'`".contains(character) {
                quote = character
            } else if character == "}" {
                return line.index(after: index)
            }
        }
        throw QueryError(.parse, "a brace is not closed in \(line)")
    }

    private static func labels(_ text: String) throws(QueryError) -> Labels {
        if text == "{}" { return .empty }
        // The grammar of a selector with equalities only is that of a series.
        var reader = try ExpressionReader(text)
        let labels = try reader.matchersOnly().compactMap { matcher -> Label? in
            guard case .equal(let value) = matcher.test, !value.isEmpty else { return nil }
            return Label(matcher.name, value)
        }
        return Labels(labels)
    }

    private static func items(_ word: String, room: Int) throws(QueryError) -> [Double?] {
        let mark = word.lastIndex(of: "x")
        let count = mark.flatMap { Int(word[word.index(after: $0)...]) } ?? 0
        guard count < room else {
            throw QueryError(.parse, "\(word) makes more than the \(maximumItems) values allowed")
        }
        if word == "_" { return [nil] }
        if word.hasPrefix("_x"), count > 0 { return [Double?](repeating: nil, count: count) }
        if word == "stale" { return [Double(bitPattern: Sample.staleMarkerBits)] }
        // There are no hexadecimal numbers here: 0x4 is 0 five times.
        if mark == nil, let value = NumberText.parse(word) { return [value] }
        guard let mark, count > 0 || word.hasSuffix("x0") else {
            throw QueryError(.parse, "cannot read the item \(word)")
        }
        let body = word[..<mark]
        if let value = NumberText.parse(String(body)) {
            return [Double?](repeating: value, count: count + 1)
        }
        // The sign between start and step is no sign of an exponent.
        let signs = body.indices.dropFirst().filter { index in
            (body[index] == "+" || body[index] == "-")
                && body[body.index(before: index)].lowercased() != "e"
        }
        guard let sign = signs.first(where: { NumberText.parse(String(body[..<$0])) != nil }),
            let start = NumberText.parse(String(body[..<sign])),
            let step = NumberText.parse(String(body[sign...]))
        else { throw QueryError(.parse, "cannot read the item \(word)") }
        // Added up one by one, as Prometheus does: 0+0.1x10 does not end with 1.
        var value = start
        return (0...count).map { _ in
            defer { value += step }
            return value
        }
    }
}
