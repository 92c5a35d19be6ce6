import Alerting
import Telemetry

/// Series in memory to which a scenario adds as time goes on.
struct ScenarioSource: SeriesSource {
    private var indices: [Labels: Int] = [:]
    private var lines: [(labels: Labels, samples: [Sample])] = []
    private var byName: [String: [Int]] = [:]

    /// Adds a sample; one of the same time is replaced, as the store does.
    mutating func add(_ labels: Labels, _ sample: Sample) {
        let index = index(of: labels)
        var low = lines[index].samples.count
        while low > 0, lines[index].samples[low - 1].time > sample.time { low -= 1 }
        if low > 0, lines[index].samples[low - 1].time == sample.time {
            lines[index].samples[low - 1] = sample
        } else {
            lines[index].samples.insert(sample, at: low)
        }
    }

    mutating func add(_ outcome: EvaluationOutcome) {
        for sample in outcome.samples { add(sample.labels, sample.sample) }
    }

    /// Takes samples of a metric out, and gives them back; they come later.
    mutating func take(
        _ metric: String,
        where isTaken: (Instant) -> Bool
    ) -> [(labels: Labels, sample: Sample)] {
        var taken: [(labels: Labels, sample: Sample)] = []
        for index in byName[metric] ?? [] {
            var kept: [Sample] = []
            for sample in lines[index].samples {
                if isTaken(sample.time) {
                    taken.append((lines[index].labels, sample))
                } else {
                    kept.append(sample)
                }
            }
            lines[index].samples = kept
        }
        return taken
    }

    /// Every sample of the series of a metric.
    func samples(of metric: String) -> [Labels: [Sample]] {
        var result: [Labels: [Sample]] = [:]
        for index in byName[metric] ?? [] { result[lines[index].labels] = lines[index].samples }
        return result
    }

    private mutating func index(of labels: Labels) -> Int {
        if let index = indices[labels] { return index }
        lines.append((labels, []))
        indices[labels] = lines.count - 1
        byName[labels.metricName ?? "", default: []].append(lines.count - 1)
        return lines.count - 1
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        var candidates = Array(lines.indices)
        for matcher in matchers where matcher.name == Labels.metricNameLabel {
            if case .equal(let name) = matcher.test { candidates = byName[name] ?? [] }
        }
        return candidates.compactMap { index in
            let line = lines[index]
            guard matchers.allSatisfy({ $0.accepts(line.labels) }) else { return nil }
            return SeriesReference(id: SeriesID(UInt32(index)), labels: line.labels)
        }
    }

    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        buffer.removeAll()
        let samples = lines[Int(series.rawValue)].samples
        var low = 0
        var high = samples.count
        while low < high {
            let middle = (low + high) / 2
            if samples[middle].time < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        while low < samples.count, samples[low].time <= range.upperBound {
            buffer.append(
                milliseconds: samples[low].time.milliseconds,
                value: samples[low].value
            )
            low += 1
        }
    }

    /// Every window is put together from pieces, so that rules are tested as a store answers them.
    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        SummaryPlan(windows: windows, fields: fields, tier: "1m", bucket: .minutes(1))
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        Set(lines.flatMap { $0.labels.sorted.map(\.name) }).sorted()
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    {
        Set(lines.compactMap { $0.labels[name] }).sorted()
    }
}
