internal import Telemetry

extension Evaluator {
    /// Lends each series of an expression that the parser has found to be an instant vector, as it
    /// is worked out: where each is made from one series of a selector, they are not held together.
    func forEachSeries(
        of expression: Expression,
        _ grid: Grid,
        _ body: (GridSeries) throws(QueryError) -> Void
    ) throws(QueryError) {
        try budget.check()
        let isRepeated = grid.count > 1 && expression.isStepInvariant
        let annotations = report.annotations
        if !isRepeated, let chain = try chain(of: expression, grid) {
            let references = try select(chain)
            // Where labels meet, what comes of it is for each operator to say.
            if chain.keepsApart(references) { return try stream(chain, references, body) }
        }
        // What the chain's numbers said is said again when these are worked out once more.
        report.annotations = annotations
        for series in try vector(expression, grid) { try body(series) }
    }

    /// All series of a chain, of which some may have the same labels.
    func collect(_ chain: SeriesChain) throws(QueryError) -> [GridSeries] {
        var output: [GridSeries] = []
        try stream(chain, select(chain)) { (series) throws(QueryError) in
            output.append(series)
            try budget.checkPoints(output.count, chain.stepCount)
        }
        return output
    }

    private func select(_ chain: SeriesChain) throws(QueryError) -> [SeriesReference] {
        guard let range = chain.range else { return [] }
        return try select(chain.matchers, range)
    }

    private func stream(
        _ chain: SeriesChain,
        _ references: [SeriesReference],
        _ body: (GridSeries) throws(QueryError) -> Void
    ) throws(QueryError) {
        let stream = SeriesStream(chain, references, engine)
        try stream.forEach(source, budget, &report, body)
    }

    // MARK: Chains

    /// The chain that an expression is, or nil when it takes more than one selector, or looks at
    /// several series at once.
    private func chain(
        of expression: Expression,
        _ grid: Grid
    ) throws(QueryError) -> SeriesChain? {
        switch expression {
        case .parentheses(let inner): return try chain(of: inner, grid)
        case .selector(let selector): return chain(of: selector, grid)
        case .unary(let isNegative, let operand):
            guard let inner = try chain(of: operand, grid) else { return nil }
            return isNegative ? inner.changed(dropsName: true) { -$1 } : inner
        case .call(let function, let arguments, let places):
            if let apply = Self.elementary[function] {
                return try chain(of: arguments[0], grid)?.changed(dropsName: true) { apply($1) }
            }
            return try chain(of: function, arguments, places, grid)
        case .binary(let binary): return try chain(of: binary, grid)
        default: return nil
        }
    }

    /// The last sample of each series within the lookback of each step.
    func chain(of selector: Selector, _ grid: Grid, givesTime: Bool = false) -> SeriesChain {
        let lookback = engine.lookbackRange
        let times = (0..<grid.count).map { moved(grid[$0], by: selector.time) }
        return SeriesChain(
            selector.matchers,
            after: times[0] - lookback.longest,
            to: times[grid.count - 1],
            grid.count == 1
                ? .last(lookback, givesTime: givesTime)
                : .latest(lookback, times: times, givesTime: givesTime),
            stepCount: grid.count,
            dropsName: false
        )
    }

    /// A function of the windows of a selector, from summaries where the source has a plan for it;
    /// nil for other functions, and for subqueries.
    func chain(
        of function: Function,
        _ arguments: [Expression],
        _ places: CallPlaces?,
        _ grid: Grid
    ) throws(QueryError) -> SeriesChain? {
        guard function.takesWindows else { return nil }
        var operand = arguments[function == .quantileOverTime ? 1 : 0]
        while case .parentheses(let inner) = operand { operand = inner }
        guard case .matrix(let selector, let range) = operand else { return nil }
        let parameter = try parameter(of: function, arguments, grid)
        let notice = WindowNotice(function, parameter, places)
        if let chain = summaryChain(of: function, selector, range, notice, grid) { return chain }
        let steps = try windowSteps(of: operand, grid)
        return SeriesChain(
            selector.matchers,
            after: steps.ends[0] - steps.length,
            to: steps.ends[grid.count - 1],
            .windows(function, steps, parameter: parameter),
            stepCount: grid.count,
            dropsName: function.dropsName,
            notice: notice
        )
    }

    private func summaryChain(
        of function: Function,
        _ selector: Selector,
        _ range: Milliseconds,
        _ notice: WindowNotice?,
        _ grid: Grid
    ) -> SeriesChain? {
        guard let fields = function.summaryFields,
            let windows = slidingWindows(of: selector, range, grid),
            let plan = source.plan(windows, fields)
        else { return nil }
        return SeriesChain(
            selector.matchers,
            after: windows.times.lowerBound - 1,
            to: windows.times.upperBound,
            .summaries(function, windows, plan),
            stepCount: grid.count,
            dropsName: function.dropsName,
            notice: notice
        )
    }

    /// An operator between a chain and a scalar.
    private func chain(of binary: Binary, _ grid: Grid) throws(QueryError) -> SeriesChain? {
        if binary.right.type == .scalar, let left = try chain(of: binary.left, grid) {
            let numbers = try scalar(binary.right, grid)
            return left.changed(dropsName: binary.dropsName, binary.change(by: numbers))
        }
        if binary.left.type == .scalar, let right = try chain(of: binary.right, grid) {
            let numbers = try scalar(binary.left, grid)
            return right.changed(dropsName: binary.dropsName, binary.change(of: numbers))
        }
        return nil
    }
}

extension Binary {
    /// What becomes of a value at a step on the left of a scalar.
    func change(by numbers: [Double]) -> @Sendable (Int, Double) -> Double? {
        { result($1, numbers[$0]) }
    }

    /// What becomes of a value at a step on the right of a scalar.
    func change(of numbers: [Double]) -> @Sendable (Int, Double) -> Double? {
        { step, value in
            // A comparison that holds gives the vector's value, whatever side it is on.
            result(numbers[step], value).map { dropsName ? $0 : value }
        }
    }
}
