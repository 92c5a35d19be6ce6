import PromQL
import Telemetry
import TestKit
import Testing

/// Our regular expressions against those of Debian's Prometheus: what they match, and what their
/// groups take.
@Suite(
    .enabled(if: PrometheusProcess.programs != nil, "prometheus or promtool is not installed")
)
struct PatternDifferentialTests {
    /// How many patterns a seed makes.
    private static let count = 600

    private static let values = [
        "lamp-0", "lamp-1", "LAMP-2", "bin-10", "lámp", "v", "", "a.b", "l a m p", "lll", "a{", "é",
    ]

    @Test func `patterns match and take what those of Prometheus do`() throws {
        let lines = Self.values.enumerated().map { "m{n=\"\($0)\",d=\"\($1)\"} 1 1" }
        let prometheus = try PrometheusProcess(
            openMetrics: lines.joined(separator: "\n") + "\n# EOF\n"
        )
        var source = MemorySeriesSource()
        for (index, value) in Self.values.enumerated() {
            let labels = Labels([Label("__name__", "m"), Label("n", "\(index)"), Label("d", value)])
            source.append(labels, Sample(time: Instant(milliseconds: 1000), value: 1))
        }
        for seed in DifferentialRun.seeds([5]) {
            var generator = ExpressionGenerator(seed: seed)
            var (compared, matched) = (0, 0)
            for _ in 0..<DifferentialRun.count(Self.count) {
                let pattern = generator.pattern()
                let text =
                    generator.chance(50)
                    ? "m{d=~\(pattern)}"
                    : "label_replace(m, \"g\", \"[$1|$2|$3|$x|$0]\", \"d\", \(pattern))"
                let theirs = DifferentialAnswer(
                    prometheus.ask("query", [("query", text), ("time", "2")])
                )
                let ours: DifferentialAnswer
                do throws(QueryError) {
                    let value = try QueryEngine().instant(
                        try PromQLParser.parse(text),
                        at: Instant(milliseconds: 2000),
                        source: source
                    )
                    ours = DifferentialAnswer(value)
                } catch {
                    ours = DifferentialAnswer(error)
                }
                compared += 1
                if !theirs.isEmpty { matched += 1 }
                let agree = DifferentialAnswer.agree(ours, theirs, isOrdered: false)
                if !agree {
                    Issue.record("seed \(seed): \(text)\n  prometheus: \(theirs)\n  ours: \(ours)")
                }
            }
            print("\(compared) patterns compared, \(matched) with a match, seed \(seed)")
            #expect(matched * 4 > compared)
        }
    }
}
