internal import Telemetry

extension Evaluator {
    /// The time that a step is moved to by `@` and `offset`.
    func moved(_ time: Int64, by modifier: TimeModifier) -> Int64 {
        let base =
            switch modifier.anchor {
            case .time(let instant): Grid.clamped(instant.milliseconds)
            case .start: whole.start
            case .end: whole.end
            case nil: time
            }
        return Grid.clamped(base - Grid.clamped(modifier.offset.count))
    }

    /// Finds the series of a selector.
    func select(
        _ matchers: [LabelMatcher],
        _ range: ClosedRange<Instant>
    ) throws(QueryError) -> [SeriesReference] {
        let found: [SeriesReference]
        do {
            found = try source.select(matchers, in: range)
        } catch {
            throw QueryError(.storage, error.description)
        }
        try budget.checkSeries(found.count)
        return found
    }

    /// Lends the samples of each series of a selector after a time, up to another; the series
    /// share one buffer.
    ///
    /// - Parameters:
    ///   - matchers: Which series.
    ///   - first: Milliseconds since 1970; not included.
    ///   - last: Milliseconds since 1970; included.
    ///   - looksBack: Whether only the last sample before a time counts, so that the last one of a
    ///     summary stands for all where samples are gone.
    ///   - body: Takes the labels and samples of a series that has any.
    /// - Throws: ``QueryError`` of kind limit, storage, canceled or timeout, and those of the body.
    func read(
        _ matchers: [LabelMatcher],
        after first: Int64,
        to last: Int64,
        looksBack: Bool = false,
        _ body: (Labels, borrowing SampleBuffer) throws(QueryError) -> Void
    ) throws(QueryError) {
        guard first < last else { return }
        let range = Instant(milliseconds: first + 1)...Instant(milliseconds: last)
        var buffer = SampleBuffer()
        var tier = QueryReport.Tier(name: QueryReport.raw)
        defer { report.add(tier) }
        for reference in try select(matchers, range) {
            do {
                if looksBack {
                    try source.readLasts(reference.id, in: range, into: &buffer)
                } else {
                    try source.read(reference.id, in: range, into: &buffer)
                }
            } catch {
                throw QueryError(.storage, error.description)
            }
            tier.add(buffer)
            try budget.read(buffer.count)
            if !buffer.isEmpty { try body(reference.labels, buffer) }
        }
    }

    /// The last sample of each series within the lookback of each step.
    func instantVector(
        _ selector: Selector,
        _ grid: Grid,
        givesTime: Bool = false
    ) throws(QueryError) -> [GridSeries] {
        let lookback = Grid.clamped(engine.lookback.count)
        let first = moved(grid.start, by: selector.time) - lookback
        let last = moved(grid.end, by: selector.time)
        if grid.count == 1 {
            return try lastSamples(selector.matchers, after: first, to: last, givesTime)
        }
        var output: [GridSeries] = []
        try read(selector.matchers, after: first, to: last, looksBack: true) {
            (labels, buffer) throws(QueryError) in
            let (times, values) = (buffer.times, buffer.values)
            var column = Column(count: grid.count)
            var next = 0
            for step in 0..<grid.count {
                let time = moved(grid[step], by: selector.time)
                while next < times.count, times[next] <= time { next += 1 }
                guard next > 0, times[next - 1] > time - lookback else { continue }
                let value = values[next - 1]
                if value.bitPattern == Sample.staleMarkerBits { continue }
                column[step] = givesTime ? Double(times[next - 1]) / 1000 : value
            }
            try budget.spend(grid.count)
            guard !column.isEmpty else { return }
            output.append(GridSeries(labels: labels, column: column))
            try budget.checkPoints(output.count, grid.count)
        }
        return output
    }

    /// The last sample of each series after a time, up to another.
    private func lastSamples(
        _ matchers: [LabelMatcher],
        after first: Int64,
        to last: Int64,
        _ givesTime: Bool
    ) throws(QueryError) -> [GridSeries] {
        guard first < last else { return [] }
        let range = Instant(milliseconds: first + 1)...Instant(milliseconds: last)
        var output: [GridSeries] = []
        var tier = QueryReport.Tier(name: QueryReport.raw)
        defer { report.add(tier) }
        for reference in try select(matchers, range) {
            let found: Sample?
            do {
                found = try source.last(reference.id, in: range)
            } catch {
                throw QueryError(.storage, error.description)
            }
            tier.series += 1
            tier.samples += 1
            try budget.read(1)
            guard let found, found.value.bitPattern != Sample.staleMarkerBits else { continue }
            let value = givesTime ? Double(found.time.milliseconds) / 1000 : found.value
            output.append(GridSeries(labels: reference.labels, column: Column([value])))
            try budget.checkPoints(output.count, 1)
        }
        return output
    }
}
