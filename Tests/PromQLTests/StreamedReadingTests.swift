import Synchronization
import Telemetry
import Testing

@testable import PromQL

/// A range query holds a piece of a series at a time, and goes through each sample about once
/// however many windows it lies in.
@Suite struct StreamedReadingTests {
    private static let windowed = SlidingWindowTests.exact + SlidingWindowTests.rounded

    /// A query of a function of windows.
    private static func text(_ function: String, _ window: String) -> String {
        switch function {
        case "predict_linear": "predict_linear(x[\(window)], 60)"
        case "quantile_over_time": "quantile_over_time(0.3, x[\(window)])"
        default: "\(function)(x[\(window)])"
        }
    }

    /// One series with a sample each so many seconds.
    private static func source(count: Int, each interval: Int = 1) -> CountingSource {
        var memory = MemorySeriesSource()
        for number in 1...count {
            memory.append(
                ["__name__": "x"],
                Sample(
                    time: Instant(milliseconds: Int64(number * interval) * 1000),
                    value: Double(number * 7919 % 1009)
                )
            )
        }
        return CountingSource(base: memory)
    }

    private static func run(
        _ text: String,
        seconds: Int,
        step: Int64,
        _ engine: QueryEngine,
        _ source: some SeriesSource
    ) throws -> [RangeSeries] {
        try engine.range(
            PromQLParser.parse(text),
            from: Instant(milliseconds: 0),
            to: Instant(milliseconds: Int64(seconds) * 1000),
            step: .seconds(step),
            source: source
        )
    }

    @Test(
        arguments: ["x", "timestamp(x)", "max(-x) > 3", "x offset 5m"]
            + windowed.map { text($0, "25m") }
    )
    func `of a long series no more than a piece is held at once`(text: String) throws {
        let (count, interval, atOnce) = (20_000, 5, 500)
        let seconds = count * interval
        let source = Self.source(count: count, each: interval)
        var engine = QueryEngine()
        engine.samplesAtOnce = atOnce
        let found = try Self.run(text, seconds: seconds, step: 100, engine, source)
        let reads = source.reads
        #expect(reads.largest <= 3 * atOnce, "\(text)")
        #expect(reads.samples >= count - 20 - 300, "all are read")
        // What two pieces share is read with both.
        #expect(reads.samples <= 2 * count + 300, "\(text)")
        #expect(reads.count >= count / (3 * atOnce))

        let whole = try Self.run(text, seconds: seconds, step: 100, QueryEngine(), source.base)
        try #require(found.map(\.labels) == whole.map(\.labels))
        for (piecewise, atOnce) in zip(found, whole) {
            try #require(piecewise.samples.map(\.time) == atOnce.samples.map(\.time))
            for (left, right) in zip(piecewise.samples, atOnce.samples) {
                #expect(abs(left.value - right.value) <= 1e-9 * max(1, abs(right.value)))
            }
        }
    }

    /// The engine looks at its clock each 65 536 values that it goes through: windows of a thousand
    /// samples that were gone through by themselves at 3000 steps would make 45 looks.
    @Test(arguments: windowed)
    func `overlapping windows cost what their samples do, however many they are`(
        function: String
    ) throws {
        let seconds = 3_000
        for step: Int64 in [500, 10, 1] {
            let looks = Mutex(0)
            let engine = QueryEngine(clock: {
                looks.withLock { $0 += 1 }
                return .zero
            })
            let source = Self.source(count: seconds)
            let text = Self.text(function, "1000s")
            let found = try Self.run(text, seconds: seconds, step: step, engine, source)
            #expect(found.first?.samples.count ?? 0 >= seconds / Int(step) - 1)
            #expect(source.reads.samples == seconds)
            #expect(source.reads.count == 1)
            #expect(looks.withLock { $0 } <= 8, "\(text) by \(step) s")
        }
    }
}
