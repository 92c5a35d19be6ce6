internal import Telemetry

/// A source with the samples of rules laid over it: a sample of the memory wins over one of the
/// base at the same time.
///
/// Series of the memory are known by numbers from 3 × 2^30 on; stores count theirs from 0, what is
/// worked out from 2^30, and a source that is laid under another one from 2^31.
struct RuleSource<Base: SeriesSource>: SeriesSource {
    let base: Base
    let memory: RuleMemory
    let links: RuleLinks
    /// Number of the memory's first series.
    var firstID: UInt32 = 3 << 30

    func select(_ matchers: [LabelMatcher], in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [SeriesReference]
    {
        let found = try base.select(matchers, in: range)
        if let name = Self.exactName(matchers) {
            guard let known = memory.indices[name] else { return found }
            return found.filter { known[$0.labels] == nil } + selected(known, matchers, range)
        }
        return memory.indices.values.reduce(into: found) { result, known in
            result.removeAll { known[$0.labels] != nil }
            result += selected(known, matchers, range)
        }
    }

    func read(_ series: SeriesID, in range: ClosedRange<Instant>, into buffer: inout SampleBuffer)
        throws(SeriesSourceError)
    {
        guard series.rawValue >= firstID else {
            try base.read(series, in: range, into: &buffer)
            return
        }
        let index = Int(series.rawValue - firstID)
        buffer.removeAll()
        if let id = links.baseIDs[memory.series[index].labels] {
            if let hidden = links.hidden(memory.series[index].labels) {
                if range.lowerBound < hidden {
                    let end = min(range.upperBound, hidden - Milliseconds(1))
                    try base.read(id, in: range.lowerBound...end, into: &buffer)
                }
            } else {
                try base.read(id, in: range, into: &buffer)
            }
        }
        merge(memory.series[index], in: range, into: &buffer)
    }

    func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        if series.rawValue < firstID {
            try base.readLasts(series, in: range, into: &buffer)
        } else {
            try read(series, in: range, into: &buffer)
        }
    }

    /// What rules give comes with each evaluation and ends with a marker.
    func reportingInterval(of series: SeriesReference) -> Milliseconds? {
        series.id.rawValue < firstID ? base.reportingInterval(of: series) : nil
    }

    func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        base.plan(windows, fields)
    }

    /// What rules give is laid over the base sample by sample, so summaries of the base do not do.
    func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        if series.rawValue < firstID {
            try base.summarize(series, plan, into: &buffer)
        } else {
            try copySamples(of: series, plan, into: &buffer)
        }
    }

    func labelNames(in range: ClosedRange<Instant>) throws(SeriesSourceError) -> [String] {
        let own = memory.series.flatMap { $0.labels.sorted.map(\.name) }
        return Set(try base.labelNames(in: range) + own).sorted()
    }

    func labelValues(of name: String, in range: ClosedRange<Instant>)
        throws(SeriesSourceError) -> [String]
    {
        let own = memory.series.compactMap { $0.labels[name] }
        return Set(try base.labelValues(of: name, in: range) + own).sorted()
    }

    private func selected(
        _ known: [Labels: Int],
        _ matchers: [LabelMatcher],
        _ range: ClosedRange<Instant>
    ) -> [SeriesReference] {
        known.compactMap { labels, index in
            guard mayHaveSamples(index, in: range), matchers.allSatisfy({ $0.accepts(labels) })
            else { return nil }
            return SeriesReference(
                id: SeriesID(firstID + UInt32(index)),
                labels: labels
            )
        }
    }

    private func mayHaveSamples(_ index: Int, in range: ClosedRange<Instant>) -> Bool {
        if links.baseIDs[memory.series[index].labels] != nil { return true }
        let times = memory.series[index].times
        guard let first = times.first, let last = times.last else { return false }
        return first <= range.upperBound.milliseconds && last >= range.lowerBound.milliseconds
    }

    private func merge(
        _ line: RuleMemory.Series,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) {
        let low = range.lowerBound.milliseconds
        let high = range.upperBound.milliseconds
        var next = line.times.partitioningIndex { $0 >= low }
        let end = line.times.partitioningIndex { $0 > high }
        guard next < end else { return }
        if let last = buffer.times.last, last >= line.times[next] {
            let stored = buffer
            buffer.removeAll()
            for position in 0..<stored.count {
                let sample = stored[position]
                while next < end, line.times[next] <= sample.time.milliseconds {
                    buffer.append(milliseconds: line.times[next], value: line.values[next])
                    next += 1
                }
                if buffer.times.last != sample.time.milliseconds {
                    buffer.append(milliseconds: sample.time.milliseconds, value: sample.value)
                }
            }
        }
        while next < end {
            buffer.append(milliseconds: line.times[next], value: line.values[next])
            next += 1
        }
    }

    private static func exactName(_ matchers: [LabelMatcher]) -> String? {
        for matcher in matchers where matcher.name == Labels.metricNameLabel {
            if case .equal(let name) = matcher.test { return name }
        }
        return nil
    }
}

/// How the series that rules give are known in a base source.
struct RuleLinks: Sendable {
    /// Identities in the base.
    private(set) var baseIDs: [Labels: SeriesID] = [:]
    /// From which evaluation on samples of the base are not shown: a run over history writes them
    /// anew.
    var hidesBaseFrom: Instant?
    /// How far before its evaluation the samples of a series lie, where they do.
    private var offsets: [Labels: Milliseconds] = [:]

    /// How far back the base is searched for series of rules: the longest range of the default
    /// rules is 30 days, key figures look back a quarter.
    static let reach = Milliseconds.days(100)
    /// Number of the first series of a memory over whose source another one is laid.
    static let firstIDBelow: UInt32 = 1 << 31

    init(hidesBaseFrom: Instant? = nil) {
        self.hidesBaseFrom = hidesBaseFrom
    }

    /// Finds the base's series of these names.
    ///
    /// Where samples of the base are hidden each of its series gets a place in the memory, so that
    /// reading it goes through ``RuleSource/read(_:in:into:)``; those without an offset are shown.
    mutating func connect(
        _ names: Set<String>,
        of base: some SeriesSource,
        at time: Instant,
        to memory: inout RuleMemory,
        offset: (Labels) -> Milliseconds? = { _ in .zero }
    ) throws(SeriesSourceError) {
        baseIDs = [:]
        offsets = [:]
        for name in names {
            let matcher = LabelMatcher(Labels.metricNameLabel, .equal(name))
            for found in try base.select([matcher], in: (time - Self.reach)...time) {
                if hidesBaseFrom != nil {
                    guard let offset = offset(found.labels) else { continue }
                    if offset > .zero { offsets[found.labels] = offset }
                    _ = memory.index(of: found.labels)
                }
                baseIDs[found.labels] = found.id
            }
        }
    }

    /// From when on samples that the base has of a series are not shown; nil shows all.
    func hidden(_ labels: Labels) -> Instant? {
        hidesBaseFrom.map { $0 - (offsets[labels] ?? .zero) }
    }
}

extension Array {
    /// The first position whose element passes, when all that pass stand behind all that do not.
    func partitioningIndex(where passes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
