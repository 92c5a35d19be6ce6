internal import Telemetry

/// How each series that a selector finds becomes a series on a grid by itself, whatever the others
/// are: its samples are read, put on the grid, and changed step by step.
///
/// It holds all that is needed, so that any thread can do it.
struct SeriesChain: Sendable {
    /// How samples are put on the grid.
    enum Reading: Sendable {
        /// The last sample within the lookback of each of some times.
        case latest(LookbackRange, times: [Int64], givesTime: Bool)
        /// The same for a grid of one step, whose time is the range's end.
        case last(LookbackRange, givesTime: Bool)
        /// A function of the samples of a window for each step.
        case windows(Function, WindowSteps, parameter: [Double])
        /// The same from summaries.
        case summaries(Function, WindowGrid, SummaryPlan)
    }

    let matchers: [LabelMatcher]
    /// The times of all samples; nil when there can be none.
    let range: ClosedRange<Instant>?
    let reading: Reading
    let stepCount: Int
    /// What is to say of the values on the grid before they are changed; nil for nothing.
    let notice: WindowNotice?
    /// Whether the name of the metric is dropped.
    private(set) var dropsName: Bool
    private var changes: [@Sendable (Int, Double) -> Double?] = []

    init(
        _ matchers: [LabelMatcher],
        after first: Int64,
        to last: Int64,
        _ reading: Reading,
        stepCount: Int,
        dropsName: Bool,
        notice: WindowNotice? = nil
    ) {
        self.matchers = matchers
        range =
            first < last
            ? Instant(milliseconds: first + 1)...Instant(milliseconds: last) : nil
        self.reading = reading
        self.stepCount = stepCount
        self.dropsName = dropsName
        self.notice = notice
    }

    /// This chain with a change of each value behind it, which may also drop it.
    func changed(
        dropsName: Bool,
        _ change: @escaping @Sendable (Int, Double) -> Double?
    ) -> SeriesChain {
        var chain = self
        chain.changes.append(change)
        chain.dropsName = chain.dropsName || dropsName
        return chain
    }

    /// Whether no two of the series that were found come to have the same labels.
    func keepsApart(_ references: [SeriesReference]) -> Bool {
        guard dropsName, !matchers.nameMetric else { return true }
        var seen = Set<Labels>(minimumCapacity: references.count)
        return references.allSatisfy { seen.insert($0.labels.withoutMetricName).inserted }
    }

    /// What becomes of one series, or nil when it has no value at any step.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    func series(
        of reference: SeriesReference,
        _ work: inout SeriesWork
    ) throws(QueryError) -> GridSeries? {
        guard let range, var column = try column(of: reference, range, &work) else { return nil }
        try work.note(column, reference.labels)
        for change in changes { column.update(change) }
        guard !column.isEmpty else { return nil }
        let labels = dropsName ? reference.labels.withoutMetricName : reference.labels
        return GridSeries(labels: labels, column: column)
    }

    private func column(
        of reference: SeriesReference,
        _ range: ClosedRange<Instant>,
        _ work: inout SeriesWork
    ) throws(QueryError) -> Column? {
        let series = reference.id
        switch reading {
        case .last(let lookbacks, let givesTime):
            let lookback = lookbacks.lookback(of: reference, work.source)
            let end = range.upperBound.milliseconds
            let window = Instant(milliseconds: end - lookback + 1)...range.upperBound
            guard let sample = try work.last(series, in: window) else { return nil }
            return Column([givesTime ? Double(sample.time.milliseconds) / 1000 : sample.value])
        case .latest(let lookbacks, let times, let givesTime):
            let lookback = lookbacks.lookback(of: reference, work.source)
            let pieces = SeriesPieces(times, length: lookback, atOnce: work.budget.samplesAtOnce)
            return try work.column(of: series, pieces, looksBack: true) {
                (steps, samples, budget) throws(QueryError) in
                try budget.spend(steps.count)
                return samples.latest(at: times[steps], lookback, givesTime: givesTime)
            }
        case .windows(let function, let windows, let parameter):
            let pieces = SeriesPieces(
                windows.ends,
                length: windows.length,
                atOnce: work.budget.samplesAtOnce
            )
            return try work.column(of: series, pieces) {
                (steps, samples, budget) throws(QueryError) in
                let track = Track(labels: .empty, living: samples)
                return try track.column(
                    of: function,
                    over: windows[steps],
                    parameter.isEmpty ? [] : Array(parameter[steps]),
                    budget
                )
            }
        case .summaries(let function, let windows, let plan):
            return try work.column(of: function, series, windows, plan)
        }
    }
}

extension SampleBuffer {
    /// The last value within the lookback of each of some rising times.
    fileprivate func latest(
        at steps: ArraySlice<Int64>,
        _ lookback: Int64,
        givesTime: Bool
    ) -> Column {
        let (times, values) = (times, values)
        var column = Column(count: steps.count)
        var next = 0
        for (step, time) in steps.enumerated() {
            while next < times.count, times[next] <= time { next += 1 }
            guard next > 0, times[next - 1] > time - lookback else { continue }
            let value = values[next - 1]
            if value.bitPattern == Sample.staleMarkerBits { continue }
            column[step] = givesTime ? Double(times[next - 1]) / 1000 : value
        }
        return column
    }
}

extension [LabelMatcher] {
    /// Whether all series that they find have one metric's name, so that they are still told apart
    /// without it.
    var nameMetric: Bool {
        contains { matcher in
            guard case .equal = matcher.test else { return false }
            return matcher.name == Labels.metricNameLabel
        }
    }
}
