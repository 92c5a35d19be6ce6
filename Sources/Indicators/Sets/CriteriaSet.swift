public import Telemetry

/// A set of criteria as a decision issued it: data, not law in code.
public struct CriteriaSet: Hashable, Sendable {
    /// The decision that issued a set.
    public struct Source: Hashable, Sendable {
        /// Number of the decision, as `Quyết định 318/QĐ-TTg`.
        public let decision: String
        /// Day it was signed.
        public let date: CivilDate
        /// Annex, pages read and their addresses.
        public let text: String

        /// Creates a source.
        public init(decision: String, date: CivilDate, text: String) {
            self.decision = decision
            self.date = date
            self.text = text
        }
    }

    /// Its id, as `318-NC`.
    public let id: String
    /// Its version, as `2022`.
    public let version: String
    /// Its title.
    public let title: BilingualText
    /// The decision that issued it.
    public let source: Source
    /// First day it is in force.
    public let validFrom: CivilDate
    /// Last day it is in force; nil while it has no end.
    public let validTo: CivilDate?
    /// How many criteria the decision has.
    public let criteriaCount: Int
    /// How many indicators the decision has; may exceed those listed.
    public let indicatorCount: Int
    /// Where the two counts were read, with their class.
    public let countSource: String
    /// How well the two counts are known.
    public let countConfidence: ConfidenceClass
    /// The criteria in their order.
    public let criteria: [Criterion]
    /// Limits of drinking water that the sensors' veto of F6 uses, in order of validity.
    public let waterLimits: [WaterQualityLimits]

    /// Id and version, as `318-NC@2022`.
    public var versionedID: String { "\(id)@\(version)" }

    /// The listed indicators in the order of the set.
    public var indicators: [Indicator] { criteria.flatMap(\.indicators) }

    /// How many indicators of the decision are not listed because no source read has their text.
    public var unlistedIndicatorCount: Int { indicatorCount - indicators.count }

    /// How many thresholds are loaded.
    public var thresholdCount: Int { indicators.reduce(0) { $0 + $1.thresholds.count } }

    /// Id of an indicator with set and version, as `318-NC:17.3@2022`.
    public func indicatorID(_ code: String) -> String { "\(id):\(code)@\(version)" }

    /// Whether the set is in force on a day.
    public func isInForce(on date: CivilDate) -> Bool {
        validFrom <= date && (validTo.map { date <= $0 } ?? true)
    }

    /// The limits of drinking water for a day: those in force, else the last loaded before it.
    public func waterLimits(on date: CivilDate) -> WaterQualityLimits? {
        let begun = waterLimits.filter { $0.validFrom <= date }
        return begun.last { $0.isInForce(on: date) } ?? begun.last
    }
}
