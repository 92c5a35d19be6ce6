import PromQL
import Synchronization
import Telemetry
import Testing

@Suite struct EvaluationMatchingTests {
    /// What a query at one minute says when it fails.
    private func message(_ query: String, _ load: String) throws -> String? {
        let source = try FunctionTests.source(load)
        let expression = try PromQLParser.parse(query)
        let error = #expect(throws: QueryError.self) {
            try QueryEngine().instant(
                expression,
                at: Instant(milliseconds: 60_000),
                source: source
            )
        }
        #expect(error?.kind == .execution)
        return error?.message
    }

    @Test func `two series on the side of one are named as Prometheus names them`() throws {
        let load = """
            m{a="1"} 1 1
            o{a="1", b="x"} 1 1
            o{a="1", b="y"} 2 2
            """
        let expected =
            "found duplicate series for the match group {a=\"1\"} on the right hand-side of the "
            + "operation: [{__name__=\"o\", a=\"1\", b=\"y\"}, {__name__=\"o\", a=\"1\", b=\"x\"}]"
            + ";many-to-many matching not allowed: matching labels must be unique on one side"
        #expect(try message("m * on (a) group_left o", load) == expected)
        #expect(try message("m * on (a) o", load) == expected)
        #expect(
            try message("o * on (a) group_right m", load)
                == expected.replacing("right hand", with: "left hand")
        )
    }

    @Test func `two series on the side of one are refused without a partner too`() throws {
        let load = """
            m{a="1"} 1 1
            o{a="2", b="x"} 1 1
            o{a="2", b="y"} 2 2
            """
        #expect(try message("m * on (a) o", load)?.contains("group {a=\"2\"}") == true)
        // With nothing at all on the other side there is nothing to be ambiguous about.
        try FunctionTests.run(
            """
            load 1m
              o{a="2", b="x"} 1 1
              o{a="2", b="y"} 2 2

            eval instant at 1m nothing * on (a) o
            """
        )
    }

    @Test func `series that take turns match one partner, as long as no two are there at once`()
        throws
    {
        // The third meets the second at 10 min, and the first never.
        for (third, isAmbiguous) in [("_ _ 3 _", false), ("_ 3 3 _", true)] {
            let range = "range from 0 to 30m step 10m a * on () b"
            let end = isAmbiguous ? "eval_fail \(range)" : "eval \(range)\n  {} 10 20 30 10"
            try FunctionTests.run(
                """
                load 10m
                  a{x="1"} 1 _ _ 1
                  a{x="2"} _ 2 _ _
                  a{x="3"} \(third)
                  b 10 10 10 10

                \(end)
                """
            )
        }
    }

    @Test func `many series that take turns cost what each costs alone`() throws {
        var source = MemorySeriesSource()
        let count: Int64 = 1_000
        for number in 0..<count {
            source.append(
                ["__name__": "a", "x": "\(number)"],
                Sample(time: Instant(milliseconds: number * 600_000), value: 1)
            )
        }
        for step in 0..<count {
            let time = Instant(milliseconds: step * 600_000)
            source.append(["__name__": "b"], Sample(time: time, value: 2))
        }
        // Each look at the clock stands for some work: all pairs would be 500 times as much.
        let looks = Mutex(Int64(0))
        let engine = QueryEngine(
            limits: QueryLimits(maximumPoints: 100_000_000, timeout: .seconds(1)),
            parallelism: 1,
            clock: {
                looks.withLock {
                    $0 += 1; return Milliseconds($0)
                }
            }
        )
        let answer = try engine.range(
            try PromQLParser.parse("a * on () b"),
            from: Instant(milliseconds: 0),
            to: Instant(milliseconds: (count - 1) * 600_000),
            step: .minutes(10),
            source: source
        )
        #expect(answer.map(\.samples.count) == [Int(count)])
    }

    @Test func `several on the left of one must be asked for, even where a filter drops them`()
        throws
    {
        let load = """
            m{a="1", b="x"} 1 1
            m{a="1", b="y"} 5 5
            o{a="1"} 3 3
            """
        let expected =
            "multiple matches for labels: many-to-one matching must be explicit "
            + "(group_left/group_right)"
        #expect(try message("m + on (a) o", load) == expected)
        #expect(try message("m > on (a) o", load) == expected)
        #expect(try message("m > on (a) (o + 9)", load) == expected)
    }

    @Test func `results of one group must differ`() throws {
        let load = """
            m{a="1", b="x"} 1 1
            m{a="1", b="y"} 5 5
            o{a="1", b="z"} 3 3
            """
        #expect(
            try message("m + on (a) group_left (b) o", load)
                == "multiple matches for labels: grouping labels must ensure unique matches"
        )
    }

    @Test func `names that go leave no two series alike`() throws {
        let load = """
            m{a="1"} 1 1
            n{a="1"} 2 2
            """
        let expected = "vector cannot contain metrics with the same labelset"
        for query in [
            "abs({a=\"1\"})", "-{a=\"1\"}", "{a=\"1\"} + 1", "rate({a=\"1\"}[2m])",
            "label_replace({a=\"1\"}, \"__name__\", \"x\", \"a\", \".*\")",
        ] {
            #expect(try message(query, load) == expected, "\(query)")
        }
    }

    @Test func `matched series carry the labels that the operator says`() throws {
        let load = """
            load 1m
              m{a="1", b="x"} 6 6
              m{a="2", b="y"} 8 8
              o{a="1", c="p"} 3 3
              o{a="2"} 4 4
            """
        try FunctionTests.run(
            """
            \(load)

            eval instant at 1m m / on (a) o
              {a="1"} 2
              {a="2"} 2

            eval instant at 1m m > on (a) o
              {a="1"} 6
              {a="2"} 8

            eval instant at 1m m > ignoring (b, c) o
              m{a="1"} 6
              m{a="2"} 8

            eval instant at 1m m * on (a) group_left (c) o
              {a="1", b="x", c="p"} 18
              {a="2", b="y"} 32

            eval instant at 1m m > bool on (a) group_left (c) o
              {a="1", b="x", c="p"} 1
              {a="2", b="y"} 1

            eval instant at 1m o < on (a) group_right (c) m
              m{a="1", b="x", c="p"} 3
              m{a="2", b="y"} 4

            eval instant at 1m m * on (nothing) group_left sum(o)
              {a="1", b="x"} 42
              {a="2", b="y"} 56

            eval instant at 1m nothing * on (a) o

            eval instant at 1m m unless on (a) o{c="p"}
              m{a="2", b="y"} 8

            eval instant at 1m o{c="p"} or on (a) m
              o{a="1", c="p"} 3
              m{a="2", b="y"} 8
            """
        )
    }

    @Test func `a series that follows another in time is matched as one`() throws {
        try FunctionTests.run(
            """
            load 10m
              m{a="1", run="1"} 1 _ _
              m{a="1", run="2"} _ 2 _
              m{a="1", run="3"} _ _ 3
              o{a="1", run="8"} 10 10 _
              o{a="1", run="9"} _ _ 20

            eval range from 0 to 20m step 10m m * on (a) o
              {a="1"} 10 20 60

            eval range from 0 to 20m step 10m sum by (a) (m) * 2
              {a="1"} 2 4 6

            eval range from 0 to 20m step 10m label_replace(m, "run", "", "run", ".*")
              m{a="1"} 1 2 3
            """
        )
    }
}
