public import Telemetry

/// A unit's verdicts by one set, counted as the programme counts: criteria and indicators met.
public struct Scorecard: Hashable, Sendable {
    /// How a criterion stands.
    public struct CriterionResult: Hashable, Sendable {
        /// Its number.
        public let number: String
        /// Its name.
        public let name: SourcedName
        /// How many of its listed indicators are met.
        public let metCount: Int
        /// How many indicators of it are listed.
        public let indicatorCount: Int
        /// Whether all its indicators are listed.
        public let isComplete: Bool

        /// Whether all its indicators are met; never when some are not listed.
        public var isMet: Bool { isComplete && indicatorCount > 0 && metCount == indicatorCount }
    }

    /// Id of the set with its version, as `318-NC@2022`.
    public let set: String
    /// Title of the set.
    public let title: BilingualText
    /// Decision that issued the set.
    public let source: String
    /// Code of the unit.
    public let unit: String
    /// Name of the unit.
    public let unitName: String
    /// Time of evaluation.
    public let at: Instant
    /// Whether the set was in force on that day.
    public let isSetInForce: Bool
    /// Criteria in the order of the set.
    public let criteria: [CriterionResult]
    /// Criteria that the decision has.
    public let criteriaCount: Int
    /// Indicators that the decision has, unlisted ones among them.
    public let indicatorCount: Int
    /// Verdicts in the order of the set, one for each listed indicator.
    public let verdicts: [Verdict]

    /// How many criteria are met.
    public var criteriaMet: Int { criteria.filter(\.isMet).count }
    /// How many indicators are met.
    public var indicatorsMet: Int { verdicts.filter { $0.outcome == .met }.count }
    /// Whether simulated devices are behind any verdict.
    public var isSimulated: Bool { verdicts.contains(where: \.isSimulated) }
    /// How many indicators of the decision are not listed because their text was not read.
    public var unlistedCount: Int { indicatorCount - verdicts.count }

    /// How many indicators have each outcome; they add up to ``indicatorCount``.
    ///
    /// Indicators whose text is not listed have no threshold.
    public var outcomeCounts: [Outcome: Int] {
        var counts = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0, 0) })
        for verdict in verdicts { counts[verdict.outcome, default: 0] += 1 }
        counts[.noThreshold, default: 0] += unlistedCount
        return counts
    }

    /// Counts verdicts.
    init(
        _ set: CriteriaSet,
        unit: IndicatorFacts.Unit,
        verdicts: [Verdict],
        at: Instant,
        date: CivilDate
    ) {
        self.set = set.versionedID
        title = set.title
        source = set.source.decision
        self.unit = unit.code
        unitName = unit.name
        self.at = at
        isSetInForce = set.isInForce(on: date)
        criteriaCount = set.criteriaCount
        indicatorCount = set.indicatorCount
        self.verdicts = verdicts
        criteria = set.criteria.map { criterion in
            CriterionResult(
                number: criterion.number,
                name: criterion.name,
                metCount: verdicts.filter {
                    $0.criterion == criterion.number && $0.outcome == .met
                }.count,
                indicatorCount: criterion.indicators.count,
                isComplete: criterion.isComplete
            )
        }
    }
}
