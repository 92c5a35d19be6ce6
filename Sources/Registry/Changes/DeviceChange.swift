public import Telemetry

/// A change of a device that holds since an instant: another box, another place, or an end.
///
/// A device's code is that of its place, a lamp, a bin or a meter, and its series go on over a
/// change of the box. How it stood before becomes a row of the table `installations`.
public struct DeviceChange: Hashable, Sendable {
    /// What changes.
    public enum Action: Hashable, Sendable {
        /// Another box, or another meter behind it, does the work from now on; a retired device is
        /// in service again.
        case replace(Box)
        /// It stands somewhere else.
        case move(Place)
        /// It is taken out of service.
        case retire
        /// The box was registered twice, and goes on as the device of this code.
        case merge(into: String)
    }

    /// What comes in the place of the old box.
    public struct Box: Hashable, Sendable {
        /// How messages name it; nil where only the meter behind it is another one.
        public var address: String?
        /// Profile that reads it; nil for that of the old one.
        public var profile: String?
        /// Values for the profile's parameters; nil for those of the old one.
        public var parameters: [String: Double]?
        /// What the old meter's counters showed at last, by quantity and in its unit.
        public var lastIndices: [String: Double]
        /// What the new meter's counters showed at first, for the same ones.
        public var firstIndices: [String: Double]

        /// Creates a box; without indices counters begin anew, as after a reset.
        public init(
            address: String? = nil,
            profile: String? = nil,
            parameters: [String: Double]? = nil,
            lastIndices: [String: Double] = [:],
            firstIndices: [String: Double] = [:]
        ) {
            self.address = address
            self.profile = profile
            self.parameters = parameters
            self.lastIndices = lastIndices
            self.firstIndices = firstIndices
        }
    }

    /// Where it stands from now on; what is nil stays as it is, unless the village is another one:
    /// then it is not known any more.
    public struct Place: Hashable, Sendable {
        /// Code of the village; that of the site where only the site is given.
        public var village: String?
        /// Code of the site.
        public var site: String?
        /// Code of the feeder.
        public var feeder: String?
        /// Code of the route.
        public var route: String?
        /// Code of the zone.
        public var zone: String?
        /// Where it lies.
        public var position: RegistrySnapshot.Position?

        /// Creates a place.
        public init(
            village: String? = nil,
            site: String? = nil,
            feeder: String? = nil,
            route: String? = nil,
            zone: String? = nil,
            position: RegistrySnapshot.Position? = nil
        ) {
            self.village = village
            self.site = site
            self.feeder = feeder
            self.route = route
            self.zone = zone
            self.position = position
        }
    }

    /// Code of the device.
    public let device: String
    /// What changes.
    public let action: Action
    /// Since when, which lies neither in the future nor before the device's last change.
    public let since: Instant
    /// Who decided; 1 to 500 bytes.
    public let person: String
    /// Why; 1 to 500 bytes.
    public let reason: String

    /// Creates a change.
    public init(
        _ device: String,
        _ action: Action,
        since: Instant,
        by person: String,
        reason: String
    ) {
        self.device = device
        self.action = action
        self.since = since
        self.person = person
        self.reason = reason
    }

    /// The change as a verb: `replace`, `move`, `retire` or `merge`.
    public var verb: String {
        switch action {
        case .replace: "replace"
        case .move: "move"
        case .retire: "retire"
        case .merge: "merge"
        }
    }

    /// What it ends the present installation by.
    var ending: RegistrySnapshot.Ending {
        switch action {
        case .replace: .replaced
        case .move: .moved
        case .retire: .retired
        case .merge: .merged
        }
    }

    func refusal(_ code: DeviceChangeNoteCode, _ values: String...) -> RegistryError {
        let reason = DeviceChangeNote(code, values)
        return .changeRefused(change: verb, device: device, reasons: [reason])
    }
}

extension RegistrySnapshot.DeviceKind {
    /// The counter that an index without a name means; nil where there is no usual one.
    public var usualCounter: String? {
        switch self {
        case .waterMeter: "water.volume"
        case .feeder: "feeder.energy"
        case .lamp: "lamp.energy"
        default: nil
        }
    }
}
