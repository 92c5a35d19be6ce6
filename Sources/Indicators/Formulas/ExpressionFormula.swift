internal import PromQL
internal import Telemetry

/// A set's own queries for numerator, denominator and coverage.
///
/// The unknown part of the window is taken as bad for the low bound and as good for the high one.
struct ExpressionFormula: Formula {
    let parameters: ExpressionParameters

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let window = GridWindow(end: context.at, parameters.grid)
        let values = [
            "villages": QueryText.alternation(context.villages),
            "window": QueryText.duration(window.length),
            "step": QueryText.duration(window.step),
            "people": QueryText.number(context.people ?? .nan),
            "households": QueryText.number(context.households ?? .nan),
        ]
        let queries = [parameters.numerator, parameters.denominator, parameters.coverage].map {
            Figure.Query(text: QueryText.filled($0, values), at: context.at, step: nil)
        }
        var elements: [[VectorElement]] = []
        for query in queries { elements.append(try context.runner.vector(query)) }
        var figure = Self.tally(elements, parameters).figure(scale: parameters.scale)
        figure.expressions = queries
        figure.window = window.range
        // An aggregation leaves the label out: what stands in these villages decides as well.
        figure.isSimulated =
            context.hasSimulatedDevices
            || elements.joined().contains { $0.labels["simulated"] == "true" }
        return figure
    }

    private static func tally(
        _ elements: [[VectorElement]],
        _ parameters: ExpressionParameters
    ) -> Tally {
        let sums = elements.map { $0.reduce(0) { $0 + $1.sample.value } }
        let numerator = sums[0]
        let denominator = sums[1]
        let coverage = elements[2].isEmpty ? 0 : sums[2] / Double(elements[2].count)
        guard !elements[0].isEmpty, numerator.isFinite, denominator.isFinite, denominator > 0,
            coverage.isFinite, coverage > 0
        else { return Tally() }
        let known = min(coverage, 1)
        let total = denominator / known
        return Tally(
            numerator: numerator,
            known: denominator,
            low: numerator,
            high: numerator + (total - denominator),
            total: total,
            covered: denominator,
            isUnbounded: known < 1 && !parameters.isShare
        )
    }
}
