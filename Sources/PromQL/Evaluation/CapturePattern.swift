/// A pattern that tells what its groups have matched, for `label_replace`.
///
/// ``RegularExpression`` decides whether a pattern is well-formed and whether a value matches; this
/// finds the groups of a match as RE2 does: of several ways to match, the one that an earlier
/// alternative or a longer (with `?`, a shorter) repetition comes to first. No pair of an
/// instruction and a place in the value is entered twice, so that hostile patterns cost no more
/// than instructions × length.
/// - Source: R. Cox, "Regular Expression Matching in the Wild", 2010, section on bit-state search.
struct CapturePattern {
    /// Most pairs of an instruction and a place in a value; each takes a byte while it is matched.
    static let maximumWork = 1 << 21

    private let program: CaptureProgram
    private let names: [String: Int]

    /// Compiles a pattern that ``RegularExpression`` has accepted.
    ///
    /// - Throws: ``RegularExpressionError`` when a part cannot be read.
    init(_ text: String) throws(RegularExpressionError) {
        var parser = CaptureParser(text)
        program = CaptureProgram(try parser.parse())
        names = parser.names
    }

    /// Puts `$1`, `${name}` and `$$` of a template in; nil when the value does not match.
    ///
    /// - Throws: ``QueryError`` of kind limit when the value is too long to be searched.
    /// - Source: Go, regexp.Expand.
    func expand(_ template: String, matching value: String) throws(QueryError) -> String? {
        let scalars = Array(value.unicodeScalars)
        guard let slots = try program.match(scalars) else { return nil }
        var output = String.UnicodeScalarView()
        var rest = Substring(template).unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "$" else {
                output.append(scalar)
                continue
            }
            if rest.first == "$" {
                output.append("$")
                rest.removeFirst()
            } else if let name = Self.name(&rest) {
                let group = Int(name) ?? names[name] ?? -1
                guard group >= 0, group < slots.count / 2 else { continue }
                let (start, end) = (slots[2 * group], slots[2 * group + 1])
                if start >= 0, start <= end { output.append(contentsOf: scalars[start..<end]) }
            } else {
                output.append("$")
            }
        }
        return String(output)
    }

    /// Takes a group's name or number off, in braces or not; nil, and nothing taken, without one.
    private static func name(_ rest: inout Substring.UnicodeScalarView) -> String? {
        let isBraced = rest.first == "{"
        let body = isBraced ? rest.dropFirst() : rest
        let name = body.prefix {
            $0 == "_" || $0.properties.isAlphabetic || $0.isASCIILetterOrDigit
        }
        let after = body.dropFirst(name.count)
        guard !name.isEmpty, !isBraced || after.first == "}" else { return nil }
        rest = isBraced ? after.dropFirst() : after
        return String(name)
    }
}

/// A parsed pattern with its groups.
indirect enum CaptureTree {
    /// A set of scalars or an assertion.
    case plain(RegularTree)
    case sequence([CaptureTree])
    case choice([CaptureTree])
    case repetition(CaptureTree, minimum: Int, maximum: Int?, prefersFewer: Bool)
    case group(Int, CaptureTree)
}
