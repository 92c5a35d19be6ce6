import PromQL
import Telemetry
import TestKit
import Testing

/// Durations that are worked out: how they are read and printed.
///
/// What they give is in `Statements/durations.test`.
@Suite struct DurationExpressionTests {
    /// How Prometheus 3.14 divides them, by the tables of its own parser
    /// (promql/parser/generated_parser.y.go), and writes them (promql/parser/printer.go); but what
    /// begins with two signs is printed so that it reads back.
    @Test(arguments: [
        ("x[5m*2]", "x[5m * 2]"), ("x[60s+1]", "x[1m + 1]"), ("x[+(5m)]", "x[(5m)]"),
        ("x[-2^2+9]", "x[-2 ^ 2 + 9]"), ("x[--2s+1]", "x[2s + 1]"), ("x[-(2)+9]", "x[-(2) + 9]"),
        ("x[((1m))]", "x[(1m)]"), ("x[2*((1m+1))]", "x[2 * (1m + 1)]"), ("x[STEP()]", "x[step()]"),
        ("x[-step()+1h]", "x[-step() + 1h]"), ("x[1-range()]", "x[1 - range()]"),
        ("x[Max_Of(1,step())]", "x[max_of(1, step())]"),
        ("x[200-min_of(-step()^+step(),1)]", "x[200 - min_of(-step() ^ step(), 1)]"),
        ("x[1h*2:]", "x[1h * 2:]"), ("x[(5m):(1m)]", "x[(5m):(1m)]"),
        ("x[1h:step()*2]", "x[1h:step() * 2]"), ("x[1h:] offset (1)", "x[1h:] offset (1)"),
        ("x offset step()", "x offset step()"), ("x offset +step()", "x offset step()"),
        ("x offset -(step())", "x offset -(step())"), ("x offset --1m", "x offset 1m"),
        ("x offset --step()", "x offset (--step())"), ("x offset (5)@3", "x @ 3.000 offset (5)"),
        ("x[1m*2]offset(1m/2)", "x[1m * 2] offset (1m / 2)"),
        ("x offset -min_of(10,+max_of(1,2))", "x offset -min_of(10, max_of(1, 2))"),
        ("x offset --1m+1", "x offset (1m + 1)"), ("x offset +-2^2", "x offset (-2 ^ 2)"),
        ("x offset 1m+1m", "x offset 1m + 60"), ("x offset -2^2", "x offset -2s ^ 2"),
        ("x offset (1)*2^2", "x offset (1) * 2 ^ 2"), ("x offset -(1)*2", "x offset -(1) * 2"),
        ("x offset min_of(1,2)+x", "x offset min_of(1, 2) + x"),
        ("sum(rate(x[1m*2]))by(a)", "sum by (a) (rate(x[1m * 2]))"),
        ("x[0.5*1500ms]", "x[0.5 * 1s500ms]"),
    ])
    func `durations are printed as they were written`(text: String, printed: String) throws {
        let expression = try PromQLParser.parse(text)
        #expect(expression.description == printed)
        #expect(expression.formatted == printed)
        #expect(try PromQLParser.parse(printed).description == printed)
    }

    @Test(arguments: [
        ("x offset 1m+1m", "+"), ("x offset -2^2", "^"), ("x offset -(1)*2", "*"),
        ("x offset step()+x", "+"), ("x offset -min_of(1,2)-x", "-"), ("x offset (1)==x", "=="),
    ])
    func `what follows an offset that stands alone is an operator`(
        text: String,
        symbol: String
    ) throws {
        guard case .binary(let binary) = try PromQLParser.parse(text) else {
            Issue.record("\(text) is no operator")
            return
        }
        #expect(binary.operation.rawValue == symbol)
    }

    @Test(arguments: ["x offset (1)*2", "x offset --1+1", "x offset (1)+(1)", "x offset +-1^2"])
    func `an offset that begins with parentheses or two signs is an arithmetic`(
        text: String
    ) throws {
        guard case .unresolved(.selector, let durations) = try PromQLParser.parse(text) else {
            Issue.record("\(text) is no selector")
            return
        }
        #expect(durations.offset?.position == 9)
    }

    @Test func `a long subquery is divided before its durations`() throws {
        let text =
            "max_over_time(sum by (village, commune) "
            + "(rate(water_volume_cubic_metres_total[5m * 2]))"
            + "[1h * 24:max_of(step(), 1m)] offset (1d / 2))"
        let formatted = """
            max_over_time(
              sum by (village, commune) (rate(water_volume_cubic_metres_total[5m * 2]))\
            [1h * 24:max_of(step(), 1m)] offset (1d / 2)
            )
            """
        let result = try PromQLParser.parse(text).formatted
        #expect(result == formatted)
        #expect(try PromQLParser.parse(result).description == PromQLParser.parse(text).description)
    }

