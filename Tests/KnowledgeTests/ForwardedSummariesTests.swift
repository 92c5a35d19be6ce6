import Knowledge
import PromQL
import Telemetry
import Testing

/// Sources laid over a store must not keep it from answering by summaries.
@Suite struct ForwardedSummariesTests {
    private static let now = Instant(milliseconds: 1_773_075_600_000)

    /// A store of one series with a sample each hour, whose summaries and last samples of buckets
    /// give themselves away.
    private struct TellingSource: SeriesSource {
        let base: MemorySeriesSource

        func select(
            _ matchers: [LabelMatcher],
            in range: ClosedRange<Instant>
        ) -> [SeriesReference] { base.select(matchers, in: range) }

        func read(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) { base.read(series, in: range, into: &buffer) }

        func readLasts(
            _ series: SeriesID,
            in range: ClosedRange<Instant>,
            into buffer: inout SampleBuffer
        ) {
            buffer.removeAll()
            buffer.append(milliseconds: range.upperBound.milliseconds, value: 77)
        }

        func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
            SummaryPlan(windows: windows, fields: fields, tier: "1h", bucket: .hours(1))
        }

        func summarize(
            _ series: SeriesID,
            _ plan: SummaryPlan,
            into buffer: inout SummaryBuffer
        ) {
            buffer.removeAll(plan.fields)
            buffer.append(time: plan.windows.lastEnd, value: 88)
        }

        func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }

        func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
    }

    private static let stored: TellingSource = {
        var base = MemorySeriesSource()
        for hour in 0..<200 {
            base.append(
                ["__name__": "stored"],
                Sample(time: now - .hours(Int64(hour)), value: 1)
            )
        }
        return TellingSource(base: base)
    }()

    private func last(
        _ text: String,
        from: Instant = now,
        _ source: some SeriesSource
    ) throws -> Double? {
        try QueryEngine().range(
            PromQLParser.parse(text),
            from: from,
            to: Self.now,
            step: .hours(1),
            source: source
        ).first?.samples.last?.value
    }

    @Test func `beside computed series stored ones are answered from summaries`() throws {
        let known = KnownSeries([.constant(["__name__": "limit"], 5)])
        let source = KnownSource(Self.stored, known, now: Self.now)
        #expect(try last("sum_over_time(stored[1d])", source) == 88)
        #expect(try last("sum_over_time(limit[1h])", source) == 300)
        let from = Self.now - .hours(3)
        #expect(try last("stored", from: from, source) == 77)
        #expect(try last("limit", from: from, source) == 5)
    }

    @Test func `what can be kept is read as samples and what is longer from summaries`() throws {
        let source = KeptSource(Self.stored)
        #expect(try last("sum_over_time(stored[3d])", source) == 72)
        #expect(try last("sum_over_time(stored[73h])", source) == 88)
        #expect(try last("stored", from: Self.now - .days(2), source) == 1)
        #expect(try last("stored", from: Self.now - .days(4), source) == 77)
    }
}
