import PromQL
import Telemetry
import TestKit
import Testing

/// What is put together from summaries must be what the samples give.
@Suite struct SummaryAnswerTests {
    /// Those that give the same to the last bit.
    static let exact = [
        "count_over_time", "present_over_time", "absent_over_time", "min_over_time",
        "max_over_time", "first_over_time", "last_over_time",
    ]
    /// Those that add up.
    static let rounded = ["sum_over_time", "avg_over_time", "rate", "increase", "delta"]

    /// Some series of one kind each, with gaps and markers of their end; times in 0..<100 s.
    static func source(_ random: inout SeededGenerator) -> MemorySeriesSource {
        var source = MemorySeriesSource()
        for kind in 0..<5 {
            let labels = Labels(metric: "x", ["kind": "\(kind)"])
            var value = 0.0
            var time: Int64 = 0
            while time < 100_000 {
                time += Int64.random(in: 1...1500, using: &random)
                if Int.random(in: 0..<50, using: &random) == 0 { time += 9_000 }
                switch kind {
                case 0: value = Double.random(in: -100...100, using: &random)
                case 1:
                    value += Double.random(in: 0...3, using: &random)
                    if Int.random(in: 0..<20, using: &random) == 0 { value = 0.25 }
                case 2: value = [0.0, -0.0, 1, -1].randomElement(using: &random) ?? 0
                case 3: value = [.nan, 2, 0.1, -7e15].randomElement(using: &random) ?? 0
                default:
                    let odd = Int.random(in: 0..<40, using: &random)
                    value = odd == 0 ? .infinity : odd == 1 ? -.infinity : Double(odd) / 7
                }
                let isStale = Int.random(in: 0..<25, using: &random) == 0
                let stored = isStale ? Double(bitPattern: Sample.staleMarkerBits) : value
                source.append(
                    labels,
                    Sample(time: Instant(milliseconds: time), value: stored)
                )
            }
        }
        return source
    }

    /// A range query over windows that lie anyhow: aligned to buckets or not, apart or not.
    struct Query: CustomStringConvertible {
        let text: String
        let from: Instant
        let step: Milliseconds
        let count: Int
        let length: Int64
        let offset: Int64

        init(_ function: String, _ width: Int64, _ random: inout SeededGenerator) {
            let unit = Bool.random(using: &random) ? width : 1
            func span(_ upper: Int64) -> Int64 {
                max(1, Int64.random(in: 1...upper, using: &random) / unit) * unit
            }
            length = span(30_000)
            step = Milliseconds(span(12_000))
            count = Int.random(in: 1...30, using: &random)
            from = Instant(milliseconds: span(60_000))
            offset = Bool.random(using: &random) ? 0 : span(20_000) - span(20_000)
            let selector =
                switch Int.random(in: 0..<6, using: &random) {
                case 0: "(x[\(length)ms] offset \(offset)ms)"
                case 1: "{kind=~\".+\"}[\(length)ms] offset \(offset)ms"
                default: "x[\(length)ms] offset \(offset)ms"
                }
            text = "\(function)(\(selector))"
        }

        var description: String { "\(text) from \(from.milliseconds) by \(step.count) × \(count)" }

        func run(
            _ source: some SeriesSource,
            _ report: inout QueryReport
        ) throws -> [RangeSeries] {
            try QueryEngine().range(
                PromQLParser.parse(text),
                from: from,
                to: Instant(milliseconds: from.milliseconds + step.count * Int64(count - 1)),
                step: step,
                source: source,
                report: &report
            )
        }

        func run(_ source: some SeriesSource) throws -> [RangeSeries] {
            var report = QueryReport()
            return try run(source, &report)
        }

        /// Sum of the magnitudes of a series' values in the window of a time.
        func magnitude(_ labels: Labels, at time: Instant, _ source: MemorySeriesSource) -> Double {
            let matcher = LabelMatcher("kind", .equal(labels["kind"] ?? ""))
            let end = time.milliseconds - offset
            let range = Instant(milliseconds: end - length + 1)...Instant(milliseconds: end)
            var buffer = SampleBuffer()
            for found in source.select([matcher], in: range) {
                source.read(found.id, in: range, into: &buffer)
            }
            return buffer.values.reduce(0) { $1.isNaN ? $0 : $0 + abs($1) }
        }
    }

    @Test(arguments: exact)
    func `windows from summaries are to the bit what samples give`(function: String) throws {
        var random = SeededGenerator(seed: 20_261_129)
        print("seed \(random.seed)")
        var total = QueryReport()
        for _ in 0..<60 {
            let memory = Self.source(&random)
            let width: Int64 = [500, 1_000, 7_000].randomElement(using: &random) ?? 1
            var source = BucketedSource(base: memory, width: width)
            if Bool.random(using: &random) { source.summarizedUpTo = 50_000 }
            let query = Query(function, width, &random)
            let found = try query.run(source, &total)
            let expected = try query.run(memory)
            try #require(found.map(\.labels) == expected.map(\.labels), "\(query)")
            for (series, wanted) in zip(found, expected) {
                let isSame = series.samples.elementsEqual(wanted.samples) { left, right in
                    left.time == right.time
                        && (left.value.bitPattern == right.value.bitPattern
                            || left.value.isNaN && right.value.isNaN)
                }
                #expect(isSame, "\(query) of \(series.labels)")
            }
        }
        #expect(total.tiers.contains { $0.summaries > 1000 }, "no summary proves nothing")
        #expect(total.inexactCount == 0)
    }

