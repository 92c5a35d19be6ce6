import PromQL
import Telemetry
import Testing

@Suite struct QueryReportTests {
    /// Two series with a sample each second from 1 to 60, summarised by tens of seconds.
    private static let source: BucketedSource = {
        var memory = MemorySeriesSource()
        for second in 1...60 {
            for name in ["a", "b"] {
                memory.append(
                    ["__name__": "x", "n": name],
                    Sample(time: Instant(milliseconds: Int64(second) * 1000), value: 1)
                )
            }
        }
        return BucketedSource(base: memory, width: 10_000)
    }()

    private static func report(
        _ text: String,
        at second: Int64,
        _ source: BucketedSource = source
    ) throws -> QueryReport {
        var report = QueryReport()
        _ = try QueryEngine().instant(
            PromQLParser.parse(text),
            at: Instant(milliseconds: second * 1000),
            source: source,
            report: &report
        )
        return report
    }

    @Test func `whole buckets are read as summaries and edges as samples`() throws {
        let report = try Self.report("sum_over_time(x[40s])", at: 55)
        let tier = try #require(report.tiers.first)
        #expect(report.tiers.count == 1)
        #expect(tier.name == "bucket")
        #expect(tier.series == 2)
        #expect(tier.summaries == 2 * 3)
        #expect(tier.samples == 2 * 10)
        #expect(tier.inexact == 0)
        #expect(report.readCount == 26)
    }

    @Test func `what needs each sample is answered by samples alone`() throws {
        for text in ["stddev_over_time(x[40s])", "x[40s]", "deriv(x[40s])"] {
            let report = try Self.report(text, at: 50)
            #expect(report.tiers.map(\.name) == [QueryReport.raw])
            #expect(report.tiers.map(\.samples) == [80])
            #expect(report.tiers.map(\.summaries) == [0])
        }
    }

    @Test func `parts of a query are reported together by tier`() throws {
        let text = "sum(x) + sum(sum_over_time(x[20s])) + sum(sum_over_time(x[10s]))"
        let report = try Self.report(text, at: 50)
        #expect(report.tiers.map(\.name) == [QueryReport.raw, "bucket"])
        #expect(report.tiers.map(\.series) == [2, 4])
        #expect(report.tiers.map(\.samples) == [2, 0])
        #expect(report.tiers.map(\.summaries) == [0, 6])
    }

    @Test func `a window that cuts a bucket without samples is told`() throws {
        var source = Self.source
        source.goneUpTo = 30_000
        let report = try Self.report("sum_over_time(x[20s])", at: 45, source)
        #expect(report.inexactCount == 2)
        #expect(try Self.report("sum_over_time(x[20s])", at: 40, source).inexactCount == 0)
    }

    @Test func `a query that fails tells what it had read`() throws {
        var report = QueryReport()
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 50))
        #expect(throws: QueryError.self) {
            try engine.range(
                PromQLParser.parse("deriv(x[1m])"),
                from: Instant(milliseconds: 60_000),
                to: Instant(milliseconds: 60_000),
                step: .seconds(1),
                source: Self.source,
                report: &report
            )
        }
        #expect(report.tiers.map(\.samples) == [60])
    }
}
