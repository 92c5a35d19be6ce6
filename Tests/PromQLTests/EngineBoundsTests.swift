import PromQL
import Synchronization
import Telemetry
import Testing

@Suite struct EngineBoundsTests {
    private static let source: MemorySeriesSource = {
        var source = MemorySeriesSource()
        for series in 0..<20 {
            for minute in 0..<60 {
                source.append(
                    Labels(metric: "x", ["n": "\(series)"]),
                    Sample(time: Instant(milliseconds: Int64(minute) * 60_000), value: 1)
                )
            }
        }
        return source
    }()

    @Test(arguments: ["x", "rate(x[5m])", "count_values(\"v\", x * time())", "x @ 60 + 0"])
    func `a part that would hold too many values names the limit`(text: String) throws {
        let engine = QueryEngine(limits: QueryLimits(maximumPoints: 1000))
        let expression = try PromQLParser.parse(text)
        let error = #expect(throws: QueryError.self) {
            try engine.range(
                expression,
                from: Instant(milliseconds: 0),
                to: Instant(milliseconds: 3_599_000),
                step: .minutes(1),
                source: Self.source
            )
        }
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("1000 values") == true)
    }

    @Test func `a step beyond all times is one step, also over summaries`() throws {
        let source = BucketedSource(base: Self.source, width: 600_000)
        let expression = try PromQLParser.parse("avg_over_time(x[30m])")
        let moment = Instant(milliseconds: 3_540_000)
        let result = try QueryEngine().range(
            expression,
            from: moment,
            to: moment,
            step: Milliseconds(.max),
            source: source
        )
        #expect(result.count == 20)
        #expect(result.allSatisfy { $0.samples == [Sample(time: moment, value: 1)] })
    }

    @Test func `a subquery with too many steps is refused before it begins`() throws {
        for text in ["max_over_time(x[100y:1ms])", "max_over_time(vector(1)[100y:1ms])"] {
            let expression = try PromQLParser.parse(text)
            let error = #expect(throws: QueryError.self) {
                try QueryEngine().instant(
                    expression,
                    at: Instant(milliseconds: 3_600_000),
                    source: Self.source
                )
            }
            #expect(error?.kind == .limit)
        }
    }

    @Test func `the timeout runs by the engine's clock`() throws {
        let reads = Mutex(Int64(0))
        let engine = QueryEngine(limits: QueryLimits(timeout: .seconds(3))) {
            .seconds(
                reads.withLock { count in
                    count += 1
                    return count
                }
            )
        }
        let short = try PromQLParser.parse("x")
        let value = try engine.instant(
            short,
            at: Instant(milliseconds: 0),
            source: Self.source
        )
        guard case .vector(let elements) = value else {
            Issue.record("not a vector")
            return
        }
        #expect(elements.count == 20)
        let long = try PromQLParser.parse("x + x + x + x")
        let error = #expect(throws: QueryError.self) {
            try engine.instant(long, at: Instant(milliseconds: 0), source: Self.source)
        }
        #expect(error?.kind == .timeout)
        #expect(error?.message.contains("3s") == true)
    }

    @Test func `a canceled query ends`() async throws {
        let expression = try PromQLParser.parse("x")
        let task = Task { () throws -> QueryValue in
            // A task that is canceled before it begins must not read a thing.
            while !Task.isCancelled { await Task.yield() }
            return try QueryEngine().instant(
                expression,
                at: Instant(milliseconds: 0),
                source: Self.source
            )
        }
        task.cancel()
        let result = await task.result
        #expect(throws: QueryError(.canceled, "the query was canceled")) { try result.get() }
    }

    @Test(arguments: [
        "x offset 292y", "x offset -292y", "rate(x[292y])",
        "x @ 9000000000000000", "rate(x[292y] @ -9000000000000000 offset 292y)",
        "max_over_time(x[5m:292y])", "predict_linear(x[292y], 1e300)",
        "timestamp(x offset -292y)", "absent_over_time(x[292y:292y])",
    ])
    func `times at the end of the world are no trap`(text: String) throws {
        let expression = try PromQLParser.parse(text)
        let instants = [Int64.min, .min + 1, -1, 0, 3_600_000, .max - 1, .max]
        for milliseconds in instants {
            let time = Instant(milliseconds: milliseconds)
            let engine = QueryEngine(lookback: Milliseconds(.max))
            _ = try engine.instant(expression, at: time, source: Self.source)
            let bucketed = BucketedSource(base: Self.source, width: 600_000)
            _ = try engine.instant(expression, at: time, source: bucketed)
        }
    }

    @Test func `a range beyond the times that can be evaluated is refused`() throws {
        let expression = try PromQLParser.parse("x")
        for (from, to) in [(Int64.min, Int64.max), (0, .max), (.min, 0), (1, 0)] {
            let error = #expect(throws: QueryError.self) {
                try QueryEngine().range(
                    expression,
                    from: Instant(milliseconds: from),
                    to: Instant(milliseconds: to),
                    step: Milliseconds(.max),
                    source: Self.source
                )
            }
            #expect(error?.kind == .execution)
        }
    }
}
