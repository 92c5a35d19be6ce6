public import Telemetry

extension RegistrySnapshot {
    /// What a device watches.
    public enum DeviceKind: String, CaseIterable, Hashable, Sendable {
        /// A street lamp.
        case lamp
        /// The cabinet of a feeder.
        case feeder
        /// A bin.
        case bin
        /// A meter that counts volume.
        case waterMeter = "water_meter"
        /// A flow in a pipe.
        case waterFlow = "water_flow"
        /// A pressure in a pipe.
        case waterPressure = "water_pressure"
        /// A tank's level.
        case waterTank = "water_tank"
        /// The quality of water.
        case waterQuality = "water_quality"
        /// A public point, as of wifi.
        case point
        /// Anything else.
        case other
    }

    /// A box in a field.
    public struct Device: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// How messages name it, an EUI as 16 lower-case digits; nil when no message does.
        public let address: String?
        /// Its name, as it was given; nil when it has none.
        public let name: String?
        /// What it watches.
        public let kind: DeviceKind
        /// Identifier of the profile that reads it; nil when not known.
        public let profile: String?
        /// Values for parameters of the profile, as `bin_depth` in the parameter's unit.
        public let parameters: [String: Double]
        /// Code of its village.
        public let village: String
        /// Code of its site.
        public let site: String?
        /// Code of its feeder; nil when it has none, as a solar lamp.
        public let feeder: String?
        /// Code of the route that empties it.
        public let route: String?
        /// Code of its zone.
        public let zone: String?
        /// Where it lies; nil when not known.
        public let position: Position?
        /// How often it reports; nil when not known.
        public let expectedInterval: Milliseconds?
        /// Power that it takes at full light; nil when not known.
        public let nominalPowerWatts: Double?
        /// Share from which a bin counts as full, 0 to 1; nil for the rules' own.
        public let fullnessThresholdRatio: Double?
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates a device.
        public init(
            code: String,
            address: String? = nil,
            name: String? = nil,
            kind: DeviceKind,
            profile: String? = nil,
            parameters: [String: Double] = [:],
            village: String,
            site: String? = nil,
            feeder: String? = nil,
            route: String? = nil,
            zone: String? = nil,
            position: Position? = nil,
            expectedInterval: Milliseconds? = nil,
            nominalPowerWatts: Double? = nil,
            fullnessThresholdRatio: Double? = nil,
            isSimulated: Bool = false
        ) {
            self.code = code
            self.address = address
            self.name = name
            self.kind = kind
            self.profile = profile
            self.parameters = parameters
            self.village = village
            self.site = site
            self.feeder = feeder
            self.route = route
            self.zone = zone
            self.position = position
            self.expectedInterval = expectedInterval
            self.nominalPowerWatts = nominalPowerWatts
            self.fullnessThresholdRatio = fullnessThresholdRatio
            self.isSimulated = isSimulated
        }
    }

    /// A segment of road with its lamps.
    public struct RoadSegment: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Code of its village.
        public let village: String
        /// Class of the road, as `commune` or `village`.
        public let roadClass: String
        /// Its length in kilometres; more than 0.
        public let lengthKilometres: Double
        /// Codes of its lamps in their order along the road; empty when it has none.
        public let lamps: [String]

        /// Creates a segment.
        public init(
            code: String,
            village: String,
            roadClass: String,
            lengthKilometres: Double,
            lamps: [String] = []
        ) {
            self.code = code
            self.village = village
            self.roadClass = roadClass
            self.lengthKilometres = lengthKilometres
            self.lamps = lamps
        }
    }

    /// A public point that is probed, as a wifi point.
    public struct PublicPoint: Hashable, Sendable {
        /// Code of the device that stands for it.
        public let device: String
        /// Code of its village.
        public let village: String
        /// Its kind, as `wifi` or `camera`.
        public let kind: String

        /// Creates a point.
        public init(
            device: String,
            village: String,
            kind: String
        ) {
            self.device = device
            self.village = village
            self.kind = kind
        }
    }
}
