internal import Telemetry

/// One query under way.
final class Evaluator {
    let engine: QueryEngine
    let source: any SeriesSource
    /// The grid of the whole query: what `start()` and `end()` mean.
    let whole: Grid
    let budget: QueryBudget
    /// What has been read so far.
    var report = QueryReport()

    init(_ engine: QueryEngine, source: any SeriesSource, grid: Grid) {
        self.engine = engine
        self.source = source
        whole = grid
        budget = QueryBudget(engine)
    }

    /// Evaluates any expression but a range vector.
    ///
    /// What is the same at every step is evaluated at the first and repeated.
    func evaluate(_ expression: Expression, _ grid: Grid) throws(QueryError) -> GridValue {
        try budget.check()
        guard grid.count > 1, expression.isStepInvariant else {
            return try evaluateEachStep(expression, grid)
        }
        switch try evaluateEachStep(expression, Grid(start: grid.start, step: 1, count: 1)) {
        case .scalar(let values):
            return .scalar([Double](repeating: values[0], count: grid.count))
        case .string(let text): return .string(text)
        case .vector(let series):
            try budget.checkPoints(series.count, grid.count)
            return .vector(
                series.compactMap { one in
                    one.column[0].map { value in
                        let values = [Double](repeating: value, count: grid.count)
                        return GridSeries(labels: one.labels, column: Column(values))
                    }
                }
            )
        }
    }

    private func evaluateEachStep(
        _ expression: Expression,
        _ grid: Grid
    ) throws(QueryError) -> GridValue {
        switch expression {
        case .number(let value): return .scalar([Double](repeating: value, count: grid.count))
        case .string(let text): return .string(text)
        case .parentheses(let inner): return try evaluate(inner, grid)
        case .selector(let selector): return .vector(try instantVector(selector, grid))
        case .unary(let isNegative, let operand):
            return try negate(evaluate(operand, grid), isNegative)
        case .call(let function, let arguments, let places):
            return try call(function, arguments, places, grid)
        case .aggregation(let aggregation): return .vector(try aggregate(aggregation, grid))
        case .binary(let binary): return try combine(binary, grid)
        case .matrix, .subquery:
            throw QueryError(.execution, "a range vector stands where none can be evaluated")
        case .unresolved: throw QueryError(.execution, "\(expression) has not been resolved")
        }
    }

    /// Evaluates an expression that the parser has found to be an instant vector.
    func vector(_ expression: Expression, _ grid: Grid) throws(QueryError) -> [GridSeries] {
        guard case .vector(let series) = try evaluate(expression, grid) else {
            throw QueryError(.execution, "\(expression) is no instant vector")
        }
        return series
    }

    /// Evaluates an expression that the parser has found to be a scalar.
    func scalar(_ expression: Expression, _ grid: Grid) throws(QueryError) -> [Double] {
        guard case .scalar(let values) = try evaluate(expression, grid) else {
            throw QueryError(.execution, "\(expression) is no scalar")
        }
        return values
    }

    /// Evaluates an expression that the parser has found to be a text.
    func string(_ expression: Expression, _ grid: Grid) throws(QueryError) -> String {
        guard case .string(let text) = try evaluate(expression, grid) else {
            throw QueryError(.execution, "\(expression) is no string")
        }
        return text
    }

    private func negate(_ value: GridValue, _ isNegative: Bool) throws(QueryError) -> GridValue {
        guard isNegative else { return value }
        switch value {
        case .scalar(let values): return .scalar(values.map { -$0 })
        case .string: return value
        case .vector(let series): return .vector(try map(series) { -$0 })
        }
    }

    // MARK: Series

    /// Changes every value and drops the metric's name.
    func map(
        _ series: [GridSeries],
        _ change: (Double) -> Double
    ) throws(QueryError) -> [GridSeries] {
        var output = series
        for index in output.indices {
            output[index].column.update { _, value in change(value) }
            output[index].labels = output[index].labels.withoutMetricName
        }
        return try merge(output)
    }

    /// Joins series that have come to have the same labels.
    ///
    /// - Throws: ``QueryError`` when two of them have a value at one time.
    func merge(_ series: [GridSeries]) throws(QueryError) -> [GridSeries] {
        var places: [Labels: Int] = [:]
        places.reserveCapacity(series.count)
        var output: [GridSeries] = []
        output.reserveCapacity(series.count)
        for one in series {
            guard let place = places[one.labels] else {
                places[one.labels] = output.count
                output.append(one)
                continue
            }
            for index in 0..<one.column.count {
                guard let value = one.column[index] else { continue }
                guard output[place].column[index] == nil else {
                    throw QueryError(
                        .execution,
                        "vector cannot contain metrics with the same labelset"
                    )
                }
                output[place].column[index] = value
            }
        }
        return output
    }
}
