internal import Telemetry

extension Evaluator {
    /// A series with the samples of all windows of a query.
    struct Track {
        var labels: Labels
        var buffer: SampleBuffer
    }

    /// The time that a step is moved to by `@` and `offset`.
    func moved(_ time: Int64, by modifier: TimeModifier) -> Int64 {
        let base =
            switch modifier.anchor {
            case .time(let instant): instant.milliseconds
            case .start: whole.start
            case .end: whole.end
            case nil: time
            }
        return base - modifier.offset.count
    }

    /// Reads the samples of all series of a selector after a time, up to another.
    func tracks(
        _ matchers: [LabelMatcher],
        after first: Int64,
        to last: Int64
    ) throws(QueryError) -> [Track] {
        guard first < last else { return [] }
        let range = Instant(milliseconds: first + 1)...Instant(milliseconds: last)
        do {
            let found = try source.select(matchers, in: range)
            guard found.count <= engine.limits.maximumSeries else {
                throw QueryError(
                    .limit,
                    "a selector finds \(found.count) series and the limit is "
                        + "\(engine.limits.maximumSeries); add conditions on labels"
                )
            }
            var tracks: [Track] = []
            tracks.reserveCapacity(found.count)
            for reference in found {
                var buffer = SampleBuffer()
                try source.read(reference.id, in: range, into: &buffer)
                try countSamples(buffer.count)
                if buffer.isEmpty { continue }
                tracks.append(Track(labels: reference.labels, buffer: buffer))
            }
            return tracks
        } catch let error as SeriesSourceError {
            throw QueryError(.storage, error.description)
        } catch let error as QueryError {
            throw error
        } catch {
            throw QueryError(.storage, "\(error)")
        }
    }

    /// The last sample of each series within the lookback of each step.
    func instantVector(
        _ selector: Selector,
        _ grid: Grid,
        givesTime: Bool = false
    ) throws(QueryError) -> [GridSeries] {
        let lookback = engine.lookback.count
        let first = moved(grid.start, by: selector.time)
        let last = moved(grid.end, by: selector.time)
        var output: [GridSeries] = []
        for track in try tracks(selector.matchers, after: first - lookback, to: last) {
            var column = Column(count: grid.count)
            var next = 0
            for index in 0..<grid.count {
                let time = moved(grid[index], by: selector.time)
                while next < track.buffer.count, track.buffer.times[next] <= time { next += 1 }
                guard next > 0, track.buffer.times[next - 1] > time - lookback else { continue }
                let value = track.buffer.values[next - 1]
                if value.bitPattern == Sample.staleMarkerBits { continue }
                column[index] = givesTime ? Double(track.buffer.times[next - 1]) / 1000 : value
            }
            if !column.isEmpty { output.append(GridSeries(labels: track.labels, column: column)) }
        }
        return output
    }

    /// The samples that range vectors of an expression are cut from, with their window.
    func windows(
        of expression: Expression,
        _ grid: Grid
    ) throws(QueryError) -> (tracks: [Track], range: Int64, time: TimeModifier) {
        switch expression {
        case .parentheses(let inner): return try windows(of: inner, grid)
        case .matrix(let selector, let range):
            let first = moved(grid.start, by: selector.time) - range.count
            let last = moved(grid.end, by: selector.time)
            var tracks = try tracks(selector.matchers, after: first, to: last)
            for index in tracks.indices { tracks[index].buffer.dropStaleMarkers() }
            return (tracks, range.count, selector.time)
        case .subquery(let inner, let range, let step, let time):
            let first = moved(grid.start, by: time) - range.count
            let last = moved(grid.end, by: time)
            let tracks = try subquery(inner, after: first, to: last, step)
            return (tracks, range.count, time)
        default: throw QueryError(.execution, "\(expression) is no range vector")
        }
    }

    private func subquery(
        _ inner: Expression,
        after first: Int64,
        to last: Int64,
        _ step: Milliseconds?
    ) throws(QueryError) -> [Track] {
        let step = (step ?? QueryEngine.defaultSubqueryStep).count
        // Steps lie on whole multiples, so that they do not depend on when one asks.
        var start = first / step * step
        if start <= first { start += step }
        guard start <= last else { return [] }
        let count = (last - start) / step + 1
        guard count <= engine.limits.maximumSamples else {
            throw QueryError(
                .limit,
                "a subquery has \(count) steps and the limit is \(engine.limits.maximumSamples); "
                    + "take a larger step or a shorter range"
            )
        }
        let grid = Grid(start: start, step: step, count: Int(count))
        let series: [GridSeries]
        switch try evaluate(inner, grid) {
        case .scalar(let values): series = [GridSeries(labels: .empty, column: Column(values))]
        case .vector(let found): series = found
        case .string: series = []
        }
        return series.map { one in
            var buffer = SampleBuffer()
            for index in 0..<grid.count {
                guard let value = one.column[index] else { continue }
                buffer.append(milliseconds: grid[index], value: value)
            }
            return Track(labels: one.labels, buffer: buffer)
        }
    }

    /// A range vector as the answer of an instant query.
    func rangeVector(
        _ expression: Expression,
        at grid: Grid
    ) throws(QueryError) -> [RangeSeries] {
        let (tracks, _, _) = try windows(of: expression, grid)
        return tracks.compactMap { track in
            guard !track.buffer.isEmpty else { return nil }
            return RangeSeries(
                labels: track.labels,
                samples: (0..<track.buffer.count).map { track.buffer[$0] }
            )
        }
    }
}

extension SampleBuffer {
    /// Removes markers of a series' end: they are no values.
    mutating func dropStaleMarkers() {
        guard values.contains(where: { $0.bitPattern == Sample.staleMarkerBits }) else { return }
        var kept = SampleBuffer()
        for index in 0..<count where values[index].bitPattern != Sample.staleMarkerBits {
            kept.append(milliseconds: times[index], value: values[index])
        }
        self = kept
    }
}
