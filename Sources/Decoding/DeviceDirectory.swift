public import Telemetry

/// Which profile reads which device, and the sizes of the thing it sits on.
///
/// Made from the registry and given to the decoder whole; a changed registry gives a new directory.
public struct DeviceDirectory: Sendable {
    /// What is known of one device.
    public struct Assignment: Hashable, Sendable {
        /// Identifier of its profile.
        public var profile: String
        /// Values for parameters of the profile, as `bin_depth` in the parameter's unit.
        public var parameters: [String: Double]

        /// Creates an assignment.
        public init(profile: String, parameters: [String: Double] = [:]) {
            self.profile = profile
            self.parameters = parameters
        }
    }

    /// An assignment that has ended.
    struct Former: Sendable {
        let until: Instant
        let assignment: Assignment
    }

    private(set) var assignments: [String: Assignment] = [:]
    /// What was before each of them, sorted by end.
    private(set) var former: [String: [Former]] = [:]

    /// Since when boxes are at no place any more.
    private(set) var ended: [String: Instant] = [:]

    /// Creates an empty directory.
    public init() {}

    /// How many devices it has.
    public var count: Int { assignments.count }

    /// Notes a device; an address that stands already is replaced.
    ///
    /// EUIs may be written in either case and with `-` or `:` between bytes.
    public mutating func assign(_ address: String, _ assignment: Assignment) {
        assignments[Self.normalized(address)] = assignment
    }

    /// Notes what a device was until an instant: messages that arrived before it are read so, also
    /// when they are taken from the journal again.
    public mutating func assign(_ address: String, _ assignment: Assignment, until end: Instant) {
        let key = Self.normalized(address)
        former[key, default: []].append(Former(until: end, assignment: assignment))
        former[key]?.sort { $0.until < $1.until }
    }

    /// Notes that a box is at no place since an instant: what it measured before is read as ever,
    /// and what it measures from then on is that of a device which nobody knows.
    public mutating func end(_ address: String, at end: Instant) {
        ended[Self.normalized(address)] = end
    }

    /// The present assignment of an address, or nil.
    public func assignment(of address: String) -> Assignment? {
        assignments[Self.normalized(address)]
    }

    /// An EUI in lower case without dividers; any other address as it is.
    public static func normalized(_ address: String) -> String {
        let digits = address.utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ":") }
        guard digits.count == 16, digits.allSatisfy({ HexText.value($0) != nil }) else {
            return address
        }
        return String(decoding: digits.map(HexText.lowercased), as: UTF8.self)
    }
}
