internal import Dispatch
internal import Glibc
public import Telemetry

/// Evaluates PromQL over any source of series.
///
/// Each selector's samples are read once for a whole range query, a long series piece by piece; a
/// step then costs what its operators cost. Series are read one after the other and taken into
/// their groups as they come; those of a large query are shared out among threads. A value may be
/// used from several threads at once.
public struct QueryEngine: Sendable {
    /// Step of a subquery that names none; Prometheus takes its evaluation interval.
    public var subqueryStep = Milliseconds.minutes(1)
    /// How far back an instant selector looks for a series' last sample.
    public var lookback: Milliseconds
    /// How far back it looks at most for the last sample of a device that reports seldom; nil looks
    /// back by ``lookback`` alone.
    ///
    /// An extension of the language: where the source knows how often a series' device reports, an
    /// instant selector looks back twice that interval, but not less than ``lookback`` and not more
    /// than this. So one report that is lost leaves no gap, and two do. A marker of a series' end
    /// ends it at once all the same.
    public var longestLookback: Milliseconds?
    /// What a query may cost.
    public var limits: QueryLimits
    /// Most threads that read the series of one query at once; 1 leaves all work to the caller.
    ///
    /// The answer does not depend on it. The threads come from one pool of the process, which has
    /// as many as there are processors for all queries together. A box whose other work must not
    /// wait for a large query takes fewer than it has processors.
    public var parallelism: Int
    /// How many samples of a series a thread aims to hold at once, of 16 bytes each: of a range
    /// query that takes more they are read in pieces.
    var samplesAtOnce = 1 << 16
    /// Runs a number of parts at once, and comes back when all have ended.
    var perform: @Sendable (Int, @escaping @Sendable (Int) -> Void) -> Void = {
        DispatchQueue.concurrentPerform(iterations: $0, execute: $1)
    }
    /// Time since any moment, never going back; the timeout is measured by it.
    public var clock: @Sendable () -> Milliseconds
    /// How long a query has waited before its evaluation, which counts for the timeout.
    public var waited = Milliseconds.zero

    /// Whether nobody waits for the answer any more; asked about once a millisecond, on any thread.
    public var isCanceled: @Sendable () -> Bool = { Task.isCancelled }

    /// How many processors the machine has.
    public static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Creates an engine.
    public init(
        lookback: Milliseconds = .minutes(5),
        limits: QueryLimits = QueryLimits(),
        parallelism: Int = QueryEngine.processorCount,
        clock: @escaping @Sendable () -> Milliseconds = QueryEngine.monotonicClock
    ) {
        self.lookback = lookback
        self.limits = limits
        self.parallelism = max(1, parallelism)
        self.clock = clock
    }

    /// How far back an instant selector looks, in milliseconds.
    var lookbackRange: LookbackRange {
        let shortest = Grid.clamped(lookback.count)
        return LookbackRange(
            shortest: shortest,
            longest: max(shortest, longestLookback.map { Grid.clamped($0.count) } ?? shortest)
        )
    }

