/// A change of a registered device, as `POST /api/langso/v1/devices/change` takes it.
///
/// Which members count depends on the change; the others are passed over.
public struct DeviceChangeRequest: Codable, Sendable {
    /// `replace`, `move`, `retire` or `merge`.
    public var change: String
    /// Code of the device.
    public var device: String
    /// Since when, RFC 3339; now unless given.
    public var at: String?
    /// Who decides.
    public var by: String
    /// Why.
    public var reason: String
    /// Address of the new box; that of the old one unless given. (replace)
    public var address: String?
    /// Profile of the new box; that of the old one unless given. (replace)
    public var profile: String?
    /// Sizes of what the new box sits on; those of the old one unless given. (replace)
    public var parameters: [String: Double]?
    /// What counters of the old meter showed at last, by quantity in its unit; an empty name is the
    /// usual one of the kind of device. (replace)
    public var oldIndices: [String: Double]?
    /// What those of the new meter showed at first. (replace)
    public var newIndices: [String: Double]?
    /// Code of the village. (move)
    public var village: String?
    /// Code of the site. (move)
    public var site: String?
    /// Code of the feeder. (move)
    public var feeder: String?
    /// Code of the route. (move)
    public var route: String?
    /// Code of the zone. (move)
    public var zone: String?
    /// Degrees north; together with the longitude. (move)
    public var latitude: Double?
    /// Degrees east. (move)
    public var longitude: Double?
    /// Code of the device that it goes on as. (merge)
    public var into: String?
    /// Whether to write nothing and only tell.
    public var dryRun: Bool?

    /// Creates a request.
    public init(change: String, device: String, by: String, reason: String) {
        self.change = change
        self.device = device
        self.by = by
        self.reason = reason
    }
}

/// What a change of a device did, or would do.
public struct DeviceChangeView: Codable, Sendable {
    /// A column that differs from the change on.
    public struct Difference: Codable, Sendable {
        /// Name of the column.
        public var column: String
        /// What stood; empty for nothing.
        public var before: String
        /// What stands from now on; empty for nothing.
        public var after: String

        /// Creates a difference.
        public init(column: String, before: String, after: String) {
            self.column = column
            self.before = before
            self.after = after
        }
    }

    /// Whether the registry has taken it.
    public var written: Bool
    /// `replace`, `move`, `retire` or `merge`.
    public var change: String
    /// Code of the device.
    public var device: String
    /// Since when, RFC 3339.
    public var at: String
    /// What differs.
    public var differences: [Difference]
    /// What is added to each counter from then on, by quantity in its unit.
    public var counterOffsets: [String: Double]
    /// Messages that were decoded because the box is known now, or whose readings were stored
    /// again, with those that wait for their codecs; nil where no gateway runs on the data, or
    /// where others are still being stored again.
    public var decoded: Int?
    /// What is odd, or left to do.
    public var warnings: [NoteView]

    /// Creates the view.
    public init(
        written: Bool,
        change: String,
        device: String,
        at: String,
        differences: [Difference],
        counterOffsets: [String: Double],
        decoded: Int? = nil,
        warnings: [NoteView] = []
    ) {
        self.written = written
        self.change = change
        self.device = device
        self.at = at
        self.differences = differences
        self.counterOffsets = counterOffsets
        self.decoded = decoded
        self.warnings = warnings
    }
}

/// Why a device was not changed: what is wrong, what to do.
public struct DeviceChangeRefusal: Error, Sendable, CustomStringConvertible {
    /// What was asked for, as `replace`.
    public let change: String
    /// Code of the device.
    public let device: String
    /// What is wrong, and what to do; one at least.
    public let notes: [NoteView]

    /// Creates a refusal.
    public init(_ change: String, _ device: String, _ notes: [NoteView]) {
        self.change = change
        self.device = device
        self.notes = notes
    }

    /// All sentences.
    public var description: String {
        "cannot \(change) \(device): " + notes.map(\.words).joined(separator: "; ")
    }
}
