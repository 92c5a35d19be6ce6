internal import Telemetry

extension Evaluator {
    /// Evaluates a function of a range vector from summaries, where the source has a plan for it.
    ///
    /// Counts, extremes, first and last values are those that the samples give. What is added up is
    /// the same up to rounding, since it is added in another order. Only where a sum of samples
    /// grows too large for a double on its way, and would have come back, is it infinite there and
    /// a number here.
    /// - Returns: nil when samples have to be read.
    func overSummaries(
        _ function: Function,
        _ operand: Expression,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries]? {
        guard let fields = function.summaryFields,
            let (selector, windows) = windows(of: operand, grid),
            let plan = source.plan(windows, fields)
        else { return nil }
        var output: [GridSeries] = []
        var pieces = SummaryBuffer()
        var tier = QueryReport.Tier(name: plan.tier)
        defer { report.add(tier) }
        let times = windows.times
        let range =
            Instant(milliseconds: times.lowerBound)...Instant(milliseconds: times.upperBound)
        for reference in try select(selector.matchers, range) {
            do {
                try source.summarize(reference.id, plan, into: &pieces)
            } catch {
                throw QueryError(.storage, error.description)
            }
            tier.add(pieces)
            try budget.read(pieces.count)
            try budget.spend(grid.count)
            guard !pieces.isEmpty else { continue }
            var column = function.column(of: windows, over: pieces)
            if function.addsUp {
                try recompute(&column, function, reference.id, windows, pieces)
            }
            guard !column.isEmpty else { continue }
            output.append(GridSeries(labels: function.labels(reference.labels), column: column))
            try budget.checkPoints(output.count, grid.count)
        }
        return selector.namesMetric ? output : try merge(output)
    }

    /// The selector of a range vector and the windows that it is read over; nil for a subquery, and
    /// where the windows do not slide evenly.
    private func windows(of operand: Expression, _ grid: Grid) -> (Selector, WindowGrid)? {
        switch operand {
        case .parentheses(let inner): return windows(of: inner, grid)
        case .matrix(let selector, let range):
            let length = Grid.clamped(range.count)
            let first = moved(grid.start, by: selector.time)
            // Neither `@` nor a cut to the times that can be evaluated may stop them on the way.
            guard length > 0,
                moved(grid.end, by: selector.time) - first == grid.end - grid.start
            else { return nil }
            let windows = WindowGrid(
                firstEnd: first,
                step: grid.step,
                count: grid.count,
                length: length
            )
            return (selector, windows)
        default: return nil
        }
    }

    /// Works out again from samples what is not finite, where they are all still there: whether a
    /// sum grows too large for a double depends on the order.
    private func recompute(
        _ column: inout Column,
        _ function: Function,
        _ series: SeriesID,
        _ windows: WindowGrid,
        _ pieces: borrowing SummaryBuffer
    ) throws(QueryError) {
        let isDoubtful: (Double) -> Bool = { !$0.isFinite && !Column.isMissing($0) }
        guard column.stored.contains(where: isDoubtful) else { return }
        let buffer = try samples(of: series, windows.times)
        let track = Track(labels: .empty, living: buffer)
        var counts = SlidingWindow<CountPart>(over: pieces)
        var (low, high) = (0, 0)
        for step in 0..<windows.count {
            let end = windows.firstEnd + Int64(step) * windows.step
            let start = end - windows.length
            let known = counts.move(after: start, to: end)
            while high < track.times.count, track.times[high] <= end { high += 1 }
            while low < high, track.times[low] <= start { low += 1 }
            guard isDoubtful(column.stored[step]), known?.count == high - low else { continue }
            try budget.spend(high - low)
            let window = Window(
                times: track.times[low..<high],
                values: track.values[low..<high],
                start: start,
                end: end,
                evaluation: end
            )
            column[step] = window.value(of: function, 0)
        }
    }

    private func samples(
        of series: SeriesID,
        _ times: ClosedRange<Int64>
    ) throws(QueryError) -> SampleBuffer {
        var buffer = SampleBuffer()
        let first = Instant(milliseconds: times.lowerBound)
        do {
            try source.read(
                series,
                in: first...Instant(milliseconds: times.upperBound),
                into: &buffer
            )
        } catch {
            throw QueryError(.storage, error.description)
        }
        var tier = QueryReport.Tier(name: QueryReport.raw)
        tier.add(buffer)
        report.add(tier)
        try budget.read(buffer.count)
        return buffer
    }
}

extension QueryReport.Tier {
    /// Adds a series that was read as pieces.
    mutating func add(_ pieces: borrowing SummaryBuffer) {
        series += 1
        summaries += pieces.summaryCount
        samples += pieces.count - pieces.summaryCount
        inexact += pieces.inexactCount
    }

    /// Adds a series that was read as samples.
    mutating func add(_ buffer: borrowing SampleBuffer) {
        series += 1
        samples += buffer.count
    }
}

extension Selector {
    /// Whether all series that it finds have one metric's name, so that they are still told apart
    /// without it.
    var namesMetric: Bool {
        matchers.contains { matcher in
            guard case .equal = matcher.test else { return false }
            return matcher.name == Labels.metricNameLabel
        }
    }
}
