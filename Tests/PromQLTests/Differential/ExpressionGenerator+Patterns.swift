extension ExpressionGenerator {
    /// A pattern in the syntax of RE2, in backquotes; mostly one that matches some of the values.
    ///
    /// Left out: parentheses without a partner, which 2.42 lets pass when they close what it puts
    /// around a pattern; `(?<name>…)`, which it does not know; scripts, which we do not know.
    mutating func pattern() -> String {
        let flags = chance(10) ? one(of: ["(?i)", "(?s)", "(?U)", "(?im)"]) : ""
        let start = chance(70) ? one(of: ["(.*)", ".*?", "[a-z]+", "(\\w+?)", "lamp", ""]) : ""
        let end = chance(70) ? one(of: ["(.*)", ".*", "-?(\\d)*", "$", "(?:-.)?"]) : ""
        return "`\(flags)\(start)\(choice(2))\(end)`"
    }

    private mutating func choice(_ depth: Int) -> String {
        let count = chance(25) ? 2 : 1
        return (0..<count).map { _ in sequence(depth) }.joined(separator: "|")
    }

    private mutating func sequence(_ depth: Int) -> String {
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
            let repetition =
                chance(40)
                ? one(of: [
                    "*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,}", "{1,3}?", "{0}",
                    "{,2}",
                ]) : ""
            return atom(depth) + repetition
        }.joined()
    }

    private mutating func atom(_ depth: Int) -> String {
        guard depth > 0, chance(40) else {
            return one(of: [
                "a", "l", "m", "p", "-", "0", "1", "b", "i", "n", "v", ".", "\\d", "\\w", "\\D",
                "\\s", "\\W", "[a-m]", "[^0-9]", "[0-9a-z-]", "[-a]", "[[:alpha:]]", "[^[:digit:]]",
                "\\.", "\\-", "\\x61", "\\x{6d}", "\\Qla\\E", "[\\d-]", "\\b", "\\B", "^", "$",
                "\\A",
                "\\z", "[]a]", "[^]a]", "\\141", "\\pL", "\\p{Nd}", "\\PL", "[\\pL]",
                "[[:^alpha:]]",
                "L", "A", "é", "[а-я]", "{", "}", "]", "a{", "\\C", "\\Z", "\\1",
                "[z-a]",
                "[a", "**", "\\pN", "\\p{^L}", "\\p{Lu}", "[^\\p{Lu}\\d]",
            ])
        }
        let group = one(of: ["(", "(?:", "(?P<x>", "(?i:", "(?s-i:", "(?U:", "(?-s:"])
        return "\(group)\(choice(depth - 1)))"
    }
}
