internal import PromQL
internal import Telemetry

/// Runs queries for the formulas of one evaluation, each text once.
///
/// Stays on the thread of the evaluation; several indicators ask for the same series.
final class QueryRunner {
    private let engine: QueryEngine
    private let source: any SeriesSource
    private var instants: [Figure.Query: [VectorElement]] = [:]
    private var ranges: [Figure.Query: [RangeSeries]] = [:]

    init(engine: QueryEngine, source: some SeriesSource) {
        self.engine = engine
        self.source = source
    }

    /// The elements of a query at a time; a scalar is one element without labels.
    func vector(_ query: Figure.Query) throws(QueryError) -> [VectorElement] {
        if let known = instants[query] { return known }
        let expression = try PromQLParser.parse(query.text)
        let elements: [VectorElement]
        switch try engine.instant(expression, at: query.at, source: source) {
        case .vector(let vector): elements = vector
        case .scalar(let sample): elements = [VectorElement(labels: .empty, sample: sample)]
        case .string, .matrix: elements = []
        }
        instants[query] = elements
        return elements
    }

    /// The series of a query over a window at the query's step.
    func range(_ query: Figure.Query, window: GridWindow) throws(QueryError) -> [RangeSeries] {
        if let known = ranges[query] { return known }
        let expression = try PromQLParser.parse(query.text)
        let series = try engine.range(
            expression,
            from: window.firstPoint,
            to: window.lastPoint,
            step: window.step,
            source: source
        )
        ranges[query] = series
        return series
    }
}
