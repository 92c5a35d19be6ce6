internal import Telemetry

extension SeriesWork {
    /// The values of a function over windows of a series, from summaries.
    ///
    /// Counts, extremes, first and last values are those that the samples give. What is added up is
    /// the same up to rounding, since it is added in another order. Only where a sum of samples
    /// grows too large for a double on its way, and would have come back, is it infinite there and
    /// a number here.
    ///
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout.
    /// - Returns: nil when there is nothing of the series.
    mutating func column(
        of function: Function,
        _ series: SeriesID,
        _ windows: WindowGrid,
        _ plan: SummaryPlan
    ) throws(QueryError) -> Column? {
        try summarize(series, plan)
        try budget.spend(windows.count)
        guard !pieces.isEmpty else { return nil }
        var column = function.column(of: windows, over: pieces)
        if function.addsUp { try recompute(&column, function, series, windows) }
        return column
    }

    /// Works out again from samples what is not finite, where they are all still there: whether a
    /// sum grows too large for a double depends on the order.
    private mutating func recompute(
        _ column: inout Column,
        _ function: Function,
        _ series: SeriesID,
        _ windows: WindowGrid
    ) throws(QueryError) {
        let isDoubtful: (Double) -> Bool = { !$0.isFinite && !Column.isMissing($0) }
        guard column.stored.contains(where: isDoubtful) else { return }
        let (first, last) = (windows.times.lowerBound, windows.times.upperBound)
        try read(series, in: Instant(milliseconds: first)...Instant(milliseconds: last))
        let track = Track(labels: .empty, living: samples)
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
