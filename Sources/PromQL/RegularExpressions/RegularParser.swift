/// Reads RE2's syntax into a tree.
struct RegularParser {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0
    private var flags = Flags()
    private let keepsGroups: Bool
    private var groupCount = 0
    private var categoryCount = 0

    /// Most categories of letters that a pattern names: each has thousands of letters.
    static let maximumCategories = 32
    /// Numbers of the groups that have names.
    ///
    /// A name may stand for several; its text is that of the first that took part.
    private(set) var groupNames: [String: [Int]] = [:]

    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        // Prometheus compiles `^(?s:pattern)$`.
        var dotTakesLineEnd = true
        var isUngreedy = false
    }

    /// Creates a parser; only one that keeps groups gives ``RegularTree/group(_:_:)``, so that
    /// matching alone does not pay for them.
    init(_ text: String, keepsGroups: Bool = false) {
        scalars = Array(text.unicodeScalars)
        self.keepsGroups = keepsGroups
    }

    mutating func parse() throws(RegularExpressionError) -> RegularTree {
        let tree = try choice()
        if index < scalars.count { throw error("unexpected ')'") }
        return tree
    }

    func error(_ message: String) -> RegularExpressionError {
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars.prefix(40))
        return RegularExpressionError(pattern: String(shown), offset: index, message: message)
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(RegularExpressionError) -> RegularTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(RegularExpressionError) -> RegularTree {
        var parts: [RegularTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            guard takesQuote() else {
                let atom = try atom()
                parts.append(try repeated(atom))
                continue
            }
            // A repetition behind `\Q…\E` is one of the last character.
            parts += quoted()
            if let last = parts.popLast() { parts.append(try repeated(last)) }
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated(_ atom: RegularTree) throws(RegularExpressionError)
        -> RegularTree
    {
        let start = index
        let bounds: (Int, Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = try counts() else { return atom }
            bounds = counted
        default: return atom
        }
        if index == start { index += 1 }
        let prefersFewer = take("?") != flags.isUngreedy
        if try isAtRepetition() {
            throw error("a repetition of a repetition; put parentheses around the first")
        }
        return .repetition(
            atom,
            minimum: bounds.0,
            maximum: bounds.1,
            prefersFewer: prefersFewer
        )
    }

    /// Whether a repetition stands here; a brace is one only with numbers in it.
    private mutating func isAtRepetition() throws(RegularExpressionError) -> Bool {
        switch next {
        case "*", "+", "?": return true
        case "{":
            let start = index
            defer { index = start }
            return try counts() != nil
        default: return false
        }
    }

    /// Reads `{n}`, `{n,}`, `{n,m}`; anything else after `{` is a literal brace, as in RE2.
    private mutating func counts() throws(RegularExpressionError) -> (Int, Int?)? {
        let start = index
        index += 1
        guard let minimum = number() else {
            index = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") { maximum = number() }
        guard take("}") else {
            index = start
            return nil
        }
        let limit = RegularExpression.maximumRepetitionCount
        guard minimum <= limit, (maximum ?? 0) <= limit, maximum.map({ $0 >= minimum }) ?? true
        else {
            index = start
            throw error("a repetition count is above \(limit), or the second is below the first")
        }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 48), 1_000_000)
            index += 1
        }
        return value
    }

    private mutating func atom() throws(RegularExpressionError) -> RegularTree {
        guard let scalar = next else { return .empty }
        if try isAtRepetition() { throw error("'\(scalar)' has nothing to repeat") }
        switch scalar {
        case "(": return try group()
        case "[": return .scalars(try bracket())
        case "\\": return try escape()
        default: break
        }
        index += 1
        switch scalar {
        case ".":
            let lineEnd = ScalarSet("\n")
            return .scalars(flags.dotTakesLineEnd ? .everything : lineEnd.inverted)
        case "^": return flags.isMultiline ? .lineStart : .textStart
        case "$": return flags.isMultiline ? .lineEnd : .textEnd
        default: return .scalars(cased(ScalarSet(scalar)))
        }
    }

    private func cased(_ set: ScalarSet) -> ScalarSet { flags.ignoresCase ? set.ignoringCase : set }

    private mutating func group() throws(RegularExpressionError) -> RegularTree {
        index += 1
        depth += 1
        guard depth <= RegularExpression.maximumDepth else {
            throw error("groups lie deeper than \(RegularExpression.maximumDepth)")
        }
        let outer = flags
        var number: Int?
        if take("?") {
            if next == "P" || next == "<" {
                _ = take("P")
                guard take("<") else {
                    throw error("unknown group; known are (…), (?:…), (?P<name>…)")
                }
                number = newGroup()
                var name = String.UnicodeScalarView()
                while let scalar = next, scalar != ">", take(scalar) { name.append(scalar) }
                groupNames[String(name), default: []].append(groupCount)
                guard take(">") else { throw error("the group's name does not end with '>'") }
            } else if try groupFlags() {
                // `(?i)` holds to the end of the group around it.
                depth -= 1
                return .empty
            }
        } else {
            number = newGroup()
        }
        let inner = try choice()
        guard take(")") else { throw error("a ')' is missing") }
        flags = outer
        depth -= 1
        guard keepsGroups, let number else { return inner }
        return .group(number, inner)
    }

    private mutating func newGroup() -> Int {
        groupCount += 1
        return groupCount
    }

    /// Reads `flags:` or `flags)`; gives true for the second.
    private mutating func groupFlags() throws(RegularExpressionError) -> Bool {
        var isOn = true
        while let scalar = next {
            index += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotTakesLineEnd = isOn
            case "U": flags.isUngreedy = isOn
            case "-": isOn = false
            case ":": return false
            case ")": return true
            default:
                index -= 1
                throw error("unknown flag '\(scalar)'; known are i, m, s and U")
            }
        }
        throw error("a ')' is missing")
    }

    private mutating func escape() throws(RegularExpressionError) -> RegularTree {
        index += 1
        guard let scalar = next else { throw error("the pattern ends after '\\'") }
        switch scalar {
        case "A", "z", "b", "B":
            index += 1
            return scalar == "A"
                ? .textStart : scalar == "z" ? .textEnd : .wordBoundary(scalar == "b")
        default: break
        }
        if let named = Self.classes[scalar] {
            index += 1
            return .scalars(named)
        }
        if scalar == "p" || scalar == "P" { return .scalars(cased(try unicodeClass())) }
        return .scalars(cased(ScalarSet(try escapedScalar())))
    }

    private mutating func takesQuote() -> Bool {
        guard next == "\\", index + 1 < scalars.count, scalars[index + 1] == "Q" else {
            return false
        }
        index += 2
        return true
    }

    private mutating func quoted() -> [RegularTree] {
        var parts: [RegularTree] = []
        while let scalar = next {
            index += 1
            if scalar == "\\", take("E") { break }
            parts.append(.scalars(cased(ScalarSet(scalar))))
        }
        return parts
    }

    /// Reads what stands behind the backslash of `\pL`, `\PL`, `\p{Lu}` and `\p{^Lu}`.
    private mutating func unicodeClass() throws(RegularExpressionError) -> ScalarSet {
        categoryCount += 1
        guard categoryCount <= Self.maximumCategories else {
            throw error("more than \(Self.maximumCategories) classes of letters such as \\pL")
        }
        var isInverted = take("P")
        if !isInverted { index += 1 }
        var name = ""
        if take("{") {
            if take("^") { isInverted.toggle() }
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                index += 1
            }
            guard take("}") else { throw error("a '}' is missing") }
        } else if let scalar = next {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard let set = UnicodeCategories.set(named: name) else {
            throw error(
                "unknown class of letters '\(name)'; known are the general categories such as "
                    + "L, Lu and Nd, no scripts"
            )
        }
        return isInverted ? set.inverted : set
    }

    private mutating func escapedScalar() throws(RegularExpressionError) -> Unicode.Scalar {
        guard let scalar = next else { throw error("the pattern ends after '\\'") }
        if scalar == "x" { return try hexadecimal() }
        if let octal = octal() { return octal }
        if let control = Self.controls[scalar] {
            index += 1
            return control
        }
        if scalar.isASCIILetterOrDigit || !scalar.isASCII {
            throw error("unknown escape '\\\(scalar)'")
        }
        index += 1
        return scalar
    }

    /// Up to three digits; a single one but 0 would be a reference to a group, which RE2 has not.
    private mutating func octal() -> Unicode.Scalar? {
        let digits = scalars[index...].prefix(3).prefix { ("0"..."7").contains($0) }
        guard let first = digits.first, first == "0" || digits.count > 1 else { return nil }
        index += digits.count
        return Unicode.Scalar(digits.reduce(0) { $0 * 8 + $1.value - 48 })
    }

    private mutating func hexadecimal() throws(RegularExpressionError) -> Unicode.Scalar {
        index += 1
        var digits = ""
        let isBraced = take("{")
        while let scalar = next, Character(scalar).isHexDigit, digits.count < (isBraced ? 6 : 2) {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        guard !isBraced || take("}"), isBraced || digits.count == 2,
            let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
        else { throw error("'\\x' wants two hexadecimal digits or {…}") }
        return scalar
    }

    private mutating func bracket() throws(RegularExpressionError) -> ScalarSet {
        index += 1
        let isInverted = take("^")
        var set = ScalarSet([])
        var isFirst = true
        while isFirst || next != "]" {
            guard next != nil else { throw error("a ']' is missing") }
            isFirst = false
            if let named = try bracketClass() {
                set = set.union(named)
                continue
            }
            let low = try bracketScalar()
            guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                set = set.union(cased(ScalarSet(low)))
                continue
            }
            index += 1
            let high = try bracketScalar()
            guard low.value <= high.value else {
                throw error("the range \(low)-\(high) is reversed")
            }
            set = set.union(cased(ScalarSet([low.value...high.value])))
        }
        index += 1
        return isInverted ? set.inverted : set
    }

    private mutating func bracketScalar() throws(RegularExpressionError) -> Unicode.Scalar {
        guard let scalar = next else { throw error("a ']' is missing") }
        index += 1
        return scalar == "\\" ? try escapedScalar() : scalar
    }

    private mutating func bracketClass() throws(RegularExpressionError) -> ScalarSet? {
        if next == "\\", index + 1 < scalars.count, let named = Self.classes[scalars[index + 1]] {
            index += 2
            return named
        }
        if next == "\\", index + 1 < scalars.count, "pP".unicodeScalars.contains(scalars[index + 1])
        {
            index += 1
            return cased(try unicodeClass())
        }
        guard next == "[", index + 1 < scalars.count, scalars[index + 1] == ":" else { return nil }
        var name = ""
        var place = index + 2
        while place < scalars.count, scalars[place] != ":", scalars[place] != "]" {
            name.unicodeScalars.append(scalars[place])
            place += 1
        }
        guard place + 1 < scalars.count, scalars[place] == ":", scalars[place + 1] == "]" else {
            return nil
        }
        let isInverted = name.hasPrefix("^")
        guard let named = Self.posix[isInverted ? String(name.dropFirst()) : name] else {
            throw error("unknown class [:\(name):]")
        }
        index = place + 2
        return isInverted ? named.inverted : named
    }
}
