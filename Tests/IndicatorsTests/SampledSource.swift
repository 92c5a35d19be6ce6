import Telemetry

/// Series in memory for tests of indicators.
struct SampledSource: SeriesSource {
    private var series: [(labels: Labels, samples: [Sample])] = []

    /// Adds a series; samples in rising time.
    mutating func add(_ metric: String, _ labels: [String: String], _ samples: [Sample]) {
        series.append((Labels(metric: metric, labels), samples))
    }

    /// Adds a series with a value for each step of a span, both ends included; nil leaves a gap.
    mutating func add(
        _ metric: String,
        _ labels: [String: String],
        from: Instant,
        to: Instant,
        every step: Milliseconds,
        value: (Instant) -> Double?
    ) {
        var samples: [Sample] = []
        var time = from
        while time <= to {
            if let number = value(time) { samples.append(Sample(time: time, value: number)) }
            time = time + step
        }
        add(metric, labels, samples)
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        series.enumerated().compactMap { index, entry in
            matchers.allSatisfy { $0.accepts(entry.labels) }
                ? SeriesReference(id: SeriesID(UInt32(index)), labels: entry.labels) : nil
        }
    }

    func read(_ id: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        buffer.removeAll()
        let samples = series[Int(id.rawValue)].samples
        // Binary search, as queries with a grid read the same series thousands of times.
        var low = 0
        var high = samples.count
        while low < high {
            let middle = (low + high) / 2
            if samples[middle].time < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        while low < samples.count, samples[low].time <= range.upperBound {
            buffer.append(milliseconds: samples[low].time.milliseconds, value: samples[low].value)
            low += 1
        }
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        Set(series.flatMap { $0.labels.sorted.map(\.name) }).sorted()
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    {
        Set(series.compactMap { $0.labels[name] }).sorted()
    }
}

/// A source whose medium refuses.
struct BrokenSource: SeriesSource {
    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    { throw .damaged("segment 7") }

    func read(_ id: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    { throw .damaged("segment 7") }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        throw .damaged("segment 7")
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    { throw .damaged("segment 7") }
}
