public import PromQL
public import Telemetry

/// Judges the indicators of criteria sets for units, from facts and samples.
///
/// Costs a handful of queries for each sensor indicator, on the thread of the caller; queries that
/// several indicators share run once. The engine holds no state: the same facts, samples and time
/// give the same verdicts.
public struct IndicatorEngine: Sendable {
    /// Runs the queries.
    public var queries: QueryEngine
    /// Share that must be known for a value to decide between its bounds, 0 to 1.
    public var minimumCoverage: Double
    /// Asked before each indicator: whether the evaluation must end before its end is reached.
    public var mustEnd: @Sendable () -> Bool = { false }

    /// Coverage below which a straddling value decides nothing.
    ///
    /// - Source: sensors.md of the catalogue sources, F1, c_min.
    public static let proposedMinimumCoverage = 0.8

    /// Creates an engine.
    public init(
        queries: QueryEngine = QueryEngine(),
        minimumCoverage: Double = IndicatorEngine.proposedMinimumCoverage
    ) {
        self.queries = queries
        self.minimumCoverage = minimumCoverage
    }

    /// Judges every indicator of a set for one unit.
    ///
    /// The villages are those that belong to the unit on the local day of `at`, over the whole
    /// window: a merged commune answers for what its villages did before.
    /// - Parameters:
    ///   - set: the set to judge by; may be out of force, which the scorecard says.
    ///   - unit: code of a unit or of a village.
    ///   - facts: what offices know.
    ///   - at: end of the windows.
    ///   - source: samples.
    /// - Returns: what was read or judged.
    /// - Throws: ``IndicatorError/unknownUnit(code:)``,
    ///   ``IndicatorError/unitWithoutVillages(code:date:)``, and
    ///   ``IndicatorError/interrupted(unit:)`` when ``mustEnd`` says so. A query that fails keeps
    ///   its indicator from being computed, and the verdict says so.
    public func evaluate(
        _ set: CriteriaSet,
        unit: String,
        facts: IndicatorFacts,
        at: Instant,
        source: some SeriesSource
    ) throws(IndicatorError) -> Scorecard {
        let runner = QueryRunner(engine: queries, source: source)
        return try scorecard(set, unit: unit, facts: facts, at: at, runner: runner)
    }

    /// Judges several sets for several units; what they share is asked once.
    ///
    /// - Returns: one scorecard for each unit and set, units first, in the order given.
    /// - Throws: as ``evaluate(_:unit:facts:at:source:)``.
    public func evaluate(
        _ sets: [CriteriaSet],
        units: [String],
        facts: IndicatorFacts,
        at: Instant,
        source: some SeriesSource
    ) throws(IndicatorError) -> [Scorecard] {
        var scorecards: [Scorecard] = []
        for unit in units {
            // A runner for each unit: units share few series, and memory is given back.
            let runner = QueryRunner(engine: queries, source: source)
            for set in sets {
                scorecards.append(
                    try scorecard(set, unit: unit, facts: facts, at: at, runner: runner)
                )
            }
        }
        return scorecards
    }

    private func scorecard(
        _ set: CriteriaSet,
        unit code: String,
        facts: IndicatorFacts,
        at: Instant,
        runner: QueryRunner
    ) throws(IndicatorError) -> Scorecard {
        guard let unit = facts.unit(code) else { throw .unknownUnit(code: code) }
        let date = facts.localDate(at)
        let villages = facts.villageCodes(of: code, on: date)
        guard !villages.isEmpty else { throw .unitWithoutVillages(code: code, date: date) }
        let context = FormulaContext(
            facts: facts,
            villages: villages,
            at: at,
            date: date,
            waterLimits: set.waterLimits(on: date),
            runner: runner
        )
        var verdicts: [Verdict] = []
        for criterion in set.criteria {
            for indicator in criterion.indicators {
                guard !mustEnd() else { throw .interrupted(unit: code) }
                verdicts.append(
                    verdict(indicator, criterion: criterion.number, set: set, unit: unit, context)
                )
            }
        }
        return Scorecard(set, unit: unit, verdicts: verdicts, at: at, date: date)
    }

    private func verdict(
        _ indicator: Indicator,
        criterion: String,
        set: CriteriaSet,
        unit: IndicatorFacts.Unit,
        _ context: FormulaContext
    ) -> Verdict {
        let key = "\(set.id):\(indicator.code)"
        let threshold = indicator.threshold(regions: unit.regions, on: context.date)
        var figure: Figure
        var outcome: Outcome
        var reason: BilingualText
        do {
            figure = try Self.formula(indicator.computation, key: key).figure(in: context)
            let part = try Self.attestedPart(indicator, key: key, context)
            if part.isSimulated { figure.isSimulated = true }
            (outcome, reason) = Judge(minimumCoverage: minimumCoverage).verdict(
                figure,
                threshold: threshold,
                indicator: indicator,
                attested: part.finding
            )
        } catch {
            reason = Reason.notComputed("\(error)")
            figure = .unknown(reason)
            outcome = threshold == nil ? .noThreshold : .notEnoughData
        }
        return Verdict(
            id: set.indicatorID(indicator.code),
            criterion: criterion,
            indicator: indicator,
            outcome: outcome,
            reason: reason,
            figure: figure,
            threshold: threshold,
            at: context.at
        )
    }

    private static func attestedPart(
        _ indicator: Indicator,
        key: String,
        _ context: FormulaContext
    ) throws(QueryError) -> Figure {
        guard indicator.attestedPart != nil else { return Figure() }
        return try AttestationFormula(key: key, indicatorKey: key).figure(in: context)
    }

    private static func formula(_ computation: Computation, key: String) -> any Formula {
        switch computation {
        case .litShare(let parameters): LitShareFormula(parameters: parameters)
        case .litres(let parameters): LitresFormula(parameters: parameters)
        case .cleanWater(let parameters): CleanWaterFormula(parameters: parameters)
        case .uptime(let parameters): UptimeFormula(parameters: parameters)
        case .expression(let parameters): ExpressionFormula(parameters: parameters)
        case .count(let parameters): CountFormula(parameters: parameters, indicatorKey: key)
        case .attestation(let own): AttestationFormula(key: own, indicatorKey: key)
        }
    }
}
