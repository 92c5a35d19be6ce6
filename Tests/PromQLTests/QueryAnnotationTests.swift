import Telemetry
import TestKit
import Testing

@testable import PromQL

/// What the statements of `annotations.test` leave open: threads, summaries, limits, numbers.
@Suite struct QueryAnnotationTests {
    /// Many series of few metrics, with a sample each 10 s: enough for threads to be woken.
    private static let source: MemorySeriesSource = {
        var source = MemorySeriesSource()
        for series in 0..<400 {
            let labels = Labels(metric: "gauge_\(series % 14)", ["n": "\(series)"])
            for second in stride(from: 0, through: 3_600, by: 10) {
                let time = Instant(milliseconds: Int64(second) * 1000)
                source.append(labels, Sample(time: time, value: Double(second)))
            }
        }
        return source
    }()

    private static func report(
        _ text: String,
        threads: Int = 1,
        _ source: some SeriesSource = source
    ) throws -> QueryReport {
        var report = QueryReport()
        _ = try QueryEngine(parallelism: threads).range(
            PromQLParser.parse(text),
            from: Instant(milliseconds: 0),
            to: Instant(milliseconds: 3_600_000),
            step: .seconds(30),
            source: source,
            report: &report
        )
        return report
    }

    private static let rates = "sum(rate({__name__=~\"gauge_.*\"}[5m]))"

    @Test func `threads and folds say what one thread says`() throws {
        for text in [Self.rates, "max(quantile_over_time(2, {n=~\".+\"}[5m]))", "gauge_1 * 2"] {
            let alone = try Self.report(text).annotations
            for threads in [2, 5] {
                #expect(try Self.report(text, threads: threads).annotations == alone)
            }
        }
        let infos = try Self.report(Self.rates, threads: 4).annotations[.info]
        #expect(infos.count == 14)
        #expect(infos.allSatisfy { $0.text(in: Self.rates).hasSuffix("(1:10)") })
        #expect(try Self.report("gauge_1 * 2", threads: 4).annotations.isEmpty)
    }

    @Test func `summaries say what samples say`() throws {
        let bucketed = BucketedSource(base: Self.source, width: 30_000)
        for text in ["rate(gauge_1[5m])", "sum(increase(gauge_2[5m])) > 1e9"] {
            let found = try Self.report(text, bucketed)
            #expect(found.tiers.contains { $0.summaries > 0 }, "no summary proves nothing")
            #expect(try found.annotations == Self.report(text).annotations)
            #expect(found.annotations[.info].count == 1)
        }
    }

