import Telemetry

/// Series in memory to which results are added, as a store would show them.
struct SampleLines: SeriesSource {
    private struct Line {
        let labels: Labels
        var times: [Int64] = []
        var values: [Double] = []

        /// The first place whose sample is not before a time.
        func place(of time: Int64) -> Int {
            var low = 0
            var high = times.count
            while low < high {
                let middle = (low + high) / 2
                if times[middle] < time { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private var lines: [Line] = []
    private var places: [Labels: Int] = [:]
    private var named: [String: [Int]] = [:]
    /// How many samples there are.
    private(set) var count = 0

    /// Adds a sample; one of the same time is replaced.
    mutating func add(_ labels: Labels, _ sample: Sample) {
        let line = line(of: labels)
        let time = sample.time.milliseconds
        let place = lines[line].place(of: time)
        if place < lines[line].times.count, lines[line].times[place] == time {
            lines[line].values[place] = sample.value
            return
        }
        lines[line].times.insert(time, at: place)
        lines[line].values.insert(sample.value, at: place)
        count += 1
    }

    private mutating func line(of labels: Labels) -> Int {
        if let line = places[labels] { return line }
        places[labels] = lines.count
        named[labels.metricName ?? "", default: []].append(lines.count)
        lines.append(Line(labels: labels))
        return lines.count - 1
    }

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        var candidates: [Int]?
        for matcher in matchers where matcher.name == Labels.metricNameLabel {
            if case .equal(let name) = matcher.test { candidates = named[name] ?? [] }
        }
        return (candidates ?? Array(lines.indices)).compactMap { line in
            let labels = lines[line].labels
            guard let first = lines[line].times.first, let last = lines[line].times.last,
                first <= range.upperBound.milliseconds, last >= range.lowerBound.milliseconds,
                matchers.allSatisfy({ $0.accepts(labels) })
            else { return nil }
            return SeriesReference(id: SeriesID(UInt32(line)), labels: labels)
        }
    }

    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        buffer.removeAll()
        let line = lines[Int(series.rawValue)]
        var place = line.place(of: range.lowerBound.milliseconds)
        while place < line.times.count, line.times[place] <= range.upperBound.milliseconds {
            buffer.append(milliseconds: line.times[place], value: line.values[place])
            place += 1
        }
    }

    func labelNames(in range: ClosedRange<Instant>) -> [String] { [] }

    func labelValues(of name: String, in range: ClosedRange<Instant>) -> [String] { [] }
}
