public import Telemetry

extension RegistrySnapshot {
    /// A place on the Earth.
    public struct Position: Hashable, Sendable {
        /// Degrees, north positive; -90 to 90.
        public let latitude: Double
        /// Degrees, east positive; -180 to 180.
        public let longitude: Double

        /// Creates a position.
        public init(
            latitude: Double,
            longitude: Double
        ) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    /// What a unit is.
    public enum UnitKind: String, CaseIterable, Hashable, Sendable {
        /// A province or a city of that rank.
        case province
        /// A district; there are none in Vietnam since 2025-07-01.
        case district
        /// A commune, a ward or a township.
        case commune
    }

    /// A commune, district or province; former ones too.
    public struct Unit: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String
        /// What it is.
        public let kind: UnitKind
        /// Its province, commune group and region as thresholds name them, in the order given.
        public let regions: [String]
        /// Its first day; nil when not known.
        public let from: CivilDate?
        /// Its last day; nil while it exists.
        public let to: CivilDate?

        /// Creates a unit.
        public init(
            code: String,
            name: String,
            kind: UnitKind,
            regions: [String] = [],
            from: CivilDate? = nil,
            to: CivilDate? = nil
        ) {
            self.code = code
            self.name = name
            self.kind = kind
            self.regions = regions
            self.from = from
            self.to = to
        }
    }

    /// A village: the atom that moves whole from unit to unit.
    public struct Village: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String
        /// Where it lies; nil when not known.
        public let position: Position?
        /// How many households it has; nil when not known.
        public let households: Int?
        /// How many people it has; nil when not known.
        public let people: Int?

        /// Creates a village.
        public init(
            code: String,
            name: String,
            position: Position? = nil,
            households: Int? = nil,
            people: Int? = nil
        ) {
            self.code = code
            self.name = name
            self.position = position
            self.households = households
            self.people = people
        }
    }

    /// A village's belonging to a unit for a span of days.
    public struct Membership: Hashable, Sendable {
        /// Code of the unit.
        public let unit: String
        /// Code of the village.
        public let village: String
        /// First day of the belonging.
        public let from: CivilDate
        /// Last day of the belonging; nil while it lasts.
        public let to: CivilDate?

        /// Creates a membership.
        public init(
            unit: String,
            village: String,
            from: CivilDate,
            to: CivilDate? = nil
        ) {
            self.unit = unit
            self.village = village
            self.from = from
            self.to = to
        }
        /// Whether the village belongs to the unit on a day.
        public func holds(on date: CivilDate) -> Bool {
            from <= date && (to.map { date <= $0 } ?? true)
        }
    }

    /// A place in a village where devices stand, as a market or a pumping station.
    public struct Site: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String
        /// Code of its village.
        public let village: String
        /// Where it lies; nil when not known.
        public let position: Position?

        /// Creates a site.
        public init(
            code: String,
            name: String,
            village: String,
            position: Position? = nil
        ) {
            self.code = code
            self.name = name
            self.village = village
            self.position = position
        }
    }

    /// A zone of a water network.
    public struct Zone: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name, as it was given.
        public let name: String

        /// Creates a zone.
        public init(
            code: String,
            name: String
        ) {
            self.code = code
            self.name = name
        }
    }
}