    @Test(arguments: rounded)
    func `sums from summaries are what samples give, up to rounding`(function: String) throws {
        var random = SeededGenerator(seed: 20_261_130)
        print("seed \(random.seed)")
        var total = QueryReport()
        for _ in 0..<60 {
            let memory = Self.source(&random)
            let width: Int64 = [500, 1_000, 7_000].randomElement(using: &random) ?? 1
            let query = Query(function, width, &random)
            let found = try query.run(BucketedSource(base: memory, width: width), &total)
            let expected = try query.run(memory)
            try #require(found.map(\.labels) == expected.map(\.labels), "\(query)")
            for (series, wanted) in zip(found, expected) {
                try #require(series.samples.map(\.time) == wanted.samples.map(\.time), "\(query)")
                for (left, right) in zip(series.samples, wanted.samples) {
                    // A change is carried on to the edges: at most about three times what it is.
                    let allowed =
                        3e-12 * query.magnitude(series.labels, at: left.time, memory)
                    let isSame =
                        left.value == right.value || left.value.isNaN && right.value.isNaN
                        || abs(left.value - right.value) <= allowed
                    #expect(isSame, "\(query) of \(series.labels): \(left), not \(right)")
                }
            }
        }
        #expect(total.tiers.contains { $0.summaries > 1000 }, "no summary proves nothing")
    }

    @Test(arguments: exact + rounded)
    func `whole buckets answer alone when their samples are gone`(function: String) throws {
        var random = SeededGenerator(seed: 20_261_131)
        print("seed \(random.seed)")
        let memory = Self.source(&random)
        let all = BucketedSource(base: memory, width: 1_000)
        var gone = all
        gone.goneUpTo = 60_000
        let query = "\(function)(x[6s])"
        for from in stride(from: Int64(6_000), to: 60_000, by: 7_000) {
            let time = Instant(milliseconds: from)
            var report = QueryReport()
            let found = try QueryEngine().instant(
                PromQLParser.parse(query),
                at: time,
                source: gone,
                report: &report
            )
            let values = try EvaluationRangeTests.values(found)
            let expected = try EvaluationRangeTests.values(
                QueryEngine().instant(PromQLParser.parse(query), at: time, source: all)
            )
            #expect(Set(values.keys) == Set(expected.keys))
            for (labels, value) in values {
                let wanted = try #require(expected[labels])
                #expect(value == wanted || value.isNaN && wanted.isNaN, "\(labels) at \(from)")
            }
            #expect(report.inexactCount == 0)
        }
    }

    @Test func `a sum too large in one order is added again as the samples stand`() throws {
        var memory = MemorySeriesSource()
        for (second, value) in [(1, -1e308), (3, 1e308), (4, 1e308)] {
            memory.append(
                ["__name__": "x"],
                Sample(time: Instant(milliseconds: Int64(second) * 1000), value: value)
            )
        }
        let source = BucketedSource(base: memory, width: 2_000)
        for (text, expected) in [
            ("sum_over_time(x[4s])", 1e308), ("avg_over_time(x[2s])", 1e308),
            ("sum_over_time(x[2s])", .infinity),
        ] {
            let value = try QueryEngine().instant(
                PromQLParser.parse(text),
                at: Instant(milliseconds: 4_000),
                source: source
            )
            #expect(try EvaluationRangeTests.values(value) == [.empty: expected], "\(text)")
        }
    }

    @Test func `a counter that is cut by a window's edge does not run backwards`() throws {
        var memory = MemorySeriesSource()
        for second in 1...3 {
            memory.append(
                ["__name__": "x"],
                Sample(time: Instant(milliseconds: Int64(second) * 1000), value: Double(second - 1))
            )
        }
        var source = BucketedSource(base: memory, width: 10_000)
        source.goneUpTo = 10_000
        let value = try QueryEngine().instant(
            PromQLParser.parse("increase(x[2s])"),
            at: Instant(milliseconds: 10_000),
            source: source
        )
        // All of the bucket's 2, carried on by half a second.
        #expect(try EvaluationRangeTests.values(value) == [.empty: 2.5])
    }

    @Test func `who looks back finds the last of a bucket where samples are gone`() throws {
        var memory = MemorySeriesSource()
        for second in 1...10 {
            memory.append(
                ["__name__": "x"],
                Sample(time: Instant(milliseconds: Int64(second) * 900), value: Double(second))
            )
        }
        var source = BucketedSource(base: memory, width: 3_000)
        source.goneUpTo = 6_000
        func values(_ text: String) throws -> [Double] {
            let range = try QueryEngine(lookback: .seconds(3)).range(
                PromQLParser.parse(text),
                from: Instant(milliseconds: 2_700),
                to: Instant(milliseconds: 8_100),
                step: Milliseconds(900),
                source: source
            )
            return range.flatMap { $0.samples.map(\.value) }
        }
        #expect(try values("x") == [3, 3, 3, 6, 7, 8, 9])
        #expect(try values("timestamp(x) * 10") == [27, 27, 27, 54, 63, 72, 81])
    }
}
