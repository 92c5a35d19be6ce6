import Foundation
import PromQL
import TestKit
import Testing

struct RegularExpressionTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("a|b|", "", true), ("ab|cd", "cd", true),
        ("ab|cd", "abcd", false), ("a.*", "a\nb", true), ("a.+", "a", false), (".*", "", true),
        (".+", "Đồng Văn", true), ("Đồng .*", "Đồng Tâm", true), ("(?i)đồng", "ĐỒNG", true),
        ("(?i:a)b", "AB", false), ("[a-c]{2,3}", "abc", true), ("[a-c]{2,3}", "abca", false),
        ("[^a-c]", "d", true), ("[^a-c]", "b", false), ("x{,3}", "x{,3}", true),
        ("\\d+\\.\\d", "12.5", true), ("[[:alpha:]_]+", "lamp_on", true), ("[]a]+", "a]", true),
        ("^a$", "a", true), ("(?m)a$\n^b", "a\nb", true), ("a$b", "a$b", false),
        ("\\Qa.b\\E+", "a.bb", true),
        ("\\Qa.b\\E+", "a.ba.b", false), ("\\p{Lu}\\p{Ll}+", "Đồng", true),
        ("\\pL+", "Nà Ếch", false), ("[\\pL ]+", "Nà Ếch", true), ("\\PL+", "12-3", true),
        ("\\p{^Nd}", "7", false), ("(?i)\\p{Lu}", "é", true), ("\\141\\0", "a\u{0}", true),
        ("(?P<n>a)(?:b)?", "a", true), ("\\bab\\b", "ab", true),
        ("\\x41\\x{1EC7}", "Aệ", true), ("(a|b)*c", "ababc", true), ("[\\d-]+", "1-2", true),
        ("lamp-.*|feeder-1", "feeder-1", true), ("(a*)*", "aaaa", true), ("(?s:a.b)", "a\nb", true),
        ("(?-s)a.b", "a\nb", false),
    ])
    func `the whole value matches as in RE2`(pattern: String, value: String, expected: Bool) throws
    {
        #expect(try RegularExpression(pattern).matchesWhole(value) == expected)
    }

    @Test(arguments: ["((((){1000}){1000}){1000}){1000}", "((((){1000}){1000}){1000}){1000,}"])
    func `nothing is repeated but once, however often it is asked for`(pattern: String) throws {
        let expression = try RegularExpression(pattern)
        #expect(expression.matchesWhole(""))
        #expect(!expression.matchesWhole("a"))
    }

    @Test func `a pattern names a limited number of classes of letters`() throws {
        let most = try RegularExpression(String(repeating: "\\pL", count: 32))
        #expect(most.matchesWhole(String(repeating: "ệ", count: 32)))
        #expect(throws: RegularExpressionError.self) {
            try RegularExpression("(?i)" + String(repeating: "\\pL", count: 33))
        }
        #expect(throws: RegularExpressionError.self) {
            try RegularExpression("[" + String(repeating: "\\pL", count: 33) + "]")
        }
    }

    @Test(arguments: [
        "(", ")", "a)", "[a", "*a", "a**", "\\", "[b-a]", "a{1001}", "a{3,2}", "(?x)a",
        "\\p{Greek}", "\\pQ", "\\p{L", "({2})", "a|{1,2}", "a*{2}",
        "\\1", "(?<n", "[[:alpa:]]", "\\x{110000}", "(((a{100}){100}){100})",
    ])
    func `a pattern that RE2 refuses or that grows too large is refused`(pattern: String) {
        #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
    }

    @Test func `groups too deep are refused and do not overflow the stack`() {
        let deep = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
        #expect(throws: RegularExpressionError.self) { try RegularExpression(deep) }
    }

    @Test func `a pattern that ruins a backtracking matcher is matched`() throws {
        let count = 60
        let pattern = String(repeating: "a?", count: count) + String(repeating: "a", count: count)
        #expect(try RegularExpression(pattern).matchesWhole(String(repeating: "a", count: count)))
    }

    @Test func `a choice of texts says which they are`() throws {
        #expect(try RegularExpression("a|b").alternatives == ["a", "b"])
        #expect(try RegularExpression("a.*").alternatives == nil)
    }

    /// NSRegularExpression is another implementation; both know this small language.
    @Test func `random patterns match as another implementation has it`() throws {
        var random = SeededGenerator(seed: 0x5EED_2024)
        print("seed \(random.seed)")
        var matches = 0
        for _ in 0..<1500 {
            let pattern = Self.pattern(depth: 3, &random)
            let ours = try RegularExpression(pattern)
            let theirs = try NSRegularExpression(pattern: "\\A(?:\(pattern))\\z")
            for _ in 0..<8 {
                let length = Int.random(in: 0...6, using: &random)
                let value = String(
                    (0..<length).map { _ in "abc".randomElement(using: &random) ?? "a" }
                )
                let range = NSRange(location: 0, length: value.utf16.count)
                let expected = theirs.firstMatch(in: value, range: range) != nil
                #expect(ours.matchesWhole(value) == expected, "\(pattern) on \(value)")
                if expected { matches += 1 }
            }
        }
        #expect(matches > 100)
    }

    @Test func `random text never crashes the compiler`() {
        var random = SeededGenerator(seed: 77)
        print("seed \(random.seed)")
        let alphabet = Array("ab()[]{}|*+?\\^$.-,:12dwxiPQ<>")
        var compiled = 0
        for _ in 0..<5000 {
            let text = String(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? "a"
                }
            )
            if let pattern = try? RegularExpression(text) {
                compiled += 1
                _ = pattern.matchesWhole("ab")
            }
        }
        #expect(compiled > 100)
    }

    private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
        guard depth > 0 else {
            return ["a", "b", ".", "[ab]", "[^b]"].randomElement(using: &random) ?? "a"
        }
        let inner = pattern(depth: depth - 1, &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return "(?:\(inner)|\(pattern(depth: depth - 1, &random)))"
        case 1:
            return "(?:\(inner))" + (["*", "?", "+", "{1,2}"].randomElement(using: &random) ?? "*")
        default: return inner + pattern(depth: depth - 1, &random)
        }
    }
}
