import PromQL
import Telemetry

/// Series in memory with summaries of all buckets of one width, as a store keeps them.
struct BucketedSource: SeriesSource {
    /// All samples that ever were.
    let base: MemorySeriesSource
    /// Width of the buckets in milliseconds; they end at its multiples.
    let width: Int64
    /// Samples up to this time have given way to summaries; `Int64.min` for none.
    var goneUpTo = Int64.min
    /// Only buckets that end up to this time have a summary yet.
    var summarizedUpTo = Int64.max

    /// A bucket may have samples before the range alone, which it does not tell.
    func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) -> [SeriesReference] {
        base.select(matchers, in: (range.lowerBound - Milliseconds(width))...range.upperBound)
    }

    func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        buffer.removeAll()
        let first = max(range.lowerBound.milliseconds, goneUpTo == .min ? .min : goneUpTo + 1)
        guard first <= range.upperBound.milliseconds else { return }
        base.read(series, in: Instant(milliseconds: first)...range.upperBound, into: &buffer)
    }

    func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        var samples = SampleBuffer()
        base.read(series, in: range, into: &samples)
        buffer.removeAll()
        for index in 0..<samples.count {
            let time = samples.times[index]
            let isLast =
                index + 1 == samples.count || bucketEnd(samples.times[index + 1]) > bucketEnd(time)
            guard time > goneUpTo || isLast else { continue }
            buffer.append(milliseconds: time, value: samples.values[index])
        }
    }

    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        SummaryPlan(windows: windows, fields: fields, tier: "bucket", bucket: Milliseconds(width))
    }

    func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) {
        buffer.removeAll(plan.fields)
        let times = plan.windows.times
        let lower = Instant(milliseconds: bucketEnd(times.lowerBound) - width + 1)
        let upper = Instant(milliseconds: bucketEnd(times.upperBound))
        var samples = SampleBuffer()
        base.read(series, in: lower...upper, into: &samples)
        var low = 0
        while low < samples.count {
            let end = bucketEnd(samples.times[low])
            var high = low
            while high < samples.count, samples.times[high] <= end { high += 1 }
            append(samples, low..<high, end, plan.windows, &buffer)
            low = high
        }
    }

    /// Adds the samples of one bucket as its summary, or as they are where an edge cuts it.
    private func append(
        _ samples: SampleBuffer,
        _ places: Range<Int>,
        _ end: Int64,
        _ windows: WindowGrid,
        _ buffer: inout SummaryBuffer
    ) {
        let isWhole = windows.keepsWhole(after: end - width, to: end)
        let isGone = end <= goneUpTo
        guard isGone || isWhole && end <= summarizedUpTo else {
            for place in places where windows.times.contains(samples.times[place]) {
                buffer.append(time: samples.times[place], value: samples.values[place])
            }
            return
        }
        var summary: SampleSummary?
        for place in places {
            let (time, value) = (samples.times[place], samples.values[place])
            if value.bitPattern == Sample.staleMarkerBits { continue }
            if summary == nil {
                summary = SampleSummary(time: time, value: value)
            } else {
                summary?.add(time: time, value: value)
            }
        }
        if let summary { buffer.append(summary, end: end, isExact: isWhole) }
    }

    private func bucketEnd(_ time: Int64) -> Int64 {
        Int64((Double(time) / Double(width)).rounded(.up)) * width
    }

    func labelNames(in range: ClosedRange<Instant>) -> [String] { base.labelNames(in: range) }

    func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] {
        base.labelValues(of: name, in: range)
    }
}
