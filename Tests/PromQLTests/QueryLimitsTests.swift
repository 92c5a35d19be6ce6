import PromQL
import Telemetry
import Testing

@Suite struct QueryLimitsTests {
    private let source: MemorySeriesSource = {
        var source = MemorySeriesSource()
        for series in 0..<10 {
            for minute in 0..<10 {
                source.append(
                    Labels(metric: "x", ["n": "\(series)"]),
                    Sample(time: Instant(milliseconds: Int64(minute) * 60_000), value: 1)
                )
            }
        }
        return source
    }()
    private let end = Instant(milliseconds: 600_000)

    @Test func `a query that reads too much names its limit`() throws {
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 50))
        let query = try PromQLParser.parse("sum_over_time(x[1h])")
        let error = #expect(throws: QueryError.self) {
            try engine.instant(query, at: end, source: source)
        }
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("50 samples") == true)
    }

    @Test func `a selector that finds too many series names its limit`() throws {
        let engine = QueryEngine(limits: QueryLimits(maximumSeries: 9))
        let query = try PromQLParser.parse("x")
        let error = #expect(throws: QueryError.self) {
            try engine.instant(query, at: end, source: source)
        }
        #expect(error?.message.contains("10 series") == true)
    }

    @Test func `a range with too many steps names its limit`() throws {
        let query = try PromQLParser.parse("x")
        let error = #expect(throws: QueryError.self) {
            try QueryEngine().range(
                query,
                from: Instant(milliseconds: 0),
                to: end,
                step: Milliseconds(10),
                source: source
            )
        }
        #expect(error?.kind == .limit)
    }

    @Test(arguments: [("max", 1), ("count", 1), ("sum", 3), ("avg", 4), ("stddev", 6)])
    func `groups count with all that they hold of a step`(operation: String, values: Int) throws {
        // Ten groups at eleven steps.
        let query = try PromQLParser.parse("\(operation) by (n) (x)")
        func ask(_ limit: Int) throws(QueryError) -> Int {
            let engine = QueryEngine(
                limits: QueryLimits(maximumPoints: limit),
                parallelism: 1
            )
            return try engine.range(
                query,
                from: Instant(milliseconds: 0),
                to: end,
                step: .minutes(1),
                source: source
            ).count
        }
        #expect(try ask(10 * 11 * values) == 10)
        let error = #expect(throws: QueryError.self) { try ask(10 * 11 * values - 1) }
        #expect(error?.limit == .points)
    }

    @Test func `a query that takes too long is ended`() throws {
        let engine = QueryEngine(limits: QueryLimits(timeout: .zero))
        let query = try PromQLParser.parse("x")
        let error = #expect(throws: QueryError.self) {
            try engine.instant(query, at: end, source: source)
        }
        #expect(error?.kind == .timeout)
    }

    @Test func `a source that cannot be read is told as such`() throws {
        struct Broken: SeriesSource {
            func select(
                _ matchers: [LabelMatcher],
                in range: ClosedRange<Instant>
            ) throws(SeriesSourceError) -> [SeriesReference] { throw .damaged("block 7") }
            func read(
                _ series: SeriesID,
                in range: ClosedRange<Instant>,
                into buffer: inout SampleBuffer
            ) {}
            func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }
            func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
        }
        let query = try PromQLParser.parse("x")
        let error = #expect(throws: QueryError.self) {
            try QueryEngine().instant(query, at: end, source: Broken())
        }
        #expect(error?.kind == .storage)
        #expect(error?.message.contains("block 7") == true)
    }
}
