import PromQL
import Telemetry

/// Series in memory with summaries of ten minutes that alone answer windows of an hour.
struct TenMinuteSource: SeriesSource {
    let base: MemorySeriesSource
    /// How often every device is said to report; nil when nothing is known.
    var interval: Milliseconds?
    /// Why nothing can be read; nil when it can.
    var failure: SeriesSourceError?

    private static let width: Int64 = 600_000

    func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [SeriesReference] {
        try check()
        return base.select(matchers, in: range)
    }

    func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) { base.read(series, in: range, into: &buffer) }

    private func check() throws(SeriesSourceError) {
        if let failure { throw failure }
    }

    func reportingInterval(of series: SeriesReference) -> Milliseconds? { interval }

    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        guard windows.length == 6 * Self.width else { return nil }
        return SummaryPlan(windows: windows, fields: fields, tier: "10m", bucket: .minutes(10))
    }

    func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) {
        buffer.removeAll(plan.fields)
        let upper = Instant(milliseconds: plan.windows.times.upperBound)
        var samples = SampleBuffer()
        base.read(series, in: .distantPast...upper, into: &samples)
        var summary: SampleSummary?
        for index in 0..<samples.count {
            let (time, value) = (samples.times[index], samples.values[index])
            if summary?.add(time: time, value: value) == nil {
                summary = SampleSummary(time: time, value: value)
            }
            guard time % Self.width == 0, let whole = summary else { continue }
            let isExact = plan.windows.keepsWhole(after: time - Self.width, to: time)
            buffer.append(whole, end: time, isExact: isExact)
            summary = nil
        }
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        try check()
        return base.labelNames(in: range)
    }

    func labelValues(
        of name: String,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [String] {
        try check()
        return base.labelValues(of: name, in: range)
    }
}
