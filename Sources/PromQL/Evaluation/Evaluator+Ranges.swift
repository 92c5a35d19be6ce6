internal import Telemetry

/// The samples of one series from which all windows of a query are cut; no staleness markers.
struct Track {
    var labels: Labels
    /// Times in milliseconds, rising.
    var times: [Int64] = []
    /// Values, as many as times.
    var values: [Double] = []
}

extension Evaluator {
    /// How long the windows of a range vector are and how they are moved.
    func windowing(_ expression: Expression) throws(QueryError) -> (Int64, TimeModifier) {
        switch expression {
        case .parentheses(let inner): return try windowing(inner)
        case .matrix(let selector, let range): return (Grid.clamped(range.count), selector.time)
        case .subquery(_, let range, _, let time): return (Grid.clamped(range.count), time)
        default: throw QueryError(.execution, "\(expression) is no range vector")
        }
    }

    /// The windows of a range vector.
    func windowSteps(of expression: Expression, _ grid: Grid) throws(QueryError) -> WindowSteps {
        let (length, modifier) = try windowing(expression)
        return WindowSteps(
            ends: (0..<grid.count).map { moved(grid[$0], by: modifier) },
            length: length,
            grid: grid
        )
    }

    /// Lends each series of a range vector with the samples of all windows of a grid; none is
    /// empty.
    func tracks(
        of expression: Expression,
        _ grid: Grid,
        _ body: (Track) throws(QueryError) -> Void
    ) throws(QueryError) {
        let (range, modifier) = try windowing(expression)
        let first = moved(grid.start, by: modifier) - range
        let last = moved(grid.end, by: modifier)
        switch expression {
        case .parentheses(let inner): try tracks(of: inner, grid, body)
        case .matrix(let selector, _):
            guard first < last else { return }
            let range = Instant(milliseconds: first + 1)...Instant(milliseconds: last)
            var work = SeriesWork(source, budget)
            defer { report.add(work.report) }
            for reference in try select(selector.matchers, range) {
                try work.read(reference.id, in: range)
                let track = Track(labels: reference.labels, living: work.samples)
                if !track.times.isEmpty { try body(track) }
            }
        case .subquery(let inner, _, let step, _):
            try subquery(inner, after: first, to: last, step, body)
        default: throw QueryError(.execution, "\(expression) is no range vector")
        }
    }

    private func subquery(
        _ inner: Expression,
        after first: Int64,
        to last: Int64,
        _ step: Milliseconds?,
        _ body: (Track) throws(QueryError) -> Void
    ) throws(QueryError) {
        let step = (step ?? engine.subqueryStep).count
        // Steps lie on whole multiples, so that they do not depend on when one asks.
        var start = first / step * step
        if start <= first { start += step }
        guard start <= last else { return }
        let count = Int((last - start) / step + 1)
        try budget.checkPoints(1, count)
        let grid = Grid(start: start, step: step, count: count, isRange: start < last)
        let series: [GridSeries]
        switch try evaluate(inner, grid) {
        case .scalar(let values): series = [GridSeries(labels: .empty, column: Column(values))]
        case .vector(let found): series = found
        case .string: series = []
        }
        for one in series {
            let track = Track(one, grid)
            if !track.times.isEmpty { try body(track) }
        }
    }

    /// A range vector as the answer of an instant query.
    func rangeVector(
        _ expression: Expression,
        at grid: Grid
    ) throws(QueryError) -> [RangeSeries] {
        var output: [RangeSeries] = []
        try tracks(of: expression, grid) { track in
            let samples = zip(track.times, track.values).map {
                Sample(time: Instant(milliseconds: $0), value: $1)
            }
            output.append(RangeSeries(labels: track.labels, samples: samples))
        }
        return output
    }
}

extension Track {
    /// A series' samples without markers of its end: they are no values.
    init(labels: Labels, living buffer: borrowing SampleBuffer) {
        self.labels = labels
        let isMarker: (Double) -> Bool = { $0.bitPattern == Sample.staleMarkerBits }
        guard buffer.values.contains(where: isMarker) else {
            (times, values) = (buffer.times, buffer.values)
            return
        }
        for (time, value) in zip(buffer.times, buffer.values) where !isMarker(value) {
            times.append(time)
            values.append(value)
        }
    }

    /// The values of a series as samples at the times of its grid.
    init(_ series: GridSeries, _ grid: Grid) {
        labels = series.labels
        for step in 0..<grid.count {
            guard let value = series.column[step] else { continue }
            times.append(grid[step])
            values.append(value)
        }
    }
}
