/// A pattern that tells what its groups have matched, for `label_replace`.
struct CapturePattern {
    /// Most pairs of an instruction and a place in a value; each takes a byte while it is matched.
    static let maximumWork = 1 << 21

    private let program: RegularProgram
    private let names: [String: [Int]]

    /// Compiles a pattern that ``RegularExpression`` has accepted.
    ///
    /// - Throws: ``RegularExpressionError`` when a part cannot be read.
    init(_ text: String) throws(RegularExpressionError) {
        var parser = RegularParser(text, keepsGroups: true)
        program = try RegularProgram(.group(0, try parser.parse()), pattern: text)
        names = parser.groupNames
    }

    /// Puts `$1`, `${name}` and `$$` of a template in; nil when the value does not match.
    ///
    /// - Throws: ``QueryError`` of kind limit when the value is too long to be searched.
    /// - Source: Go, regexp.Expand.
    func expand(_ template: String, matching value: String) throws(QueryError) -> String? {
        let scalars = Array(value.unicodeScalars)
        guard program.work(scalarCount: scalars.count) <= Self.maximumWork else {
            throw QueryError(
                .limit,
                "a label's value of \(scalars.count) characters is too long for a pattern of "
                    + "\(program.instructions.count) steps; take a simpler pattern in "
                    + "label_replace()"
            )
        }
        guard let slots = program.groups(in: scalars) else { return nil }
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
                let groups = Int(name).map { [$0] } ?? names[name] ?? []
                let taken = groups.first { $0 < slots.count / 2 && slots[2 * $0] >= 0 }
                guard let group = taken else { continue }
                let (start, end) = (slots[2 * group], slots[2 * group + 1])
                if start <= end { output.append(contentsOf: scalars[start..<end]) }
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
