internal import PromQL
internal import Telemetry

/// A numerator over a denominator that offices counted in villages or units.
///
/// Counts of several areas are added before they are divided. Villages without a count are
/// unknown; their denominator is taken to be to the known one as their households are.
struct CountFormula: Formula {
    let parameters: CountParameters
    /// The indicator itself as a key, as `318-NC:17.5`.
    let indicatorKey: String

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let keyed = context.facts.counts.filter {
            ($0.key == parameters.key || $0.key == indicatorKey) && $0.date <= context.date
                && $0.numerator.isFinite && $0.denominator.isFinite && $0.denominator > 0
        }
        let inDate = keyed.filter { $0.validTo.map { context.date <= $0 } ?? true }
        let cover = AreaCover(
            of: context.villages,
            from: inDate,
            facts: context.facts,
            area: \.area,
            date: \.date
        )
        guard !cover.records.isEmpty else {
            let isExpired = !keyed.isEmpty
            return .unknown(
                BilingualText(
                    vi: isExpired ? "số liệu đăng ký đã hết hiệu lực" : "chưa có số liệu đăng ký",
                    en: isExpired ? "the registered count is out of date" : "no count is registered"
                )
            )
        }
        var figure = tally(cover, context).figure(scale: parameters.scale)
        figure.isSimulated = cover.records.contains(where: \.isSimulated)
        figure.notes = cover.records.prefix(Self.namedSources).compactMap {
            $0.source.isEmpty
                ? nil
                : BilingualText(vi: "\($0.source), \($0.date)", en: "\($0.source), \($0.date)")
        }
        return figure
    }

    /// Sources that a figure names; a district may have hundreds.
    private static let namedSources = 5

    private func tally(
        _ cover: AreaCover<IndicatorFacts.RegistryCount>,
        _ context: FormulaContext
    ) -> Tally {
        let numerator = cover.records.reduce(0) { $0 + $1.numerator }
        let denominator = cover.records.reduce(0) { $0 + $1.denominator }
        let share = Self.share(of: cover.villages, context)
        let total = denominator / share
        return Tally(
            numerator: numerator,
            known: denominator,
            low: numerator,
            high: numerator + (total - denominator),
            total: total,
            covered: denominator,
            isUnbounded: share < 1 && !parameters.isShare
        )
    }

    /// The covered share of the unit's households, of its villages where none are counted.
    private static func share(of covered: Set<String>, _ context: FormulaContext) -> Double {
        if covered == context.villages { return 1 }
        let households = covered.reduce(0.0) {
            $0 + Double(context.facts.villages[$1]?.households ?? 0)
        }
        if households > 0, let all = context.households, all > 0 { return households / all }
        return Double(covered.count) / Double(max(context.villages.count, 1))
    }
}
