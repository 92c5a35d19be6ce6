import PromQL
import Telemetry
import Testing

@Suite struct FunctionTests {
    /// Runs statements in the language of `.test` files; each must give what it says.
    static func run(_ text: String) throws {
        let report = ScriptRunner().run(text: text, file: "test")
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report.passed > 0)
    }

    /// Series with an item a minute, as `load 1m` has them.
    static func source(_ load: String) throws -> MemorySeriesSource {
        var source = MemorySeriesSource()
        for line in load.split(separator: "\n") {
            let end = try #require(line.lastIndex(of: "}"))
            let selector = try PromQLParser.parseSelector(String(line[...end]))
            let labels = Labels(
                selector.compactMap { matcher in
                    guard case .equal(let value) = matcher.test else { return nil }
                    return Label(matcher.name, value)
                }
            )
            let items = line[line.index(after: end)...].split(separator: " ")
            for (index, item) in items.enumerated() {
                guard let value = Double(item) else { continue }
                let time = Instant(milliseconds: Int64(index) * 60_000)
                source.append(labels, Sample(time: time, value: value))
            }
        }
        return source
    }

    @Test func `label_replace finds groups as RE2 does`() throws {
        func replaced(_ pattern: String, _ template: String, _ value: String) throws -> String? {
            var source = MemorySeriesSource()
            let labels: Labels = ["__name__": "m", "from": value]
            source.append(labels, Sample(time: Instant(milliseconds: 0), value: 1))
            let query = PromQL.Expression.call(
                .labelReplace,
                [
                    .selector(Selector(matchers: [LabelMatcher("__name__", .equal("m"))])),
                    .string("to"), .string(template), .string("from"), .string(pattern),
                ]
            )
            let result = try QueryEngine().instant(
                query,
                at: Instant(milliseconds: 0),
                source: source
            )
            guard case .vector(let elements) = result, elements.count == 1 else { return nil }
            return elements[0].labels["to"]
        }
        let cases: [(pattern: String, template: String, value: String, expected: String?)] = [
            ("(.*)-(.*)", "$2/$1", "a-b-c", "c/a-b"),
            ("(.*?)-(.*)", "$2/$1", "a-b-c", "b-c/a"),
            ("(?U)(.*)-(.*)", "$2/$1", "a-b-c", "b-c/a"),
            ("(?P<feeder>F[0-9]+)\\.(?P<lamp>\\d+)", "${lamp}@${feeder}", "F12.7", "7@F12"),
            ("(?<x>.)(?:.)(.)", "$x$2", "abc", "ac"),
            ("(?P<x>a)|(?P<x>b)", "[$x]", "b", "[b]"), ("a(|b)+b?", "[$1]", "ab", "[]"),
            ("(.)((?:[^0-9]*?)){1,}-?(\\d)*", "$2", "ab-2", "b"),
            ("(|b)*c", "[$1]", "bc", "[b]"), ("\\Qa.b\\E+(.*)", "[$1]", "a.bbc", "[c]"),
            ("(a|ab)(c|bcd)?", "$1,$2", "abcd", "a,bcd"),
            ("(a|ab)(c|bcd)?", "$1,$2", "ab", "ab,"),
            ("((a)|(b))*", "$1$2$3", "ab", "bab"),
            ("x{2,3}(x*)", "<$1>", "xxxxx", "<xx>"),
            ("x{2,3}?(x*)", "<$1>", "xxxxx", "<xxx>"),
            ("(?i)(BẢN )(.*)", "$2", "bản Nà Ếch", "Nà Ếch"),
            ("(?i:A)(a)", "$1", "Aa", "a"), ("(?i:A)(a)", "$1", "AA", nil),
            ("[(](.)[)]", "$1", "(x)", "x"), ("\\Q(a\\E(.)", "$1", "(ab", "b"),
            ("\\((\\x41)\\)", "$1", "(A)", "A"), ("[[:alpha:])]+(.)", "$1", "ab)1", "1"),
            ("[^]]+](.)", "$1", "a]b", "b"), ("(\\w+)\\b.*", "$1", "lamp 7", "lamp"),
            ("^(.)$", "$1", "a", "a"), ("(.+)\n(.+)", "$2", "a\nb", "b"),
            ("(.*)", "$$1 $ $1x ${1}x $9 ${", "v", "$1 $  vx  ${"),
            ("(a*)*(b)", "$2", "aab", "b"), ("a{(1)}", "$1", "a{1}", "1"),
            ("(.*)", "n", "", "n"), ("b", "n", "abc", nil),
        ]
        for one in cases {
            let found = try replaced(one.pattern, one.template, one.value)
            #expect(found == one.expected, "\(one.pattern) on \(one.value)")
        }
    }

    @Test func `label_replace is not held up by hostile patterns`() throws {
        let text = String(repeating: "x", count: 60)
        try Self.run(
            """
            load 1m
              m{from="\(text)"} 1

            eval instant at 0 label_replace(m, "from", "$2", "from", "(x+x+)+y|(x)*")
              m{from="x"} 1

            eval instant at 0 label_replace(m, "from", "$1", "from", "(?:(x*)*)*")
              m{from="\(text)"} 1

            eval instant at 0 label_replace(m, "to", "$1", "from", "((x))+y")
              m{from="\(text)"} 1
            """
        )
    }

    @Test func `dates beyond the calendar are no number and no trap`() throws {
        try Self.run(
            """
            eval instant at 0 year(vector(-9223372036854775808))
              {} NaN

            eval instant at 0 day_of_year(vector(1e300))
              {} NaN

            eval instant at 0 month(vector(NaN))
              {} NaN

            eval instant at 0 hour(vector(-Inf))
              {} NaN

            eval instant at 0 year(vector(-1))
              {} 1969

            eval instant at 0 day_of_year(vector(-1))
              {} 365

            eval instant at 0 minute(vector(-1))
              {} 59

            eval instant at 0 day_of_week(vector(-86400))
              {} 3

            eval instant at 0 year(vector(-62135596801))
              {} 0

            eval instant at 0 days_in_month(vector(951782400))
              {} 29

            eval instant at 0 year(vector(4503599627370495))
              {} 142715360
            """
        )
    }

    @Test func `a mean does not overflow, and infinities stay what they are`() throws {
        try Self.run(
            """
            load 1m
              m{k="1"} 1e308 1e308 1e308
              m{k="2"} 1e308 1e308 -Inf
              m{k="3"} 1e308 1e308 Inf
              m{k="4"} Inf 1 -Inf
              m{k="5"} 1e308 1e308 NaN
              m{k="6"} 1e308 1e308 -1e308

            eval instant at 2m avg_over_time(m[5m])
              {k="1"} 1e308
              {k="2"} -Inf
              {k="3"} Inf
              {k="4"} NaN
              {k="5"} NaN
              {k="6"} 3.3333333333333333e307

            eval instant at 0 avg(m{k=~"1|2|3"})
              {} 1e308
            """
        )
    }
}
