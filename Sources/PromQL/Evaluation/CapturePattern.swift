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
                exceeds: .pattern,
                "a label's value of \(scalars.count) characters is too long for a pattern of "
                    + "\(program.instructions.count) steps; take a simpler pattern in "
                    + "label_replace()"
            )
        }
        return program.groups(in: scalars).map { expand(template, $0, of: scalars) }
    }

    /// Puts what groups have matched into a template.
    private func expand(
        _ template: String,
        _ slots: [Int],
        of scalars: [Unicode.Scalar]
    ) -> String {
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

    /// Whether the pattern matches anywhere.
    ///
    /// - Throws: ``QueryError`` of kind limit when the value is too long to be searched.
    func isFound(in value: String) throws(QueryError) -> Bool {
        let scalars = Array(value.unicodeScalars)
        var isVisited = try visits(scalars)
        return search(scalars, from: 0, &isVisited) != nil
    }

    /// Puts the template in place of each match, from the left, none over another.
    ///
    /// - Throws: ``QueryError`` of kind limit when the value is too long to be searched.
    /// - Source: Go, `regexp.ReplaceAllString`.
    func replaceAll(in value: String, with template: String) throws(QueryError) -> String {
        let scalars = Array(value.unicodeScalars)
        var isVisited = try visits(scalars)
        var output = String.UnicodeScalarView()
        var (copied, place) = (0, 0)
        while place <= scalars.count, let slots = search(scalars, from: place, &isVisited) {
            let (start, end) = (slots[0], slots[1])
            output.append(contentsOf: scalars[copied..<start])
            // An empty match right behind the last one does not count.
            if end > copied || start == 0 {
                output.append(contentsOf: expand(template, slots, of: scalars).unicodeScalars)
            }
            copied = end
            place = max(end, place + 1)
            isVisited = try visits(scalars)
        }
        output.append(contentsOf: scalars[min(copied, scalars.count)...])
        return String(output)
    }

    private func search(
        _ scalars: [Unicode.Scalar],
        from place: Int,
        _ isVisited: inout [Bool]
    ) -> [Int]? {
        for start in place...max(place, scalars.count) {
            if let slots = program.groups(in: scalars, from: start, toEnd: false, &isVisited) {
                return slots
            }
        }
        return nil
    }

    private func visits(_ scalars: [Unicode.Scalar]) throws(QueryError) -> [Bool] {
        let work = program.work(scalarCount: scalars.count)
        guard work <= Self.maximumWork else {
            throw QueryError(
                exceeds: .pattern,
                "a text of \(scalars.count) characters is too long for a pattern of "
                    + "\(program.instructions.count) steps; take a simpler pattern"
            )
        }
        return [Bool](repeating: false, count: work)
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