    @Test func `of more than ten the first ten are shown and the others counted`() throws {
        let texts = try Self.report(Self.rates).annotations.texts(.info, in: Self.rates)
        let shown = QueryAnnotation.Severity.info.shown(texts)
        #expect(shown.count == 11)
        #expect(shown.prefix(10) == texts.prefix(10))
        #expect(shown.last == "4 more info annotations omitted")
        let ten = Array(texts.prefix(10))
        #expect(QueryAnnotation.Severity.warning.shown(ten) == ten)
        let eleven = Array(texts.prefix(11))
        #expect(
            QueryAnnotation.Severity.warning.shown(eleven).last
                == "1 more warning annotations omitted"
        )
    }

    @Test func `of very many no more are held than fit`() throws {
        let queries = [
            "max_over_time(histogram_quantile(time(), nothing)[1h:1s])",
            "max_over_time(quantile_over_time(2 + time(), {n=~\"1.*\"}[5m])[1h:1s])",
        ]
        for query in queries {
            var report = QueryReport()
            _ = try QueryEngine().instant(
                PromQLParser.parse(query),
                at: Instant(milliseconds: 3_600_000),
                source: Self.source,
                report: &report
            )
            let warnings = report.annotations.texts(.warning, in: query)
            #expect(warnings.count == QueryAnnotations.maximumHeld, "\(query)")
            #expect(
                QueryAnnotation.Severity.warning.shown(warnings).last
                    == "990 more warning annotations omitted"
            )
        }
    }

    @Test func `of too many the first by their words are held, in whatever order they come`() {
        let all = (0..<1500).map { number in
            QueryAnnotation.possibleNonCounter(
                "gauge_\(number)",
                AnnotationSite(position: 1500 - number, end: 2000)
            )
        }
        let kept = all.map(\.message).sorted().prefix(QueryAnnotations.maximumHeld)
        var random = SeededGenerator(seed: 20_261_201)
        print("seed \(random.seed)")
        for order in [all, all.reversed(), all.shuffled(using: &random)] {
            var halves = [QueryAnnotations(), QueryAnnotations()]
            for annotation in order {
                halves[Int.random(in: 0...1, using: &random)].add(annotation)
            }
            halves[0].add(halves[1])
            #expect(halves[0][.info].map(\.message).sorted() == Array(kept))
            #expect(halves[0][.warning].isEmpty)
        }
    }

    /// What is asked for of more metrics, or at more steps, than are held.
    @Test(arguments: [
        ("sum(rate({__name__=~\"gauge_.*\"}[5m]))", QueryAnnotation.Severity.info, 1_100, 100),
        (
            "sum(quantile_over_time(2 + time(), {__name__=~\"gauge_.*\"}[5m]))",
            .warning, 120, 1_200
        ),
    ])
    func `of too many all threads hold the same`(
        text: String,
        severity: QueryAnnotation.Severity,
        seriesCount: Int,
        stepCount: Int
    ) throws {
        var source = MemorySeriesSource()
        for series in 0..<seriesCount {
            let labels = Labels(metric: "gauge_\(series)", ["n": "\(series)"])
            // Each has values at some of the steps.
            let start = Int64(series * 10 % stepCount) * 10_000
            for time in stride(from: start, through: start + 600_000, by: 60_000) {
                let sample = Sample(time: Instant(milliseconds: time), value: Double(series))
                source.append(labels, sample)
            }
        }
        var reports: [QueryReport] = []
        for threads in [1, 2, 5] {
            var report = QueryReport()
            _ = try QueryEngine(parallelism: threads).range(
                PromQLParser.parse(text),
                from: Instant(milliseconds: 0),
                to: Instant(milliseconds: Int64(stepCount) * 10_000 + 600_000),
                step: .seconds(10),
                source: source,
                report: &report
            )
            reports.append(report)
        }
        #expect(reports[0].annotations[severity].count == QueryAnnotations.maximumHeld)
        for report in reports { #expect(report == reports[0]) }
    }

    @Test func `the order in which they are added does not show`() {
        let sites = [10, 30, 20].map { AnnotationSite(position: $0 - 5, end: $0) }
        func falls(_ bounds: [Double]) -> Histogram.Falls {
            var histogram = Histogram(bounds.enumerated().map { ($1, Double(9 - $0)) })
            _ = histogram.quantile(0.5)
            return histogram.falls ?? Histogram([]).falls!
        }
        let corrections = zip(sites, [[1, 2, .infinity], [0.5, 3, .infinity], [2, .infinity]])
            .enumerated().map { index, pair in
                QueryAnnotation.forcedMonotonicity(
                    MonotonicityCorrection(at: Int64(index) * 60_000, falls(pair.1)),
                    metric: nil,
                    pair.0
                )
            }
        let shares = sites.map { QueryAnnotation.invalidQuantile(2, $0) }
        var results: Set<QueryAnnotations> = []
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
            var annotations = QueryAnnotations()
            for index in order {
                annotations.add(corrections[index])
                annotations.add(shares[index])
            }
            results.insert(annotations)
        }
        #expect(results.count == 1)
        let query = String(repeating: "x", count: 40)
        #expect(results.first?[.warning].map(\.position) == [25])
        let texts = results.first?.texts(.info, in: query) ?? []
        #expect(
            texts.first?.hasSuffix(
                ", from buckets 2 to +Inf, with a max diff of 2, over 3 samples from "
                    + "1970-01-01T00:00:00Z to 1970-01-01T00:02:00Z (1:6)"
            ) == true,
            "\(texts)"
        )
    }

    @Test func `an expression that was not read from a text has no place`() throws {
        let selector = Selector(matchers: [LabelMatcher("__name__", .equal("gauge_1"))])
        var report = QueryReport()
        _ = try QueryEngine().instant(
            .call(.rate, [.matrix(selector, range: .minutes(5))]),
            at: Instant(milliseconds: 600_000),
            source: Self.source,
            report: &report
        )
        let infos = report.annotations[.info]
        #expect(infos.map(\.position) == [nil])
        #expect(infos.map { $0.text(in: "rate(gauge_1[5m])") } == infos.map(\.message))
    }

    @Test func `a place is told by line and column`() throws {
        let query = "sum(\n  # of all\n  rate(gauge_1[5m])\n)"
        let texts = try Self.report(query).annotations.texts(.info, in: query)
        #expect(texts.count == 1)
        #expect(texts.first?.hasSuffix(": \"gauge_1\" (3:8)") == true, "\(texts)")
    }

    @Test func `numbers are written as Go does`() {
        let cases: [(Double, String)] = [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1.5, "-1.5"), (100_000, "100000"),
            (999_999.5, "999999.5"), (1_000_000, "1e+06"), (1_234_567, "1.234567e+06"),
            (0.0001, "0.0001"), (0.00012, "0.00012"), (0.00001, "1e-05"),
            (-0.0000125, "-1.25e-05"), (1e100, "1e+100"), (-1e-300, "-1e-300"),
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.1, "0.1"), (20, "20"),
        ]
        for (value, text) in cases { #expect(NumberFormat.general(value) == text) }
        let rounded: [(Double, String)] = [
            (12, "12"), (100, "1e+02"), (8.55, "8.6"), (0.25, "0.25"), (123_456, "1.2e+05"),
            (.infinity, "+Inf"), (0, "0"), (0.000012345, "1.2e-05"),
        ]
        for (value, text) in rounded {
            #expect(NumberFormat.general(value, digits: 2) == text)
        }
    }
}
