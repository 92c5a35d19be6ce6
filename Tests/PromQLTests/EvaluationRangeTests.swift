import PromQL
import Telemetry
import TestKit
import Testing

/// A range query must give at each step what an instant query gives there: windows slide, parts
/// are evaluated once and repeated, and none of it may show.
@Suite struct EvaluationRangeTests {
    static let expressions = [
        "a", "a offset 3m", "a offset -2m", "a @ 900", "a @ end() offset 1m", "a > 4", "-a",
        "4 < a", "a + b", "a - on (n) b", "a * on () group_left sum(b)", "a / ignoring (k) b",
        "a and b", "a or b", "a unless b", "a == bool b", "a % 3 ^ 2", "a atan2 b",
        "rate(a[7m])", "increase(a[7m] offset 1m)", "delta(a[20m])", "irate(a[9m])",
        "idelta(a[9m])", "deriv(a[15m])", "predict_linear(a[15m], 600)",
        "predict_linear(a[15m] @ 1200, 600)", "changes(a[15m])", "resets(a[15m])",
        "sum_over_time(a[10m])", "avg_over_time(a[10m])", "min_over_time(a[10m])",
        "max_over_time(a[10m])", "count_over_time(a[10m])", "stddev_over_time(a[10m])",
        "quantile_over_time(0.3, a[10m])", "first_over_time(a[10m])", "last_over_time(a[10m])",
        "present_over_time(a[10m])", "absent_over_time(a{n=\"1\"}[2m])", "absent(a{n=\"1\"} > 6)",
        "sum by (k) (a)", "avg without (n) (a)", "topk(2, a)", "bottomk by (k) (1, a)",
        "quantile(0.7, a)", "count_values(\"v\", round(a))", "stdvar(a)", "group(a)",
        "max_over_time(a[9m:2m])", "rate(sum(a)[15m:])", "sum_over_time((a @ end())[5m:1m])",
        "avg_over_time(rate(a[5m])[10m:30s] offset 90s)", "max_over_time(a[5m:1m] @ start())",
        "timestamp(a)", "timestamp(a * 1)", "time() - timestamp(a)", "hour()", "minute(a * 60)",
        "scalar(a{n=\"1\"})", "vector(time())", "clamp(a, 2, 5)", "round(a, 0.5)",
        "label_replace(a, \"m\", \"$1x\", \"n\", \"(.)\")",
        "label_join(a, \"m\", \"-\", \"n\", \"k\")",
        "sum(a @ start()) + time()", "a + (1 + 2)", "3 + 4 * time()",
    ]

    /// Those that are put together from parts of a window, in another way for each step.
    ///
    /// The last digits may differ; their values are at most hundreds here.
    static let rounded = ["deriv", "predict_linear", "stddev_over_time"]
    static let roundingOfParts = 1e-9

    /// Series with gaps, counter resets, ends and ordinary NaN.
    static func source(_ random: inout SeededGenerator) -> MemorySeriesSource {
        var source = MemorySeriesSource()
        for name in ["a", "b"] {
            for n in 0..<3 {
                let labels = Labels(metric: name, ["n": "\(n)", "k": n == 0 ? "x" : "y"])
                var value = 0.0
                for second in stride(
                    from: Int64.random(in: 0..<60, using: &random),
                    to: 2400,
                    by: 47
                )
                where Int.random(in: 0..<5, using: &random) > 0 {
                    value = Int.random(in: 0..<9, using: &random) == 0 ? 0 : value + 1.25
                    let special = Int.random(in: 0..<40, using: &random)
                    let stale = Double(bitPattern: Sample.staleMarkerBits)
                    source.append(
                        labels,
                        Sample(
                            time: Instant(milliseconds: second * 1000),
                            value: special == 0 ? stale : special == 1 ? .nan : value
                        )
                    )
                }
            }
        }
        return source
    }

    @Test(arguments: expressions)
    func `each step of a range is the instant query at its time`(text: String) throws {
        var random = SeededGenerator(seed: 20_261_124)
        print("seed \(random.seed)")
        let source = Self.source(&random)
        let expression = try PromQLParser.parse(text)
        // `start()` and `end()` are other times in an instant query: name them.
        let fixed = try PromQLParser.parse(
            text.replacing("start()", with: "600").replacing("end()", with: "2394")
        )
        let (start, step, count) = (Int64(600_000), Int64(39_000), 47)
        let range = try QueryEngine().range(
            expression,
            from: Instant(milliseconds: start),
            to: Instant(milliseconds: start + step * Int64(count - 1)),
            step: Milliseconds(step),
            source: source
        )
        let rounding =
            Self.rounded.contains(where: text.hasPrefix) ? Self.roundingOfParts : 0
        var isEmpty = true
        for index in 0..<count {
            let time = Instant(milliseconds: start + step * Int64(index))
            let expected = try Self.values(
                QueryEngine().instant(fixed, at: time, source: source)
            )
            var found: [Labels: Double] = [:]
            for series in range {
                for sample in series.samples where sample.time == time {
                    found[series.labels] = sample.value
                }
            }
            isEmpty = isEmpty && expected.isEmpty
            try #require(Set(found.keys) == Set(expected.keys), "\(text) at step \(index)")
            for (labels, value) in found {
                let wanted = try #require(expected[labels])
                let agree =
                    value == wanted || value.isNaN && wanted.isNaN
                    || abs(value - wanted) <= rounding
                #expect(agree, "\(text) \(labels) at step \(index): \(value), \(wanted)")
            }
        }
        #expect(!isEmpty, "\(text) gives nothing anywhere and proves nothing")
    }

    static func values(_ value: QueryValue) throws -> [Labels: Double] {
        switch value {
        case .scalar(let sample): return [.empty: sample.value]
        case .vector(let elements):
            return try Dictionary(elements.map { ($0.labels, $0.sample.value) }) { _, _ in
                throw QueryError(.execution, "two elements have the same labels")
            }
        case .string, .matrix: return [:]
        }
    }

    @Test func `a range is read once for each selector and not once for each step`() throws {
        var random = SeededGenerator(seed: 7)
        let source = Self.source(&random)
        let expression = try PromQLParser.parse("sum(rate(a[10m]))")
        // The three series have at most 52 samples each, the 41 steps of 10 minutes a lot more.
        let engine = QueryEngine(limits: QueryLimits(maximumSamples: 3 * 52))
        let range = try engine.range(
            expression,
            from: Instant(milliseconds: 0),
            to: Instant(milliseconds: 2_400_000),
            step: .minutes(1),
            source: source
        )
        #expect(range.count == 1)
    }
}
