import PromQL
import Telemetry
import TestKit
import Testing

@Suite struct PromQLParserTests {
    @Test(arguments: [
        "1 + 2 * 3 ^ 2 ^ 0.5", "-(1)", "up", "{a=\"b\"}", "up{a!=\"b\", c=~\"d|e\"}[5m]",
        "rate(x[5m] offset 1h)", "x @ 12.5 offset -1w", "x[5m] @ start()",
        "max_over_time(rate(x[5m])[1h:1m])", "max_over_time(x[1h:] @ end() offset 5s)",
        "sum by (a, b) (x) / ignoring (c) group_left (d) sum without (e) (y)",
        "a and on (b) c or d unless e", "topk(3, x) > bool 5", "a == bool b", "time() % 60",
        "count_values(\"v\", x)", "quantile(0.9, x)",
        "label_replace(x, \"a\", \"$1\", \"b\", \"(.*)\")",
        "\"làng số\"", "{\"đèn\"}", "{__name__=\"on\"}", "{__name__=\"NaN\"}",
        "sum by (\"without\", \"inf\") (up)", "{\"đèn\", \"nhãn có dấu\"=\"Nà Ếch\"}",
    ])
    func `printing and reading give the same expression`(text: String) throws {
        let expression = try PromQLParser.parse(text)
        let printed = expression.description
        #expect(try PromQLParser.parse(printed).description == printed)
    }

    @Test(
        arguments: [
            ("0x1F", 31), ("0XfF", 255), ("017", 15), ("08", 8), (".5", 0.5), ("1.", 1),
            ("1e3", 1000), ("1_000", 1000), ("1.5e-3", 0.0015), ("Inf", .infinity),
            ("iNF", .infinity), ("0x7FFFFFFFFFFFFFFF", 0x1p63),
        ] as [(String, Double)]
    )
    func `numbers are read`(text: String, value: Double) throws {
        guard case .number(let found) = try PromQLParser.parse(text) else {
            Issue.record("\(text) is no number")
            return
        }
        #expect(found == value)
    }

    @Test(arguments: ["on", "ignoring", "group_left", "Group_Right", "bool", "atan2", "on{a='b'}"])
    func `a word of matching is no metric's name`(text: String) {
        #expect(throws: QueryError.self) { try PromQLParser.parse(text) }
    }

    @Test(arguments: ["sum", "offset", "start", "end", "by", "and", "without", "end{a='b'}"])
    func `other words may be a metric's name`(text: String) throws {
        #expect(try PromQLParser.parse(text).type == .vector)
    }

    @Test(arguments: ["by (on, sum, offset)", "without (bool, start, and)", "by (\"without\",)"])
    func `words may be labels in lists`(grouping: String) throws {
        #expect(try PromQLParser.parse("sum \(grouping) (up)").type == .vector)
    }

    @Test func `nesting and length have limits`() {
        let deep =
            String(repeating: "(", count: 20_000) + "1" + String(repeating: ")", count: 20_000)
        #expect(#expect(throws: QueryError.self) { try PromQLParser.parse(deep) }?.kind == .limit)
        let long = "x" + String(repeating: " ", count: 70_000)
        #expect(#expect(throws: QueryError.self) { try PromQLParser.parse(long) }?.kind == .limit)
    }

    @Test func `operators in a row have a limit too, as they nest as deep`() throws {
        let most = PromQLParser.maximumOperators
        let row = "x" + String(repeating: " + x", count: most)
        let expression = try PromQLParser.parse(row)
        #expect(expression.description == row)
        #expect(expression.formatted.contains("x\n"))
        let result = try QueryEngine().instant(
            try PromQLParser.parse(row.replacing("x", with: "1")),
            at: Instant(milliseconds: 0),
            source: MemorySeriesSource()
        )
        guard case .scalar(let sum) = result else { return #expect(Bool(false)) }
        #expect(sum.value == Double(most + 1))
        let error = #expect(throws: QueryError.self) { try PromQLParser.parse(row + " + x") }
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("\(most) operators") == true)
    }

    @Test(arguments: ["1 # one\n + 2", "1 # one\r + 2", "1 # one\r\n\t+ 2 # two", "1\r+\t2"])
    func `a comment ends with its line, however that ends`(text: String) throws {
        #expect(try PromQLParser.parse(text).description == "1 + 2")
    }

    @Test func `random words are refused or read, and never end the program`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let words = [
            "up", "sum", "by", "(", ")", "{", "}", "[", "]", "5m", ":", "offset", "@", "-", "^",
            "1e3", "\"a\"", "=", "=~", ",", "on", "group_left", "rate", "and", "bool", "==", "ệ",
            "step", "min_of",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...9, using: &random)
            let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
            if (try? PromQLParser.parse(text.joined(separator: " "))) != nil { read += 1 }
        }
        #expect(read > 100, "seed \(seed)")
    }

    @Test(
        arguments: [
            ("0", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("1y2w3d", 33_004_800_000), ("7ms", 7),
        ] as [(String, Int64)]
    )
    func `durations are read`(text: String, milliseconds: Int64) {
        #expect(DurationText.parse(text) == Milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5", "m", "5m5h", "5m5m", "-5m", "1.5h", "99999999999999y"])
    func `what is no duration is refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (1.0, "1"), (0.1, "0.1"), (-2.5e-7, "-0.00000025"), (1e21, "1000000000000000000000"),
        (123_456.789, "123456.789"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (.leastNonzeroMagnitude, "0." + String(repeating: "0", count: 323) + "5"),
        (1.5e17, "150000000000000000"),
    ])
    func `numbers are written without exponent`(value: Double, text: String) {
        #expect(NumberFormat.prometheus(value) == text)
    }
}
