import PromQL
import Telemetry
import Testing

@testable import Indicators

struct QueryTextTests {
    @Test func `durations are printed with their largest whole unit and read back`() {
        let cases: [(Milliseconds, String)] = [
            (.days(30), "30d"), (.hours(36), "36h"), (.minutes(15), "15m"), (.seconds(90), "90s"),
            (.minutes(60), "1h"),
        ]
        for (span, text) in cases {
            #expect(QueryText.duration(span) == text)
            #expect(QueryText.duration(parsing: text) == span)
        }
        #expect(QueryText.duration(Milliseconds(1500)) == "1500ms")
    }

    @Test(arguments: [
        "", "d", "30", "30 d", "-1d", "1.5h", "99999999999999999999d", "20000d", "1w",
    ])
    func `what is no duration of one unit is refused`(text: String) {
        #expect(QueryText.duration(parsing: text) == nil)
    }

    @Test func `an alternation is sorted and matches its texts alone`() {
        #expect(QueryText.alternation(["b", "a"]) == "a|b")
        #expect(QueryText.alternation(["v.1"]) == "v\\\\.1")
        #expect(QueryText.alternation([#"a"b"#]) == #"a\"b"#)
    }

    @Test func `names are filled in and unknown ones stay`() {
        let filled = QueryText.filled(
            "a{$villages}[$window] $other $",
            ["villages": "v", "window": "1d"]
        )
        #expect(filled == "a{v}[1d] $other $")
    }

    @Test func `numbers are printed as PromQL reads them`() {
        #expect(QueryText.number(6) == "6")
        #expect(QueryText.number(8.5) == "8.5")
        #expect(QueryText.number(-0.25) == "-0.25")
    }
}