    @Test func `a plain number needs no query`() throws {
        guard case .matrix(_, let range) = try PromQLParser.parse("x[--5m]") else {
            Issue.record("it is left to be worked out")
            return
        }
        #expect(range == .minutes(5))
    }

    @Test func `a query is told where its duration is wrong`() throws {
        let text = "sum(\n  rate(x[step()]))"
        let expression = try PromQLParser.parse(text)
        let error = #expect(throws: QueryError.self) {
            try expression.resolved(step: .zero, range: .zero)
        }
        #expect(error?.kind == .parse)
        #expect(error?.placed(in: text).place?.description == "2:10")
        #expect(
            try expression.resolved(step: .minutes(2), range: .zero).description
                == "sum(rate(x[2m]))"
        )
    }

    @Test func `nesting and operators have the limits of the language`() throws {
        func kind(_ duration: String) -> QueryError.Kind? {
            do throws(QueryError) {
                _ = try PromQLParser.parse("x[\(duration)]")
                return nil
            } catch {
                return error.kind
            }
        }
        let (depth, operators) = (PromQLParser.maximumDepth, PromQLParser.maximumOperators)
        func nested(_ count: Int) -> String {
            String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count)
        }
        func row(_ count: Int) -> String { "1" + String(repeating: "+1", count: count) }
        #expect(kind(nested(depth - 2)) == nil)
        #expect(kind(nested(20_000)) == .limit)
        #expect(kind(String(repeating: "-", count: 20_000) + "1") == .limit)
        #expect(kind(String(repeating: "min_of(", count: 9000)) == .limit)
        #expect(kind(row(operators)) == nil)
        #expect(kind(row(operators + 1)) == .limit)
        let spread = "x[\(row(operators / 2))] offset (\(row(operators / 2 + 1)))"
        let error = #expect(throws: QueryError.self) { try PromQLParser.parse(spread) }
        #expect(error?.limit == .operators)
    }

    @Test(.timeLimit(.minutes(1))) func `divisions within divisions are each worked out once`()
        throws
    {
        let levels = PromQLParser.maximumDepth / 2 - 2
        let text =
            "x[" + String(repeating: "60 / (", count: levels) + "step()"
            + String(repeating: ")", count: levels) + "]"
        let expression = try PromQLParser.parse(text)
        let resolved = try expression.resolved(step: .minutes(1), range: .zero)
        #expect(resolved.description == (levels % 2 == 0 ? "x[1m]" : "x[1s]"))
    }

    @Test func `random durations are refused, or printed so that they read back`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let words = [
            "1", "5m", "0", "(", ")", "-", "+", "*", "/", "%", "^", "step()", "range()", "min_of(",
            "max_of(", ",", "1e300", "0.5", "90s",
        ]
        var read = 0
        for _ in 0..<4000 {
            let count = Int.random(in: 1...8, using: &random)
            let duration = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: " ")
            for text in ["x[\(duration)]", "x offset \(duration)"] {
                guard let expression = try? PromQLParser.parse(text) else { continue }
                read += 1
                let printed = expression.description
                let again = try? PromQLParser.parse(printed).description
                #expect(again == printed, "seed \(seed): \(text)")
                let query = Milliseconds.minutes(3)
                let resolved = try? expression.resolved(step: query, range: query).description
                let other = try? PromQLParser.parse(printed).resolved(step: query, range: query)
                #expect(resolved == other?.description, "seed \(seed): \(text)")
            }
        }
        #expect(read > 200, "seed \(seed)")
    }

    @Test(arguments: [
        "sum by (a) (label_replace(rate(x[5m] offset 1m), \"a\", \"b\", \"c\", \"d\"))",
        "clamp(-(x * 2) + on (a) y, 1, 2)", "max_over_time(round(x, 5)[1h:1m])",
    ])
    func `an expression without durations to be worked out is not copied`(text: String) throws {
        let expression = try PromQLParser.parse(text)
        let resolved = try expression.resolved(step: .minutes(1), range: .hours(1))
        #expect("\(resolved)" == "\(expression)")
        let before = try #require(Self.firstArguments(of: expression))
        let after = try #require(Self.firstArguments(of: resolved))
        let isSame = before.withUnsafeBufferPointer { left in
            after.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress }
        }
        #expect(isSame)
        // One that is worked out is another.
        let changed = try PromQLParser.parse(text + " + x offset step()")
            .resolved(step: .minutes(1), range: .hours(1))
        let others = try #require(Self.firstArguments(of: changed))
        #expect("\(others)" == "\(before)")
    }

    /// The arguments of the outermost call, leftmost first.
    private static func firstArguments(of expression: Expression) -> [Expression]? {
        switch expression {
        case .call(_, let arguments, _): arguments
        case .aggregation(let aggregation): firstArguments(of: aggregation.operand)
        case .binary(let binary): firstArguments(of: binary.left)
        default: nil
        }
    }
}
