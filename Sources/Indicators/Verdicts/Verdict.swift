public import Telemetry

/// What is said about one indicator of one unit at one time, with all that stands behind it.
public struct Verdict: Hashable, Sendable {
    /// Indicator with set and version, as `318-NC:17.3@2022`.
    public let id: String
    /// Number of the criterion.
    public let criterion: String
    /// The indicator.
    public let indicator: Indicator
    /// What is said.
    public let outcome: Outcome
    /// Why.
    public let reason: BilingualText
    /// The figure: value, bounds, coverage and where they come from.
    public let figure: Figure
    /// The threshold with its source; nil when none is loaded.
    public let threshold: Threshold?
    /// Time of evaluation.
    public let at: Instant

    /// Code inside the set, as `17.3`.
    public var code: String { indicator.code }
    /// The value in the indicator's unit; nil when nothing is known.
    public var value: Double? { figure.value }
    /// The value if everything unknown were bad; nil when nothing is known.
    public var low: Double? { figure.low }
    /// The value if everything unknown were good; nil when nothing bounds it.
    public var high: Double? { figure.high }
    /// Share of the window that is known, 0 to 1; nil where time does not enter.
    public var coverage: Double? { figure.coverage }
    /// Queries behind the value, as they were run.
    public var expressions: [String] { figure.expressions.map(\.text) }
    /// The span judged; nil where time does not enter.
    public var window: ClosedRange<Instant>? { figure.window }
    /// Whether simulated devices are behind it.
    public var isSimulated: Bool { figure.isSimulated }

    /// Comparison and threshold as shown, as `≥ 80 %`; nil when none is loaded.
    public var thresholdText: BilingualText? {
        guard let threshold else { return nil }
        switch threshold.requirement {
        case .attested: return BilingualText(vi: "đạt", en: "attested")
        case .number(let number):
            return NumberText.bilingual(number, unit: indicator.unit)
                .prefixed(indicator.comparison.symbol + " ")
        }
    }

    /// The threshold's source with its class, as `S: baomoi.com 44061754`; nil when none is loaded.
    public var thresholdSource: String? {
        threshold.map { "\($0.confidence.rawValue): \($0.source)" }
    }
}
