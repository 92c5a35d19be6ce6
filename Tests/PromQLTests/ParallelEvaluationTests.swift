import Foundation
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import PromQL

/// Threads must not show in an answer, nor in an error.
@Suite struct ParallelEvaluationTests {
    private static let seriesCount = 240
    private static let cores = ProcessInfo.processInfo.activeProcessorCount
    private static let end = Instant(milliseconds: 3_600_000)

    /// Series with a sample each 20 s, enough of them that threads are worth waking.
    private static let source: MemorySeriesSource = {
        var random = SeededGenerator(seed: 20_261_201)
        var source = MemorySeriesSource()
        for series in 0..<seriesCount {
            let labels = Labels(
                metric: series < 234 ? "x" : "y",
                [
                    "n": "\(series)", "zone": "z\(series % 7)",
                ]
            )
            for second in stride(from: series % 20, to: 3_600, by: 20) {
                let value = Double.random(in: -1e6...1e6, using: &random) / 3
                source.append(
                    labels,
                    Sample(time: Instant(milliseconds: Int64(second) * 1000), value: value)
                )
            }
        }
        return source
    }()

    private static func run(
        _ text: String,
        threads: Int,
        limits: QueryLimits = QueryLimits(),
        _ source: some SeriesSource = source
    ) throws -> (answer: [RangeSeries], report: QueryReport) {
        var report = QueryReport()
        let answer = try QueryEngine(limits: limits, parallelism: threads).range(
            PromQLParser.parse(text),
            from: Instant(milliseconds: 0),
            to: end,
            step: .seconds(10),
            source: source,
            report: &report
        )
        return (answer, report)
    }

    @Test(arguments: [
        "x", "sum(x)", "avg by (zone) (x)", "sum by (zone) (rate(x[5m]))", "stddev(x)",
        "max(x) - min(x)", "count by (zone) (x > 1000)", "topk(3, x)", "quantile(0.9, x)",
        "sum without (n) (-avg_over_time(x[3m]) * 2)", "sum(abs(x))", "group(x)",
        "sum({n=~\".+\"} * 2)", "count({n=~\".+\"})", "stdvar_over_time(x[5m])",
        "sum(sum_over_time(x[1m] @ 600) * time())", "avg(2 ^ (x / 1e6))",
    ])
    func `an answer is the same to the last bit with any number of threads`(
        text: String
    ) throws {
        let alone = try Self.run(text, threads: 1)
        #expect(!alone.answer.isEmpty, "nothing proves nothing")
        for threads in [2, 4, 7] {
            let shared = try Self.run(text, threads: threads)
            #expect(shared.report == alone.report)
            try #require(shared.answer.map(\.labels) == alone.answer.map(\.labels))
            for (left, right) in zip(shared.answer, alone.answer) {
                let isSame = left.samples.elementsEqual(right.samples) {
                    $0.time == $1.time && $0.value.bitPattern == $1.value.bitPattern
                }
                #expect(isSame, "\(text) of \(left.labels) with \(threads) threads")
            }
        }
    }

    /// Parts run on threads of their own: those of the process' pool may all be busy with other
    /// tests.
    @Test(arguments: [1, 2, 3, nil])
    func `as many threads read as are asked for, and else one for each core`(
        threads: Int?
    ) throws {
        var engine = QueryEngine()
        #expect(engine.parallelism == Self.cores)
        if let threads { engine.parallelism = threads }
        engine.perform = { count, part in
            let ends = DispatchSemaphore(value: 0)
            for index in 0..<count {
                Thread {
                    part(index)
                    ends.signal()
                }.start()
            }
            for _ in 0..<count { ends.wait() }
        }
        // The caller reads the first series and waits for the others.
        let isAlone = engine.parallelism == 1
        let expected = isAlone ? 1 : engine.parallelism + 1
        let source = MeetingSource(base: Self.source, threads: expected)
        let series = try engine.range(
            PromQLParser.parse("sum(x)"),
            from: Instant(milliseconds: 0),
            to: Self.end,
            step: .seconds(10),
            source: source
        )
        #expect(series.count == 1)
        #expect(source.threadCount == expected)
    }

