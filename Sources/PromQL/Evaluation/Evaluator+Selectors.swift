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

    /// The last sample of each series within the lookback of each step.
    func instantVector(
        _ selector: Selector,
        _ grid: Grid,
        givesTime: Bool = false
    ) throws(QueryError) -> [GridSeries] {
        try collect(chain(of: selector, grid, givesTime: givesTime))
    }
}