    /// Time since this clock was first read.
    public static let monotonicClock: @Sendable () -> Milliseconds = {
        let start = ContinuousClock.now
        return {
            let (seconds, attoseconds) = start.duration(to: .now).components
            return Milliseconds(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }()

    /// Evaluates at one time.
    ///
    /// - Throws: ``QueryError`` of any kind; parse when a duration that is worked out is none.
    /// - Returns: A scalar, a string, an instant vector or a range vector, by the expression.
    public func instant(
        _ expression: Expression,
        at time: Instant,
        source: some SeriesSource
    ) throws(QueryError) -> QueryValue {
        var report = QueryReport()
        return try instant(expression, at: time, source: source, report: &report)
    }

    /// Evaluates at one time, and adds what was read for it, and what is to say of
    /// it, to a report, also when it fails.
    ///
    /// - Throws: ``QueryError`` of any kind; parse when a duration that is worked out is none.
    /// - Returns: A scalar, a string, an instant vector or a range vector, by the expression.
    public func instant(
        _ expression: Expression,
        at time: Instant,
        source: some SeriesSource,
        report: inout QueryReport
    ) throws(QueryError) -> QueryValue {
        let expression = try expression.resolved(step: .zero, range: .zero)
        let grid = Grid(start: Grid.clamped(time.milliseconds), step: 1, count: 1)
        let evaluator = Evaluator(self, source: source, grid: grid)
        defer { report.add(evaluator.report) }
        if expression.type == .matrix {
            return .matrix(try evaluator.rangeVector(expression, at: grid))
        }
        switch try evaluator.evaluate(expression, grid) {
        case .scalar(let values): return .scalar(Sample(time: time, value: values[0]))
        case .string(let text): return .string(text, time)
        case .vector(let series):
            return .vector(
                series.compactMap { series in
                    series.column[0].map {
                        VectorElement(
                            labels: series.labels,
                            sample: Sample(time: time, value: $0)
                        )
                    }
                }
            )
        }
    }

    /// Evaluates at each step of a range, both ends included.
    ///
    /// - Throws: ``QueryError`` of any kind; limit when there are more steps than allowed.
    /// - Returns: Series in rising order of their labels, each with the steps at which it has a
    ///   value.
    public func range(
        _ expression: Expression,
        from: Instant,
        to: Instant,
        step: Milliseconds,
        source: some SeriesSource
    ) throws(QueryError) -> [RangeSeries] {
        var report = QueryReport()
        return try range(
            expression,
            from: from,
            to: to,
            step: step,
            source: source,
            report: &report
        )
    }

    /// Evaluates at each step of a range, and adds what was read for it, and what is to say of it,
    /// to a report, also when it fails.
    ///
    /// - Throws: ``QueryError`` of any kind; limit when there are more steps than allowed.
    /// - Returns: Series in rising order of their labels, each with the steps at which it has a
    ///   value.
    public func range(
        _ expression: Expression,
        from: Instant,
        to: Instant,
        step: Milliseconds,
        source: some SeriesSource,
        report: inout QueryReport
    ) throws(QueryError) -> [RangeSeries] {
        guard step > .zero, from <= to else {
            throw QueryError(.execution, "the range's step or its length is not positive")
        }
        guard Grid.limits.contains(from.milliseconds), Grid.limits.contains(to.milliseconds) else {
            throw QueryError(.execution, "the range lies outside the times that can be evaluated")
        }
        let count = (to.milliseconds - from.milliseconds) / step.count + 1
        guard count <= limits.maximumSteps else {
            throw QueryError(
                exceeds: .steps,
                "the range has \(count) steps and the limit is \(limits.maximumSteps); take a "
                    + "larger step or a shorter range"
            )
        }
        let grid = Grid(
            start: from.milliseconds,
            step: Grid.clamped(step.count),
            count: Int(count),
            isRange: from < to
        )
        let kind = expression.type
        guard kind == .vector || kind == .scalar else {
            throw QueryError(
                .parse,
                "invalid expression type \"\(kind)\" for range query, must be Scalar or instant "
                    + "Vector"
            )
        }
        let expression = try expression.resolved(step: step, range: to - from)
        let evaluator = Evaluator(self, source: source, grid: grid)
        defer { report.add(evaluator.report) }
        if kind == .scalar {
            let values = try evaluator.scalar(expression, grid)
            let series = GridSeries(labels: .empty, column: Column(values))
            return RangeSeries(series, grid).map { [$0] } ?? []
        }
        var output: [RangeSeries] = []
        try evaluator.forEachSeries(of: expression, grid) { (series) throws(QueryError) in
            guard let series = RangeSeries(series, grid) else { return }
            output.append(series)
            try evaluator.budget.checkPoints(output.count, grid.count)
        }
        return output.sorted { $0.labels < $1.labels }
    }
}

extension RangeSeries {
    /// The steps of a series that have values, or nil when none has.
    init?(_ series: GridSeries, _ grid: Grid) {
        var samples: [Sample] = []
        for index in 0..<grid.count {
            guard let value = series.column[index] else { continue }
            samples.append(Sample(time: Instant(milliseconds: grid[index]), value: value))
        }
        guard !samples.isEmpty else { return nil }
        self.init(labels: series.labels, samples: samples)
    }
}
