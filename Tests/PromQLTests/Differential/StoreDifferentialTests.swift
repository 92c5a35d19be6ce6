import PromQL
import RingStore
import Telemetry
import TestKit
import Testing

/// The engine over a store with rollups against itself over the same samples in memory.
///
/// What is put together from summaries must be what the samples give, for generated expressions;
/// every third is over windows that are long enough for summaries to pay.
/// `DifferentialTests` says that the engine over memory gives what Prometheus gives.
@Suite struct StoreDifferentialTests {
    /// Seeds of every run; one more is drawn.
    private static let seeds: [UInt64] = [3, 4]
    /// Expressions a seed makes, each asked at one time and over a range.
    private static let count = 300

    /// A closed store of all samples, half of them in pages and half in the head of its file.
    private static func store(_ samples: VillageSamples, _ folder: String) throws -> StoreSnapshot {
        let settings = StoreSettings(
            rawTierBytes: 16 << 20,
            rollupBytes: [.fiveMinutes: 4 << 20, .hour: 1 << 20, .day: 512 << 10],
            maximumSeries: 200
        )
        let all = Instant.distantPast ... .distantFuture
        var rows: [(labels: Labels, time: Int64, value: Double)] = []
        var buffer = SampleBuffer()
        for reference in samples.source.select([], in: all) {
            samples.source.read(reference.id, in: all, into: &buffer)
            for place in 0..<buffer.count {
                rows.append((reference.labels, buffer.times[place], buffer.values[place]))
            }
        }
        rows.sort { $0.time < $1.time }
        var store = try RingStore.create(folder: folder, settings: settings)
        for (index, row) in rows.enumerated() {
            let sample = Sample(time: Instant(milliseconds: row.time), value: row.value)
            _ = store.append(try store.series(for: row.labels), sample)
            if index == rows.count / 2 || index == rows.count - 1 {
                try store.checkpoint(journalPosition: UInt64(index + 1))
            }
        }
        return store.snapshot()
    }

    private struct Score {
        var filled = 0
        var report = QueryReport()
        var failures: [String] = []
    }

    @Test func `generated expressions give over a store what they give over samples`() throws {
        let samples = VillageSamples(seed: 4)
        let folder = try TemporaryFolder("langso-store-differential")
        let snapshot = try Self.store(samples, folder.path(of: "store"))
        var summaries: [String: Int] = [:]
        for seed in DifferentialRun.seeds(Self.seeds) {
            let count = DifferentialRun.count(Self.count)
            let score = Self.compare(samples.source, snapshot, seed: seed, count: count)
            for tier in score.report.tiers { summaries[tier.name, default: 0] += tier.summaries }
            print(
                "\(2 * count) compared, \(score.filled) non-empty, "
                    + "\(score.report.tiers.map { "\($0.name): \($0.summaries)" }), seed \(seed)"
            )
            for failure in score.failures { Issue.record("seed \(seed): \(failure)") }
            #expect(score.filled * 10 > 2 * count * 6, "too few give anything")
            #expect(score.report.inexactCount == 0, "all samples are still there")
        }
        guard !DifferentialRun.isRepeated else { return }
        #expect(summaries["5m", default: 0] > 1000, "\(summaries)")
        #expect(summaries["1h", default: 0] > 100, "\(summaries)")
    }

    private static func compare(
        _ memory: MemorySeriesSource,
        _ snapshot: StoreSnapshot,
        seed: UInt64,
        count: Int
    ) -> Score {
        var generator = ExpressionGenerator(seed: seed)
        var score = Score()
        for index in 0..<count {
            let text = index % 3 == 0 ? overLongWindows(&generator) : generator.next()
            // Every other one at whole hours, where windows and buckets have the same ends.
            let isWhole = index % 2 == 0
            let back = Int64.random(in: 0..<41_000, using: &generator.random)
            let time = VillageSamples.end - (isWhole ? back / 3600 * 3_600_000 : back * 1000)
            let step = generator.one(of: isWhole ? [300, 3600, 7200] : [60, 97, 900] as [Int64])
            let steps = Int64.random(in: 5...30, using: &generator.random)
            for start in [time, time - steps * step * 1000] {
                var reports = (memory: QueryReport(), store: QueryReport())
                let expected = answer(text, start...time, step, memory, &reports.memory)
                let found = answer(text, start...time, step, snapshot, &reports.store)
                score.report.add(reports.store)
                if !expected.isEmpty { score.filled += 1 }
                let isOrdered = text.hasPrefix("sort")
                let isSame = DifferentialAnswer.agree(found, expected, isOrdered: isOrdered)
                if !isSame || reports.memory.annotations != reports.store.annotations {
                    score.failures.append(
                        "\(text)\n  from \(start) to \(time) by \(step) s\n  samples: \(expected)"
                            + "\n  store: \(found)\n  samples say: \(said(reports.memory, text))"
                            + "\n  store says: \(said(reports.store, text))"
                    )
                }
            }
        }
        return score
    }

    /// An expression over windows of hours, of what summaries tell.
    private static func overLongWindows(_ generator: inout ExpressionGenerator) -> String {
        let function = generator.one(of: [
            "count_over_time", "present_over_time", "sum_over_time", "avg_over_time",
            "min_over_time", "max_over_time", "first_over_time", "last_over_time", "delta", "rate",
            "increase", "absent_over_time",
        ])
        let metric = generator.one(of: [
            "lamp_power_watts", "water_volume_cubic_metres_total", "bin_fill_ratio",
            "lighting_expected", "probe_reading", "{device=~\"lamp-.*|meter-.*\"}",
        ])
        let length = generator.one(of: ["1h", "90m", "3h", "12h", "1d", "2d", "5000s"])
        let offset = generator.one(of: ["", "", " offset 1h", " offset 7m"])
        let windows = "\(function)(\(metric)[\(length)]\(offset))"
        return generator.one(of: [
            windows, "sum by (village) (\(windows))", "max(\(windows))", "count(\(windows) > 0)",
            "-\(windows)", "\(windows) / on (device) group_left () lamp_power_watts",
        ])
    }

    private static func said(_ report: QueryReport, _ text: String) -> [String] {
        QueryAnnotation.Severity.allCases.flatMap { report.annotations.texts($0, in: text) }
    }

    private static func answer(
        _ text: String,
        _ times: ClosedRange<Int64>,
        _ step: Int64,
        _ source: some SeriesSource,
        _ report: inout QueryReport
    ) -> DifferentialAnswer {
        let from = Instant(milliseconds: times.lowerBound)
        let to = Instant(milliseconds: times.upperBound)
        do throws(QueryError) {
            let parsed = try PromQLParser.parse(text)
            if from == to {
                return DifferentialAnswer(
                    try QueryEngine().instant(parsed, at: to, source: source, report: &report)
                )
            }
            return DifferentialAnswer(
                try QueryEngine().range(
                    parsed,
                    from: from,
                    to: to,
                    step: .seconds(step),
                    source: source,
                    report: &report
                )
            )
        } catch {
            return DifferentialAnswer(error)
        }
    }
}