    @Test func `bucketed answers are the same with any number of threads`() throws {
        let source = BucketedSource(base: Self.source, width: 10_000)
        let text = "sum by (zone) (sum_over_time(x[5m]))"
        let alone = try Self.run(text, threads: 1, source)
        let shared = try Self.run(text, threads: 4, source)
        #expect(alone.answer == shared.answer)
        #expect(alone.report == shared.report)
        #expect(alone.report.tiers.contains { $0.summaries > 1000 })
    }

    @Test(arguments: [1, 4])
    func `all threads together read no more samples than the limit`(threads: Int) {
        let limits = QueryLimits(maximumSamples: 180 * 150)
        let error = #expect(throws: QueryError.self) {
            try Self.run("sum(x)", threads: threads, limits: limits)
        }
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("27000 samples") == true)
    }

    /// Two of the series of another source cannot be read.
    private struct Broken: SeriesSource {
        let base: MemorySeriesSource
        func select(
            _ matchers: [LabelMatcher],
            in range: ClosedRange<Instant>
        ) -> [SeriesReference] { base.select(matchers, in: range) }
        func read(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) throws(SeriesSourceError) {
            if [221, 222].contains(series.rawValue) { throw .damaged("series \(series.rawValue)") }
            base.read(series, in: range, into: &buffer)
        }
        func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }
        func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
    }

    @Test(arguments: [1, 2, 4])
    func `the first error in the order of series is told`(threads: Int) {
        let error = #expect(throws: QueryError.self) {
            try Self.run("sum(rate(x[5m]))", threads: threads, Broken(base: Self.source))
        }
        #expect(error?.kind == .storage)
        #expect(error?.message.contains("series 221") == true)
    }

    @Test(arguments: [1, 4])
    func `the timeout holds while threads read`(threads: Int) throws {
        let reads = Mutex(Int64(0))
        let engine = QueryEngine(
            limits: QueryLimits(timeout: .seconds(3)),
            parallelism: threads,
            clock: {
                .seconds(
                    reads.withLock { count in
                        count += 1
                        return count
                    }
                )
            }
        )
        let expression = try PromQLParser.parse("sum(rate(x[5m]))")
        let error = #expect(throws: QueryError.self) {
            try engine.range(
                expression,
                from: Instant(milliseconds: 0),
                to: Self.end,
                step: .seconds(1),
                source: Self.source
            )
        }
        #expect(error?.kind == .timeout)
    }

    @Test(arguments: [
        "sum(x)", "avg by (zone) (rate(x[5m]) * 60)", "stddev(-x)", "count(x > 0)",
    ])
    func `an aggregation holds its groups and not its series`(text: String) throws {
        let steps = 361
        // Room for seven groups of four values a step, which is fewer than there are series.
        let limits = QueryLimits(maximumPoints: 7 * 4 * steps)
        #expect(try Self.run(text, threads: 1, limits: limits).answer.count <= 7)
        let error = #expect(throws: QueryError.self) {
            try Self.run("sum by (n) (x)", threads: 1, limits: limits)
        }
        #expect(error?.kind == .limit)
    }

    @Test func `series whose labels meet without the name are still refused`() throws {
        var source = MemorySeriesSource()
        for name in ["a", "b"] {
            source.append(
                ["__name__": name, "n": "1"],
                Sample(time: Instant(milliseconds: 0), value: 1)
            )
        }
        for text in ["sum(-{n=\"1\"})", "sum((-{n=\"1\"}) > 5)", "sum(abs({n=\"1\"}))"] {
            let error = #expect(throws: QueryError.self) { try Self.run(text, threads: 1, source) }
            #expect(error?.message.contains("same labelset") == true, "\(text)")
        }
        #expect(try Self.run("sum({n=\"1\"} > 0)", threads: 1, source).answer.count == 1)
    }
}
