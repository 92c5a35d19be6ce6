internal import Telemetry

/// A source beside which stand the parts of rules that were worked out before.
///
/// A series of a part has one sample, at the time that is asked for: the values of that evaluation
/// are chosen already. Its number has the place in the part in the lower 19 bits and the number of
/// the part in the ten above; these are numbers that no ``RuleSource`` gives.
struct FixedSource<Base: SeriesSource>: SeriesSource {
    let base: Base
    let parts: FixedParts

    private static var firstID: UInt32 { 7 << 29 }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        guard let part = FixedParts.number(of: matchers) else {
            return try base.select(matchers, in: range)
        }
        let first = Self.firstID + UInt32(part * FixedParts.maximumSeries)
        return parts.labels(of: part).enumerated().map { number, labels in
            SeriesReference(id: SeriesID(first + UInt32(number)), labels: labels)
        }
    }

    private func value(of series: SeriesID) -> Double? {
        let number = Int(series.rawValue - Self.firstID)
        let (part, place) = number.quotientAndRemainder(dividingBy: FixedParts.maximumSeries)
        return parts.value(of: part, place)
    }

    func last(_ series: SeriesID, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> Sample?
    {
        guard series.rawValue >= Self.firstID else { return try base.last(series, in: range) }
        return value(of: series).map { Sample(time: range.upperBound, value: $0) }
    }

    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        guard series.rawValue >= Self.firstID else {
            return try base.read(series, in: range, into: &buffer)
        }
        buffer.removeAll()
        guard let value = value(of: series) else { return }
        buffer.append(milliseconds: range.upperBound.milliseconds, value: value)
    }

    func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        if series.rawValue < Self.firstID {
            try base.readLasts(series, in: range, into: &buffer)
        } else {
            try read(series, in: range, into: &buffer)
        }
    }

    func reportingInterval(of series: SeriesReference) -> Milliseconds? {
        series.id.rawValue < Self.firstID ? base.reportingInterval(of: series) : nil
    }

    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        base.plan(windows, fields)
    }

    func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        try base.summarize(series, plan, into: &buffer)
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        try base.labelNames(in: range)
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    {
        try base.labelValues(of: name, in: range)
    }
}
