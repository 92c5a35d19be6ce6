import CoreMetrics
import Metering
import Telemetry
import Testing

/// What swift-metrics counts, as Prometheus reads it.
struct MetricsRegistryTests {
    private let registry = MetricsRegistry()

    /// The lines of the registry's text without its own count of refusals.
    private var lines: [String] {
        MetricsExposition.text(registry.families).split(separator: "\n").map(String.init)
            .filter { !$0.contains("langso_metrics_refused_total") }
    }

    @Test func `counters, gauges and timers are written as the text format says`() {
        registry.describe("queries_total", "Queries.\nBy \\ outcome.")
        let outcomes = ["success", #"a "quoted" end"#].map {
            Counter(label: "queries_total", dimensions: [("outcome", $0)], factory: registry)
        }
        outcomes[0].increment(by: 3)
        outcomes[1].increment()
        Meter(label: "http.server.active-requests", dimensions: [], factory: registry).set(2.5)
        let timer = Timer(label: "query.duration", dimensions: [("kind", "x")], factory: registry)
        for seconds in [0.004, 0.005, 0.3, 60] { timer.recordSeconds(seconds) }
        var buckets: [String] = []
        for (bound, count) in [
            ("0.005", 2), ("0.01", 2), ("0.025", 2), ("0.05", 2), ("0.1", 2), ("0.25", 2),
            ("0.5", 3), ("1", 3), ("2.5", 3), ("5", 3), ("10", 3), ("30", 3), ("+Inf", 4),
        ] {
            let labels = #"{kind="x",le="\#(bound)"}"#
            buckets.append("langso_query_duration_seconds_bucket\(labels) \(count)")
        }
        let expected =
            [
                "# HELP langso_http_server_active_requests langso_http_server_active_requests",
                "# TYPE langso_http_server_active_requests gauge",
                "langso_http_server_active_requests 2.5",
                "# HELP langso_queries_total Queries.\\nBy \\\\ outcome.",
                "# TYPE langso_queries_total counter",
                #"langso_queries_total{outcome="a \"quoted\" end"} 1"#,
                #"langso_queries_total{outcome="success"} 3"#,
                "# HELP langso_query_duration_seconds langso_query_duration_seconds",
                "# TYPE langso_query_duration_seconds histogram",
            ] + buckets + [
                #"langso_query_duration_seconds_sum{kind="x"} 60.309"#,
                #"langso_query_duration_seconds_count{kind="x"} 4"#,
            ]
        #expect(lines == expected)
    }

    @Test func `the same name and labels are one metric, in any order of the labels`() {
        for dimensions in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
            Counter(label: "taken", dimensions: dimensions, factory: registry).increment()
        }
        #expect(lines.last == #"langso_taken_total{a="1",b="2"} 2"#)
    }

    @Test func `another kind under a known name, or one too many, is refused and counted`() {
        Counter(label: "taken_total", dimensions: [], factory: registry).increment()
        Meter(label: "taken_total", dimensions: [("a", "b")], factory: registry).set(7)
        #expect(lines.filter { !$0.hasPrefix("#") } == ["langso_taken_total 1"])
        for number in 0...MetricsRegistry.maximumMetrics {
            let dimensions = [("n", "\(number)")]
            Counter(label: "many", dimensions: dimensions, factory: registry).increment()
        }
        let refused = registry.families.last
        #expect(refused?.name == "langso_metrics_refused_total")
        // The gauge, and two more than there was room for beside the first counter.
        #expect(refused?.points.map(\.value) == [3])
    }

    @Test func `names and labels that Prometheus cannot read are made so, or refused`() {
        let long = String(repeating: "x", count: MetricsRegistry.maximumValueBytes + 1)
        let dimensions = [
            [("1st", "a")], [("", "b")], [("__name__", "c")], [("a.b", "d"), ("a-b", "e")],
            [("f", long)],
        ]
        for dimensions in dimensions {
            Counter(label: "é 1", dimensions: dimensions, factory: registry).increment()
        }
        #expect(
            lines.dropFirst(2) == [
                #"langso___1_total{_="b"} 1"#, #"langso___1_total{_1st="a"} 1"#,
            ]
        )
        #expect(registry.families.last?.points.map(\.value) == [3])
    }

    @Test func `values that are no whole numbers are written as Go reads them`() {
        let values: [Double] = [.nan, .infinity, -.infinity, -0.0, 1e300, 0.1, -3, 9e15, 1e16]
        let family = MetricFamily(.gauge, "v", "V.", values.map { .init(value: $0) })
        let shown = MetricsExposition.text([family]).split(separator: "\n").dropFirst(2)
        #expect(
            shown == [
                "v NaN", "v +Inf", "v -Inf", "v -0.0", "v 1e+300", "v 0.1", "v -3",
                "v 9000000000000000", "v 1e+16",
            ]
        )
    }

    @Test func `as samples buckets are left out`() {
        let time = Instant(milliseconds: 60_000)
        let timer = Timer(label: "round", dimensions: [], factory: registry)
        timer.recordSeconds(2)
        var samples = LabelledSamples()
        samples.append(registry.families, at: time)
        #expect(
            samples.series.map { "\($0.labels)" } == [
                "langso_round_seconds_sum", "langso_round_seconds_count",
                "langso_metrics_refused_total",
            ]
        )
        #expect(samples.samples.map(\.value) == [2, 1, 0])
        #expect(samples.samples.allSatisfy { $0.time == time })
    }

    @Test func `threads lose no count`() async {
        let counter = Counter(label: "taken", dimensions: [], factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1_000 { counter.increment() } }
            }
        }
        #expect(lines.last == "langso_taken_total 8000")
    }
}
