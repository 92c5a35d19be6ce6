internal import Synchronization
internal import Telemetry

/// What a query under way has spent of its ``QueryLimits``; its threads share it.
final class QueryBudget: Sendable {
    /// How many samples of a series a thread aims to hold at once.
    let samplesAtOnce: Int
    private let limits: QueryLimits
    private let clock: @Sendable () -> Milliseconds
    private let start: Milliseconds
    private let samplesRead = Atomic(0)
    private let unchecked = Atomic(0)
    private let isCanceled: @Sendable () -> Bool

    /// Work between two looks at the clock; about a millisecond's worth.
    private static let workBetweenChecks = 1 << 16

    init(_ engine: QueryEngine) {
        samplesAtOnce = engine.samplesAtOnce
        limits = engine.limits
        clock = engine.clock
        isCanceled = engine.isCanceled
        start = clock() - engine.waited
    }

    /// Looks whether the query may go on.
    ///
    /// - Throws: ``QueryError`` of kind canceled or timeout.
    func check() throws(QueryError) {
        if isCanceled() { throw QueryError(.canceled, "the query was canceled") }
        guard clock() - start < limits.timeout else {
            throw QueryError(
                exceeds: .time,
                "the query took longer than \(DurationText.print(limits.timeout)); ask for fewer "
                    + "series, a larger step or a shorter range"
            )
        }
    }

    /// Notes a number of values worked on, and looks at the clock now and then.
    ///
    /// - Throws: ``QueryError`` of kind canceled or timeout.
    func spend(_ work: Int) throws(QueryError) {
        let sum = unchecked.wrappingAdd(work, ordering: .relaxed).newValue
        guard sum >= Self.workBetweenChecks else { return }
        unchecked.store(0, ordering: .relaxed)
        try check()
    }

    /// Notes samples read from the source.
    ///
    /// - Throws: ``QueryError`` of kind limit, canceled or timeout.
    func read(_ count: Int) throws(QueryError) {
        let sum = samplesRead.wrappingAdd(count, ordering: .relaxed).newValue
        guard sum <= limits.maximumSamples else {
            throw QueryError(
                exceeds: .samples,
                "the query reads more than \(limits.maximumSamples) samples; ask for fewer "
                    + "series or a shorter range"
            )
        }
        try spend(count + 1)
    }

    /// Looks whether a selector may find that many series.
    ///
    /// - Throws: ``QueryError`` of kind limit.
    func checkSeries(_ count: Int) throws(QueryError) {
        guard count <= limits.maximumSeries else {
            throw QueryError(
                exceeds: .series,
                "a selector finds \(count) series and the limit is \(limits.maximumSeries); add "
                    + "conditions on labels"
            )
        }
    }

    /// Looks whether a part of the query may hold that many series over a grid, each step with a
    /// number of values.
    ///
    /// - Throws: ``QueryError`` of kind limit.
    func checkPoints(_ series: Int, _ steps: Int, size: Int = 1) throws(QueryError) {
        let (points, isOverflow) = series.multipliedReportingOverflow(by: steps)
        guard !isOverflow, points <= limits.maximumPoints / size else {
            throw QueryError(
                exceeds: .points,
                "a part of the query has \(series) series at \(steps) steps"
                    + (size > 1 ? ", \(size) values each," : "")
                    + " and the limit is \(limits.maximumPoints) values; ask for fewer series, a "
                    + "larger step or a shorter range"
            )
        }
    }
}
