import PromQL
import Telemetry
import TestKit
import Testing

/// Our engine against Debian's Prometheus over the same samples, with generated expressions.
///
/// The differences between Prometheus 2.42 and 3 that no choice of times can avoid are not
/// generated: functions that 2.42 does not have, numbers as durations, quoted names, the name that
/// 2.42 leaves on the result of `atan2`. Nor are faults that 3 no longer has: `count_values` by
/// three labels and `predict_linear` at a fixed time go wrong after the first step of a range, a
/// text in parentheses has no answer, and dates of what is no time are what the processor makes.
@Suite(
    .enabled(if: PrometheusProcess.programs != nil, "prometheus or promtool is not installed")
)
struct DifferentialTests {
    /// Seeds of every run; one more is drawn.
    private static let seeds: [UInt64] = [1, 2, 2026]
    /// Expressions a seed makes, each asked at one time and over a range.
    private static let count = 300

    private struct Score {
        var compared = 0
        var filled = 0
        var agreed = 0
        var refused = 0
        var failures: [String] = []
        /// Texts that have given something.
        var texts: [String] = []
    }

    /// One Prometheus with the samples it holds.
    private struct Oracle {
        let prometheus: PrometheusProcess
        let samples: VillageSamples
    }

    @Test func `generated expressions give what Prometheus gives`() throws {
        let count = DifferentialRun.count(Self.count)
        let samples = VillageSamples(seed: 4)
        let oracle = Oracle(
            prometheus: try PrometheusProcess(openMetrics: samples.openMetrics),
            samples: samples
        )
        var total = 0
        var texts: [String] = []
        for seed in DifferentialRun.seeds(Self.seeds) {
            let score = Self.compare(oracle, seed: seed, count: count)
            print(
                "\(score.compared) compared, \(score.filled) non-empty, \(score.refused) refused "
                    + "by both, \(score.agreed) agree, seed \(seed)"
            )
            for failure in score.failures { Issue.record("seed \(seed): \(failure)") }
            #expect(score.filled * 10 > score.compared * 6, "too few give anything")
            total += score.compared
            texts += score.texts
        }
        #expect(total >= 200)
        if !DifferentialRun.isRepeated { expectEverything(in: texts) }
    }

    /// Expects that each function, aggregator and operator was in an expression with an answer.
    private func expectEverything(in texts: [String]) {
        let names =
            Function.allCases.filter { !Self.unknownToDebian.contains($0) }.map(\.rawValue)
            + Aggregation.Operator.allCases.map(\.rawValue)
        for name in names {
            let isUsed = texts.contains { $0.contains("\(name)(") || $0.contains("\(name) ") }
            #expect(isUsed, "\(name) is in no expression that gives anything")
        }
        let words =
            Binary.Operator.allCases.map(\.rawValue) + [
                "bool", "on", "ignoring", "group_left", "group_right", "by", "without", "offset",
                "@", "start()", "end()",
            ]
        for word in words {
            #expect(texts.contains { $0.contains(" \(word) ") }, "\(word) is in none")
        }
    }

    /// Functions that 2.42 does not have, or has for native histograms only.
    private static let unknownToDebian: [Function] = [
        .firstOverTime, .histogramAverage, .histogramFraction,
    ]

    private static func compare(_ oracle: Oracle, seed: UInt64, count: Int) -> Score {
        var generator = ExpressionGenerator(seed: seed)
        var score = Score()
        for _ in 0..<count {
            let text = generator.next()
            // A time between whole seconds.
            let back = Int64.random(in: 0..<41_000, using: &generator.random)
            let time = VillageSamples.end - back * 1000 + 123
            let step = generator.one(of: [60, 97, 420, 900] as [Int64])
            let steps = Int64.random(in: 5...30, using: &generator.random)
            let pairs = [
                instant(oracle, text, time),
                range(oracle, text, from: time - steps * step * 1000, to: time, step),
            ]
            for (kind, pair) in zip(["instant at \(time)", "range of \(steps) x \(step) s"], pairs)
            {
                score.compared += 1
                if !pair.theirs.isEmpty {
                    score.filled += 1
                    // With a blank at the end the last word is one too.
                    score.texts.append(text + " ")
                }
                if pair.theirs.isError, pair.ours.isError { score.refused += 1 }
                let isOrdered = text.hasPrefix("sort")
                if DifferentialAnswer.agree(pair.ours, pair.theirs, isOrdered: isOrdered) {
                    score.agreed += 1
                } else {
                    score.failures.append(
                        "\(text)\n  \(kind) ending \(time)\n  prometheus: "
                            + "\(pair.theirs)\n  ours: \(pair.ours)"
                    )
                }
            }
        }
        return score
    }

    private typealias Pair = (ours: DifferentialAnswer, theirs: DifferentialAnswer)

    private static func instant(_ oracle: Oracle, _ text: String, _ time: Int64) -> Pair {
        let theirs = DifferentialAnswer(
            oracle.prometheus.ask("query", [("query", text), ("time", seconds(time))])
        )
        do throws(QueryError) {
            let value = try QueryEngine().instant(
                try PromQLParser.parse(text),
                at: Instant(milliseconds: time),
                source: oracle.samples.source
            )
            return (DifferentialAnswer(value), theirs)
        } catch {
            return (DifferentialAnswer(error), theirs)
        }
    }

    private static func range(
        _ oracle: Oracle,
        _ text: String,
        from start: Int64,
        to end: Int64,
        _ step: Int64
    ) -> Pair {
        let theirs = DifferentialAnswer(
            oracle.prometheus.ask(
                "query_range",
                [
                    ("query", text), ("start", seconds(start)), ("end", seconds(end)),
                    ("step", "\(step)"),
                ]
            )
        )
        do throws(QueryError) {
            let series = try QueryEngine().range(
                try PromQLParser.parse(text),
                from: Instant(milliseconds: start),
                to: Instant(milliseconds: end),
                step: .seconds(step),
                source: oracle.samples.source
            )
            return (DifferentialAnswer(series), theirs)
        } catch {
            return (DifferentialAnswer(error), theirs)
        }
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        "\(milliseconds / 1000).\(String(milliseconds % 1000 + 1000).dropFirst())"
    }
}
