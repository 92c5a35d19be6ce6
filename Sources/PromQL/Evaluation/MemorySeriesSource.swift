public import Telemetry

/// Series that are held in arrays: for tests, and for results that are queried again.
public struct MemorySeriesSource: SeriesSource {
    private var labels: [Labels] = []
    private var samples: [[Sample]] = []
    private var places: [Labels: Int] = [:]

    /// Creates an empty source.
    public init() {}

    /// Adds a sample in any order of time; the later write of one time stands.
    public mutating func append(_ labels: Labels, _ sample: Sample) {
        let place = place(of: labels)
        var low = samples[place].count
        if let last = samples[place].last, last.time >= sample.time {
            low = firstIndex(in: place, from: sample.time)
        }
        if low < samples[place].count, samples[place][low].time == sample.time {
            samples[place][low] = sample
        } else {
            samples[place].insert(sample, at: low)
        }
    }

    /// The position of the first sample of a series that is not before a time.
    private func firstIndex(in place: Int, from time: Instant) -> Int {
        var low = 0
        var high = samples[place].count
        while low < high {
            let middle = (low + high) / 2
            if samples[place][middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func place(of labels: Labels) -> Int {
        if let place = places[labels] { return place }
        places[labels] = samples.count
        self.labels.append(labels)
        samples.append([])
        return samples.count - 1
    }

    private func overlaps(_ place: Int, _ range: ClosedRange<Instant>) -> Bool {
        guard let first = samples[place].first, let last = samples[place].last else { return false }
        return first.time <= range.upperBound && last.time >= range.lowerBound
    }

    /// Finds series by testing every one.
    public func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) -> [SeriesReference] {
        labels.indices.compactMap { place in
            guard overlaps(place, range), matchers.allSatisfy({ $0.accepts(labels[place]) }) else {
                return nil
            }
            return SeriesReference(id: SeriesID(UInt32(place)), labels: labels[place])
        }
    }

    /// Copies a series' samples in a range; costs what these cost, and a binary search.
    public func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        buffer.removeAll()
        let place = Int(series.rawValue)
        var index = firstIndex(in: place, from: range.lowerBound)
        while index < samples[place].count, samples[place][index].time <= range.upperBound {
            let sample = samples[place][index]
            buffer.append(milliseconds: sample.time.milliseconds, value: sample.value)
            index += 1
        }
    }

    /// The last sample of a series in a range, by a binary search.
    public func last(_ series: SeriesID, in range: ClosedRange<Instant>) -> Sample? {
        let place = Int(series.rawValue)
        var index = firstIndex(in: place, from: range.upperBound)
        if index == samples[place].count || samples[place][index].time > range.upperBound {
            index -= 1
        }
        guard index >= 0, samples[place][index].time >= range.lowerBound else { return nil }
        return samples[place][index]
    }

    /// Names of labels in use.
    public func labelNames(in range: ClosedRange<Instant>) -> [String] {
        let used = labels.indices.filter { overlaps($0, range) }
        return Set(used.flatMap { labels[$0].sorted.map(\.name) }).sorted()
    }

    /// Values of a label in use.
    public func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] {
        let used = labels.indices.filter { overlaps($0, range) }
        return Set(used.compactMap { labels[$0][name] }).sorted()
    }
}
