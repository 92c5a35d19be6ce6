public import Telemetry

extension IndicatorFacts {
    /// What an office counted in a village or a unit on a day.
    public struct RegistryCount: Hashable, Sendable {
        /// What was counted: the key of a set, or an indicator as `318-NC:17.5`.
        public let key: String
        /// Code of the village or unit.
        public let area: String
        /// What fulfils the indicator.
        public let numerator: Double
        /// All that could; 1 where only the numerator counts.
        public let denominator: Double
        /// Day of the count.
        public let date: CivilDate
        /// Last day it may be relied upon; nil while it has no end.
        public let validTo: CivilDate?
        /// Office and document.
        public let source: String
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates a count.
        public init(
            key: String,
            area: String,
            numerator: Double,
            denominator: Double = 1,
            date: CivilDate,
            validTo: CivilDate? = nil,
            source: String = "",
            isSimulated: Bool = false
        ) {
            self.key = key
            self.area = area
            self.numerator = numerator
            self.denominator = denominator
            self.date = date
            self.validTo = validTo
            self.source = source
            self.isSimulated = isSimulated
        }
    }

    /// What an office found in a village or a unit, for a span of days.
    public struct Attestation: Hashable, Sendable {
        /// What was found: the key of a set, or an indicator as `318-NC:17.9`.
        public let key: String
        /// Code of the village or unit.
        public let area: String
        /// Whether the office found it met.
        public let passes: Bool
        /// Day of the finding.
        public let validFrom: CivilDate
        /// Last day it may be relied upon; nil while it has no end.
        public let validTo: CivilDate?
        /// Office and number of the document.
        public let document: String
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates an attestation.
        public init(
            key: String,
            area: String,
            passes: Bool,
            validFrom: CivilDate,
            validTo: CivilDate? = nil,
            document: String,
            isSimulated: Bool = false
        ) {
            self.key = key
            self.area = area
            self.passes = passes
            self.validFrom = validFrom
            self.validTo = validTo
            self.document = document
            self.isSimulated = isSimulated
        }
    }
}
