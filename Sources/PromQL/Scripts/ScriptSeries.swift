internal import Telemetry

/// One line of a `.test` file: a series and its items, nil where there is no sample.
struct ScriptSeries {
    var labels: Labels
    var items: [Double?]

    /// Reads `<metric> <item> …`.
    ///
    /// - Throws: ``QueryError`` of kind parse.
    init(_ line: String) throws(QueryError) {
        var end = line.firstIndex(of: " ") ?? line.endIndex
        if let brace = line.firstIndex(of: "{"), brace < end {
            end = try Self.endOfBraces(line, brace)
        }
        labels = try Self.labels(String(line[..<end]))
        items = []
        for word in line[end...].split(separator: " ") {
            items += try Self.items(String(word))
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

    private static func items(_ word: String) throws(QueryError) -> [Double?] {
        if word == "_" { return [nil] }
        if word.hasPrefix("_x"), let count = Int(word.dropFirst(2)) {
            return [Double?](repeating: nil, count: count)
        }
        if word == "stale" { return [Double(bitPattern: Sample.staleMarkerBits)] }
        if let value = NumberText.parse(word) { return [value] }
        guard let mark = word.lastIndex(of: "x"), let count = Int(word[word.index(after: mark)...])
        else { throw QueryError(.parse, "cannot read the item \(word)") }
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
        return (0...count).map { start + Double($0) * step }
    }
}
