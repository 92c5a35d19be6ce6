/// An `expect` line of a statement about what an answer is besides its values.
///
///     expect ordered | fail | warn | no_warn | info | no_info
///     expect warn msg: the whole text
///     expect warn regex: a pattern of a part of it
///
/// - Source: Prometheus, promql/promqltest/README.md and test.go, patExpect.
struct ScriptExpectation {
    /// What is expected.
    enum Kind: String {
        case ordered, fail, warn, info
        case noWarn = "no_warn"
        case noInfo = "no_info"
    }

    /// Which text.
    private enum Match {
        case any
        case whole(String)
        case part(RegularExpression)
    }

    let kind: Kind
    /// The line as it is written.
    let line: String
    private let match: Match

    /// An expectation of any text.
    init(_ kind: Kind, line: String) {
        self.kind = kind
        self.line = line
        match = .any
    }

    /// An expectation of one text.
    init(_ kind: Kind, message: String, line: String) {
        self.kind = kind
        self.line = line
        match = .whole(message)
    }

    /// Reads a line.
    ///
    /// - Throws: ``QueryError`` of kind parse for words that are not known.
    init(_ line: String) throws(QueryError) {
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count > 1, words[0] == "expect", let kind = Kind(rawValue: String(words[1]))
        else {
            throw QueryError(
                .parse,
                "cannot read \(line), expected one of ordered, fail, warn, no_warn, info, no_info, "
                    + "string and range vector behind expect"
            )
        }
        self.kind = kind
        self.line = line
        guard words.count > 2 else {
            match = .any
            return
        }
        let parts = words[2].split(separator: ":", maxSplits: 1)
        let text = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        switch parts.first {
        case "msg" where !text.isEmpty: match = .whole(text)
        case "regex" where !text.isEmpty:
            do {
                match = .part(try RegularExpression(".*(?:\(text)).*"))
            } catch {
                throw QueryError(.parse, "cannot read \(line): \(error)")
            }
        default:
            throw QueryError(
                .parse,
                "cannot read \(line), expected msg: or regex: with a text behind \(kind.rawValue)"
            )
        }
    }

    /// Whether a text is the one that is expected.
    func accepts(_ text: String) -> Bool {
        switch match {
        case .any: true
        case .whole(let whole): text == whole
        case .part(let pattern): pattern.matchesWhole(text)
        }
    }
}
