public import Telemetry

/// What an office knows about places, devices and findings: all that indicators need besides
/// samples.
///
/// Villages are the atoms. Units are made of them by dated memberships, so that figures of a unit
/// that was merged come from the numerators and denominators of its villages.
public struct IndicatorFacts: Sendable {
    /// Villages by their code.
    public var villages: [String: Village]
    /// Communes, districts and provinces, former ones among them.
    public var units: [Unit]
    /// Which village belonged to which unit, and when.
    public var memberships: [Membership]
    /// Devices by their id.
    public var devices: [String: Device]
    /// Segments of road.
    public var roads: [RoadSegment]
    /// Water supplies.
    public var supplies: [WaterSupply]
    /// Public points that are probed.
    public var points: [PublicPoint]
    /// What offices counted.
    public var counts: [RegistryCount]
    /// What offices found.
    public var attestations: [Attestation]
    /// Offset of the local day from UTC; seven hours in Vietnam.
    public var zoneOffset: Milliseconds

    /// Creates facts.
    public init(
        villages: [Village] = [],
        units: [Unit] = [],
        memberships: [Membership] = [],
        devices: [Device] = [],
        roads: [RoadSegment] = [],
        supplies: [WaterSupply] = [],
        points: [PublicPoint] = [],
        counts: [RegistryCount] = [],
        attestations: [Attestation] = [],
        zoneOffset: Milliseconds = .hours(7)
    ) {
        self.villages = Dictionary(villages.map { ($0.code, $0) }) { $1 }
        self.units = units
        self.memberships = memberships
        self.devices = Dictionary(devices.map { ($0.id, $0) }) { $1 }
        self.roads = roads
        self.supplies = supplies
        self.points = points
        self.counts = counts
        self.attestations = attestations
        self.zoneOffset = zoneOffset
    }

    /// The unit of a code; a village stands for itself when no unit has its code.
    public func unit(_ code: String) -> Unit? {
        if let unit = units.first(where: { $0.code == code }) { return unit }
        return villages[code].map { Unit(code: $0.code, name: $0.name) }
    }

    /// Codes of the villages that belong to a unit on a day; empty when it does not exist then.
    public func villageCodes(of unit: String, on date: CivilDate) -> Set<String> {
        let members = memberships.filter { $0.unit == unit && $0.holds(on: date) }.map(\.village)
        if !members.isEmpty { return Set(members) }
        return villages[unit] == nil ? [] : [unit]
    }

    /// The local day of an instant.
    public func localDate(_ instant: Instant) -> CivilDate {
        CivilDate(instant, offset: zoneOffset)
    }
}
