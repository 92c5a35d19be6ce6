internal import Indicators
internal import Telemetry
internal import WebServer

extension ScorecardView {
    init(_ card: Scorecard) {
        let criteria = Dictionary(
            card.criteria.map { ($0.number, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        self.init(
            unit: card.unit,
            unitName: card.unitName,
            set: card.set,
            titleVi: card.title.vi + (card.isSetInForce ? "" : " (đã hết hiệu lực)"),
            titleEn: card.title.en + (card.isSetInForce ? "" : " (no longer in force)"),
            source: card.source,
            criteriaMet: card.criteriaMet,
            criteria: card.criteriaCount,
            indicatorsMet: card.indicatorsMet,
            indicators: card.indicatorCount,
            outcomes: Dictionary(
                uniqueKeysWithValues: card.outcomeCounts.map { ($0.key.rawValue, $0.value) }
            ),
            isSimulated: card.isSimulated,
            verdicts: card.verdicts.map { VerdictView($0, criterion: criteria[$0.criterion]) }
        )
    }
}

extension VerdictView {
    init(_ verdict: Verdict, criterion: Scorecard.CriterionResult?) {
        self.init(
            id: verdict.id,
            code: verdict.code,
            criterion: verdict.criterion,
            criterionVi: criterion?.name.text.vi ?? "",
            criterionEn: criterion?.name.text.en ?? "",
            nameVi: verdict.indicator.name.text.vi,
            nameEn: verdict.indicator.name.text.en,
            isNameVerified: verdict.indicator.name.isVerified,
            evidence: verdict.indicator.evidence.rawValue,
            outcome: verdict.outcome.rawValue,
            reasonVi: verdict.reason.vi,
            reasonEn: verdict.reason.en,
            value: verdict.value,
            low: verdict.low,
            high: verdict.high,
            coverage: verdict.coverage,
            unit: verdict.indicator.unit,
            thresholdVi: verdict.thresholdText?.vi,
            thresholdEn: verdict.thresholdText?.en,
            thresholdSource: verdict.thresholdSource,
            expressions: verdict.expressions,
            from: verdict.window?.lowerBound.rfc3339,
            to: verdict.window?.upperBound.rfc3339,
            isSimulated: verdict.isSimulated
        )
    }
}
