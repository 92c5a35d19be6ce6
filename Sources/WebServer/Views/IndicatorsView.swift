/// Scorecards and verdicts, as `GET /api/langso/v1/indicators` gives them.
public struct IndicatorsView: Codable, Sendable {
    /// When the verdicts were computed, RFC 3339; null before the first run.
    public var computedAt: String?
    /// One scorecard a unit and criteria set.
    public var scorecards: [ScorecardView]

    /// Creates the view.
    public init(computedAt: String?, scorecards: [ScorecardView]) {
        self.computedAt = computedAt
        self.scorecards = scorecards
    }
}

/// The scorecard of one unit by one criteria set.
public struct ScorecardView: Codable, Sendable {
    /// Code of the unit.
    public var unit: String
    /// Name of the unit.
    public var unitName: String
    /// Id of the set with its version, as `318-NC@2022`.
    public var set: String
    /// Title of the set in Vietnamese.
    public var titleVi: String
    /// Title of the set in English.
    public var titleEn: String
    /// Decision that issued it.
    public var source: String
    /// Criteria met, of ``criteria``.
    public var criteriaMet: Int
    /// Criteria of the set.
    public var criteria: Int
    /// Indicators met, of ``indicators``.
    public var indicatorsMet: Int
    /// Indicators of the set.
    public var indicators: Int
    /// How many indicators have each outcome: met, not_met, not_enough_data, no_threshold.
    public var outcomes: [String: Int]
    /// Whether simulated devices are behind any verdict.
    public var isSimulated: Bool
    /// Verdicts in the order of the set.
    public var verdicts: [VerdictView]

    /// Creates the view.
    public init(
        unit: String,
        unitName: String,
        set: String,
        titleVi: String,
        titleEn: String,
        source: String,
        criteriaMet: Int,
        criteria: Int,
        indicatorsMet: Int,
        indicators: Int,
        outcomes: [String: Int],
        isSimulated: Bool,
        verdicts: [VerdictView]
    ) {
        self.unit = unit
        self.unitName = unitName
        self.set = set
        self.titleVi = titleVi
        self.titleEn = titleEn
        self.source = source
        self.criteriaMet = criteriaMet
        self.criteria = criteria
        self.indicatorsMet = indicatorsMet
        self.indicators = indicators
        self.outcomes = outcomes
        self.isSimulated = isSimulated
        self.verdicts = verdicts
    }
}

/// One verdict.
public struct VerdictView: Codable, Sendable {
    /// Indicator with set and version, as `318-NC:17.3@2022`.
    public var id: String
    /// Code inside the set, as `17.3`.
    public var code: String
    /// Number of the criterion.
    public var criterion: String
    /// Name of the criterion in Vietnamese.
    public var criterionVi: String
    /// Name of the criterion in English.
    public var criterionEn: String
    /// Name in Vietnamese.
    public var nameVi: String
    /// Name in English.
    public var nameEn: String
    /// Whether the name was checked against a source.
    public var isNameVerified: Bool
    /// `sensor`, `sensor-support`, `registry` or `attestation`.
    public var evidence: String
    /// `met`, `not_met`, `not_enough_data` or `no_threshold`.
    public var outcome: String
    /// Why, in Vietnamese.
    public var reasonVi: String
    /// Why, in English.
    public var reasonEn: String
    /// Value; null when there is none.
    public var value: Double?
    /// Value if everything unknown were bad.
    public var low: Double?
    /// Value if everything unknown were good.
    public var high: Double?
    /// Share of the window in which the state is known, 0 to 1.
    public var coverage: Double?
    /// Unit as shown.
    public var unit: String
    /// Comparison and threshold as shown in Vietnamese, as `≥ 2,5 %`; null when not loaded.
    public var thresholdVi: String?
    /// Comparison and threshold as shown in English, as `≥ 2.5 %`; null when not loaded.
    public var thresholdEn: String?
    /// Source of the threshold with its class.
    public var thresholdSource: String?
    /// Expressions behind the value.
    public var expressions: [String]
    /// Start of the window, RFC 3339.
    public var from: String?
    /// End of the window, RFC 3339.
    public var to: String?
    /// Whether simulated devices are behind it.
    public var isSimulated: Bool

    /// Creates the view.
    public init(
        id: String,
        code: String,
        criterion: String,
        criterionVi: String,
        criterionEn: String,
        nameVi: String,
        nameEn: String,
        isNameVerified: Bool,
        evidence: String,
        outcome: String,
        reasonVi: String,
        reasonEn: String,
        value: Double?,
        low: Double?,
        high: Double?,
        coverage: Double?,
        unit: String,
        thresholdVi: String?,
        thresholdEn: String?,
        thresholdSource: String?,
        expressions: [String],
        from: String?,
        to: String?,
        isSimulated: Bool
    ) {
        self.id = id
        self.code = code
        self.criterion = criterion
        self.criterionVi = criterionVi
        self.criterionEn = criterionEn
        self.nameVi = nameVi
        self.nameEn = nameEn
        self.isNameVerified = isNameVerified
        self.evidence = evidence
        self.outcome = outcome
        self.reasonVi = reasonVi
        self.reasonEn = reasonEn
        self.value = value
        self.low = low
        self.high = high
        self.coverage = coverage
        self.unit = unit
        self.thresholdVi = thresholdVi
        self.thresholdEn = thresholdEn
        self.thresholdSource = thresholdSource
        self.expressions = expressions
        self.from = from
        self.to = to
        self.isSimulated = isSimulated
    }
}
