import PromQL
import Testing

struct TextSearchTests {
    /// What Go's regexp gives.
    @Test(
        arguments: [
            ("b.n", "a bin", true), ("^in", "bin", false), ("in$", "bin", true), ("", "", true),
            ("a.b", "a\nb", false), ("(?s)a.b", "a\nb", true), ("(?i)BÌ", "bìn", true),
        ])
    func `a pattern is found anywhere`(pattern: String, text: String, isFound: Bool) throws {
        #expect(try TextSearch(pattern).isFound(in: text) == isFound)
    }

    @Test(
        arguments: [
            ("x*", "-", "abxxc", "-a-b-c-"), ("^a", "b", "aaa", "baa"),
            ("a|ab", "X", "abab", "XbXb"),
            ("(\\d+)\\.(\\w+)", "<$2.${1}>", "a 1.b 22.cc", "a <b.1> <cc.22>"),
            ("n$", "$$", "bin n", "bin $"), ("\\b", "|", "à b", "à |b|"), ("", "-", "", "-"),
            ("(?P<x>b)|c", "[${x}]", "bcb", "[b][][b]"), ("ế", "e", "ếc ế", "ec e"),
        ])
    func `each match is replaced`(
        pattern: String,
        template: String,
        text: String,
        expected: String
    ) throws {
        #expect(try TextSearch(pattern).replacingAll(in: text, with: template) == expected)
    }

    @Test func `a text that costs too much is refused`() throws {
        let search = try TextSearch("(a|b|c|d){1,100}x")
        #expect(throws: QueryError.self) {
            try search.isFound(in: String(repeating: "a", count: 100_000))
        }
        #expect(throws: RegularExpressionError.self) { try TextSearch("(") }
    }
}
