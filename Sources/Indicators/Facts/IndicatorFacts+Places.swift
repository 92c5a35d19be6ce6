public import Telemetry

extension IndicatorFacts {
    /// A village with its people.
    public struct Village: Hashable, Sendable {
        /// Its code, as series carry it in the label `village`.
        public let code: String
        /// Its name.
        public let name: String
        /// How many households it has; nil when not known.
        public let households: Int?
        /// How many people it has; nil when not known.
        public let people: Int?

        /// Creates a village.
        public init(
            code: String,
            name: String = "",
            households: Int? = nil,
            people: Int? = nil
        ) {
            self.code = code
            self.name = name
            self.households = households
            self.people = people
        }
    }

    /// A commune, district or province that is judged.
    public struct Unit: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Its name.
        public let name: String
        /// Its province, commune group and region as thresholds name them, most particular first.
        public let regions: [String]

        /// Creates a unit.
        public init(code: String, name: String = "", regions: [String] = []) {
            self.code = code
            self.name = name
            self.regions = regions
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
        public init(unit: String, village: String, from: CivilDate, to: CivilDate? = nil) {
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

    /// A device that stands behind an indicator.
    public struct Device: Hashable, Sendable {
        /// Its id, as series carry it in the label `device`.
        public let id: String
        /// Its village.
        public let village: String
        /// Its feeder; nil when it has none, as a solar lamp.
        public let feeder: String?
        /// How often it reports; nil when not known.
        public let expectedInterval: Milliseconds?
        /// Whether it is simulated.
        public let isSimulated: Bool

        /// Creates a device.
        public init(
            id: String,
            village: String,
            feeder: String? = nil,
            expectedInterval: Milliseconds? = nil,
            isSimulated: Bool = false
        ) {
            self.id = id
            self.village = village
            self.feeder = feeder
            self.expectedInterval = expectedInterval
            self.isSimulated = isSimulated
        }
    }

    /// A segment of road with its lamps.
    public struct RoadSegment: Hashable, Sendable {
        /// Its id.
        public let id: String
        /// Its village.
        public let village: String
        /// Class of the road, as `commune` or `village`.
        public let roadClass: String
        /// Its length in kilometres.
        public let lengthKilometres: Double
        /// Ids of its lamps in their order along the road; empty when it has none.
        public let lamps: [String]

        /// Creates a segment.
        public init(
            id: String,
            village: String,
            roadClass: String,
            lengthKilometres: Double,
            lamps: [String] = []
        ) {
            self.id = id
            self.village = village
            self.roadClass = roadClass
            self.lengthKilometres = lengthKilometres
            self.lamps = lamps
        }
    }

    /// A public point that is probed, as a wifi point.
    public struct PublicPoint: Hashable, Sendable {
        /// Id of the device that stands for it.
        public let device: String
        /// Its village.
        public let village: String
        /// Its kind, as `wifi` or `camera`.
        public let kind: String

        /// Creates a point.
        public init(device: String, village: String, kind: String) {
            self.device = device
            self.village = village
            self.kind = kind
        }
    }
}
