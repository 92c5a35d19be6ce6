/// Reads where the groups, choices and repetitions of a pattern lie, and leaves what stands
/// between them to ``RegularParser``.
struct CaptureParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var groupCount = 0
    /// Flags in force, as they were written: a prefix for ``RegularParser``.
    private var flags = ""
    private var isUngreedy = false
    /// Numbers of the groups that have names.
    private(set) var names: [String: Int] = [:]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() throws(RegularExpressionError) -> CaptureTree { .group(0, try choice()) }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(RegularExpressionError) -> CaptureTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(RegularExpressionError) -> CaptureTree {
        var parts: [CaptureTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let part = scalar == "(" ? try group() : try plain()
            parts.append(repeated(part))
        }
        return .sequence(parts)
    }

    private mutating func repeated(_ part: CaptureTree) -> CaptureTree {
        let bounds: (Int, Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = counts() else { return part }
            bounds = counted
        default: return part
        }
        index += 1
        return .repetition(
            part,
            minimum: bounds.0,
            maximum: bounds.1,
            prefersFewer: take("?") != isUngreedy
        )
    }

    /// Reads `{n}`, `{n,}` and `{n,m}` up to the last brace; anything else is a literal brace.
    private mutating func counts() -> (Int, Int?)? {
        guard let end = scalars[index...].firstIndex(of: "}") else { return nil }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[(index + 1)..<end])
        let parts = String(text).split(separator: ",", omittingEmptySubsequences: false)
        guard let minimum = Int(parts[0]), parts.count <= 2 else { return nil }
        index = end
        guard parts.count == 2 else { return (minimum, minimum) }
        return (minimum, Int(parts[1]))
    }

    private mutating func group() throws(RegularExpressionError) -> CaptureTree {
        index += 1
        let outer = (flags, isUngreedy)
        var number: Int?
        if take("?") {
            if next == "P" || next == "<" {
                _ = take("P")
                _ = take("<")
                number = newGroup(named: text { $0 != ">" })
                index += 1
            } else {
                let written = text { $0 != ":" && $0 != ")" }
                flags += "(?\(written))"
                isUngreedy = Self.ungreedy(written) ?? isUngreedy
                // `(?i)` holds to the end of the group around it.
                if take(")") { return .sequence([]) }
                index += 1
            }
        } else {
            number = newGroup(named: nil)
        }
        let inner = try choice()
        _ = take(")")
        (flags, isUngreedy) = outer
        return number.map { .group($0, inner) } ?? inner
    }

    private mutating func newGroup(named name: String?) -> Int {
        groupCount += 1
        if let name { names[name] = groupCount }
        return groupCount
    }

    /// Whether flags turn `U` on or off; nil when they do not speak of it.
    private static func ungreedy(_ flags: String) -> Bool? {
        flags.firstIndex(of: "U").map { !flags[..<$0].contains("-") }
    }

    /// Takes scalars as long as they fit.
    private mutating func text(_ fits: (Unicode.Scalar) -> Bool) -> String {
        var taken = String.UnicodeScalarView()
        while let scalar = next, fits(scalar) {
            taken.append(scalar)
            index += 1
        }
        return String(taken)
    }

    // MARK: What holds no group

    private mutating func plain() throws(RegularExpressionError) -> CaptureTree {
        let start = index
        switch next {
        case "[": skipClass()
        case "\\": skipEscape()
        default: index += 1
        }
        index = min(index, scalars.count)
        var part = String.UnicodeScalarView()
        part.append(contentsOf: scalars[start..<index])
        var parser = RegularParser(flags + String(part))
        return .plain(try parser.parse())
    }

    private mutating func skipClass() {
        index += 1
        _ = take("^")
        _ = take("]")
        while let scalar = next, scalar != "]" {
            if scalar == "\\" {
                index += 2
            } else if scalar == "[", index + 1 < scalars.count, scalars[index + 1] == ":" {
                index += 2
                while let inner = next, inner != "]" { _ = take(inner) }
                index += 1
            } else {
                index += 1
            }
        }
        index += 1
    }

    private mutating func skipEscape() {
        index += 1
        let kind = next
        index += 1
        switch kind {
        case "Q":
            while index < scalars.count {
                if take("\\") {
                    if take("E") { return }
                } else {
                    index += 1
                }
            }
        case "x":
            if take("{") {
                while let scalar = next, scalar != "}" { _ = take(scalar) }
                index += 1
            } else {
                index += 2
            }
        default: break
        }
    }
}
