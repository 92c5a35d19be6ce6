import Knowledge
import PromQL
import Synchronization
import Telemetry
import TestKit
import Testing

@Suite struct KeptSourceTests {
    private static let start = Instant(milliseconds: 1_773_075_600_000)

    /// Counts how often samples are asked for.
    private struct CountingSource: SeriesSource {
        let base: MemorySeriesSource
        let counter: Counter

        final class Counter: Sendable {
            let reads = Mutex(0)
        }

        func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
            throws(SeriesSourceError) -> [SeriesReference]
        { base.select(matchers, in: range) }

        func read(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) throws(SeriesSourceError) {
            counter.reads.withLock { $0 += 1 }
            base.read(series, in: range, into: &buffer)
        }

        func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
            base.labelNames(in: range)
        }

        func labelValues(of name: String, in range: ClosedRange<Instant>)
            throws(SeriesSourceError) -> [String]
        { base.labelValues(of: name, in: range) }
    }

    private static func base(
        _ random: inout SeededGenerator
    ) -> (MemorySeriesSource, [SeriesID]) {
        var base = MemorySeriesSource()
        for series in 0..<3 {
            var time = start
            for _ in 0..<2_000 {
                time = time + .seconds(Int64.random(in: 1...900, using: &random))
                let value = Double.random(in: 0...1, using: &random)
                base.append(["__name__": "x", "n": "\(series)"], Sample(time: time, value: value))
            }
        }
        let matcher = LabelMatcher(Labels.metricNameLabel, .equal("x"))
        let found = base.select([matcher], in: .distantPast ... .distantFuture)
        return (base, found.map(\.id))
    }

    @Test(arguments: [Milliseconds.zero, .hours(6)])
    func `any order of reads gives what the base gives`(ahead: Milliseconds) throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let (base, ids) = Self.base(&random)
        let kept = KeptSource(base, ahead: ahead)
        var (found, wanted) = (SampleBuffer(), SampleBuffer())
        for _ in 0..<2_000 {
            let from = Self.start + .minutes(Int64.random(in: -100...16_000, using: &random))
            let length = Milliseconds.minutes(Int64.random(in: 0...7_000, using: &random))
            let range = from...(from + length)
            let id = ids[Int.random(in: 0..<ids.count, using: &random)]
            try kept.read(id, in: range, into: &found)
            base.read(id, in: range, into: &wanted)
            #expect(found.times == wanted.times && found.values == wanted.values, "\(range)")
            let matchers = [
                LabelMatcher(Labels.metricNameLabel, .equal("x")), LabelMatcher("n", .equal("1")),
            ]
            let asked = base.select(matchers, in: range).map(\.id)
            #expect(Set(try kept.select(matchers, in: range).map(\.id)).isSuperset(of: asked))
        }
    }

    /// Has summaries for all that is asked.
    private struct SummarizingSource: SeriesSource {
        let base = MemorySeriesSource()

        func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
            throws(SeriesSourceError) -> [SeriesReference]
        { base.select(matchers, in: range) }

        func read(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) throws(SeriesSourceError) { base.read(series, in: range, into: &buffer) }

        func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
            SummaryPlan(windows: windows, fields: fields, tier: "1h", bucket: .hours(1))
        }

        func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
            base.labelNames(in: range)
        }

        func labelValues(of name: String, in range: ClosedRange<Instant>)
            throws(SeriesSourceError) -> [String]
        { base.labelValues(of: name, in: range) }
    }

    @Test(arguments: [1, 240]) func `one window and many are answered from the same samples`(
        count: Int
    ) {
        let kept = KeptSource(SummarizingSource(), ahead: .hours(6))
        func isPlanned(_ length: Milliseconds) -> Bool {
            let windows = WindowGrid(
                firstEnd: Self.start.milliseconds,
                step: 60_000,
                count: count,
                length: length.count
            )
            return kept.plan(windows, .count) != nil
        }
        #expect(!isPlanned(.hours(71)))
        #expect(!isPlanned(.days(3)))
        #expect(isPlanned(.hours(73)))
    }

    @Test func `a run over history reads each series a few times only`() throws {
        var random = SeededGenerator(seed: 1)
        let (base, ids) = Self.base(&random)
        let counter = CountingSource.Counter()
        let counting = CountingSource(base: base, counter: counter)
        let kept = KeptSource(counting, ahead: .hours(12))
        var buffer = SampleBuffer()
        for minute in 0..<2_880 {
            let now = Self.start + .minutes(Int64(minute))
            for id in ids {
                try kept.read(id, in: (now - .minutes(20))...now, into: &buffer)
                try kept.read(id, in: (now - .days(2))...now, into: &buffer)
                try kept.read(id, in: (now - .hours(30))...(now - .hours(24)), into: &buffer)
            }
        }
        // Two days are four stretches of 12 hours; the first is widened once.
        #expect(counter.reads.withLock { $0 } <= ids.count * 6)
    }
}
