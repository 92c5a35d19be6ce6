public import Telemetry

extension RegistrySnapshot {
    /// A central water supply with those it serves and the devices that watch it.
    public struct WaterSupply: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String
        /// Villages that it serves, sorted by code.
        public let villages: [ServedVillage]
        /// Codes of the meters whose volumes add up to what it delivers, sorted.
        public let meters: [String]
        /// Codes of the devices that measure the quality of its water, sorted.
        public let qualityDevices: [String]
        /// Share of the metered volume that is lost, 0 to 1; nil when meters stand where water is
        /// delivered.
        public let lossShare: Double?
        /// Whether the water is disinfected with chlorine.
        public let isChlorinated: Bool

        /// Creates a supply.
        public init(
            code: String,
            name: String,
            villages: [ServedVillage] = [],
            meters: [String] = [],
            qualityDevices: [String] = [],
            lossShare: Double? = nil,
            isChlorinated: Bool
        ) {
            self.code = code
            self.name = name
            self.villages = villages
            self.meters = meters
            self.qualityDevices = qualityDevices
            self.lossShare = lossShare
            self.isChlorinated = isChlorinated
        }
    }

    /// What a supply serves in a village.
    public struct ServedVillage: Hashable, Sendable {
        /// Code of its village.
        public let village: String
        /// Connected households; nil when not known.
        public let households: Int?
        /// People served; nil when not known.
        public let people: Int?

        /// Creates a served village.
        public init(
            village: String,
            households: Int? = nil,
            people: Int? = nil
        ) {
            self.village = village
            self.households = households
            self.people = people
        }
    }

    /// A laboratory's result for the water of a supply.
    public struct LaboratoryResult: Hashable, Sendable {
        /// Code of the supply.
        public let supply: String
        /// Whether every parameter kept its limit.
        public let passes: Bool
        /// Day it was issued.
        public let from: CivilDate
        /// Last day it may be relied upon.
        public let to: CivilDate
        /// Laboratory and number of the report.
        public let document: String
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates a result.
        public init(
            supply: String,
            passes: Bool,
            from: CivilDate,
            to: CivilDate,
            document: String,
            isSimulated: Bool = false
        ) {
            self.supply = supply
            self.passes = passes
            self.from = from
            self.to = to
            self.document = document
            self.isSimulated = isSimulated
        }
    }

    /// What an office counted in a village or a unit on a day.
    public struct RegistryCount: Hashable, Sendable {
        /// What was counted: the key of a set, or an indicator as `318-NC:17.5`.
        public let key: String
        /// Code of the village or unit.
        public let area: String
        /// What fulfils the indicator.
        public let numerator: Double
        /// All that could; nil where only the numerator counts.
        public let denominator: Double?
        /// Day of the count.
        public let date: CivilDate
        /// Last day it may be relied upon; nil while it has no end.
        public let validTo: CivilDate?
        /// Office and document; nil when not said.
        public let source: String?
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates a count.
        public init(
            key: String,
            area: String,
            numerator: Double,
            denominator: Double? = nil,
            date: CivilDate,
            validTo: CivilDate? = nil,
            source: String? = nil,
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
        public let from: CivilDate
        /// Last day it may be relied upon; nil while it has no end.
        public let to: CivilDate?
        /// Office and number of the document.
        public let document: String
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates an attestation.
        public init(
            key: String,
            area: String,
            passes: Bool,
            from: CivilDate,
            to: CivilDate? = nil,
            document: String,
            isSimulated: Bool = false
        ) {
            self.key = key
            self.area = area
            self.passes = passes
            self.from = from
            self.to = to
            self.document = document
            self.isSimulated = isSimulated
        }
    }
}
