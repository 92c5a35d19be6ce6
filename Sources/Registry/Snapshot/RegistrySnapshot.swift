public import Telemetry

/// Everything in the registry at one moment, as plain values that never change.
///
/// Arrays are sorted by code, or by the codes and days that tell their items apart. Looking up by
/// code costs one hash. Nothing in it is checked again: values that the import would refuse answer
/// as they can.
public struct RegistrySnapshot: Sendable {
    /// Communes, districts and provinces, former ones among them.
    public let units: [Unit]
    /// Villages.
    public let villages: [Village]
    /// Which village belonged to which unit and when, by unit, village and first day.
    public let memberships: [Membership]
    /// Sites.
    public let sites: [Site]
    /// Feeders.
    public let feeders: [Feeder]
    /// Lighting programmes, by feeder and first day.
    public let lightingProgrammes: [LightingProgramme]
    /// Routes.
    public let routes: [Route]
    /// Calendars of collection, by route, first day and start.
    public let collections: [Collection]
    /// Zones.
    public let zones: [Zone]
    /// Devices.
    public let devices: [Device]
    /// Installations of devices that have ended, by device and end.
    public let endedInstallations: [EndedInstallation]
    /// Segments of road.
    public let roads: [RoadSegment]
    /// Water supplies.
    public let supplies: [WaterSupply]
    /// Results of laboratories, by supply, first day and document.
    public let laboratoryResults: [LaboratoryResult]
    /// Public points, by device.
    public let points: [PublicPoint]
    /// What offices counted, by key, area and day.
    public let counts: [RegistryCount]
    /// What offices found, by key, area and first day.
    public let attestations: [Attestation]

    /// How often devices report, as it was learned, by their codes.
    public internal(set) var learnedIntervals: [String: Milliseconds] = [:]
    /// How often devices of a profile report, by its identifier; empty until profiles are known.
    public var profileIntervals: [String: Milliseconds] = [:]

    private let index: SnapshotIndex

    /// Creates a snapshot; arrays are sorted, and of two items with one code the last stands in
    /// look-ups.
    public init(
        units: [Unit] = [],
        villages: [Village] = [],
        memberships: [Membership] = [],
        sites: [Site] = [],
        feeders: [Feeder] = [],
        lightingProgrammes: [LightingProgramme] = [],
        routes: [Route] = [],
        collections: [Collection] = [],
        zones: [Zone] = [],
        devices: [Device] = [],
        endedInstallations: [EndedInstallation] = [],
        roads: [RoadSegment] = [],
        supplies: [WaterSupply] = [],
        laboratoryResults: [LaboratoryResult] = [],
        points: [PublicPoint] = [],
        counts: [RegistryCount] = [],
        attestations: [Attestation] = []
    ) {
        self.units = units.sorted { $0.code < $1.code }
        self.villages = villages.sorted { $0.code < $1.code }
        self.memberships = memberships.sorted {
            ($0.unit, $0.village, $0.from) < ($1.unit, $1.village, $1.from)
        }
        self.sites = sites.sorted { $0.code < $1.code }
        self.feeders = feeders.sorted { $0.code < $1.code }
        self.lightingProgrammes = lightingProgrammes.sorted {
            ($0.feeder, $0.from) < ($1.feeder, $1.from)
        }
        self.routes = routes.sorted { $0.code < $1.code }
        self.collections = collections.sorted {
            ($0.route, $0.from, $0.start, $0.end) < ($1.route, $1.from, $1.start, $1.end)
        }
        self.zones = zones.sorted { $0.code < $1.code }
        self.devices = devices.sorted { $0.code < $1.code }
        self.endedInstallations = endedInstallations.sorted {
            ($0.device, $0.until) < ($1.device, $1.until)
        }
        self.roads = roads.sorted { $0.code < $1.code }
        self.supplies = supplies.sorted { $0.code < $1.code }
        self.laboratoryResults = laboratoryResults.sorted {
            ($0.supply, $0.from, $0.document) < ($1.supply, $1.from, $1.document)
        }
        self.points = points.sorted { $0.device < $1.device }
        self.counts = counts.sorted { ($0.key, $0.area, $0.date) < ($1.key, $1.area, $1.date) }
        self.attestations = attestations.sorted {
            ($0.key, $0.area, $0.from) < ($1.key, $1.area, $1.from)
        }
        index = SnapshotIndex(
            units: self.units,
            villages: self.villages,
            memberships: self.memberships,
            sites: self.sites,
            feeders: self.feeders,
            programmes: self.lightingProgrammes,
            collections: self.collections,
            devices: self.devices,
            endedInstallations: self.endedInstallations
        )
    }

    // MARK: By code

    /// The unit of a code, or nil.
    public func unit(_ code: String) -> Unit? { index.units[code].map { units[$0] } }

    /// The village of a code, or nil.
    public func village(_ code: String) -> Village? { index.villages[code].map { villages[$0] } }

    /// The site of a code, or nil.
    public func site(_ code: String) -> Site? { index.sites[code].map { sites[$0] } }

    /// The feeder of a code, or nil.
    public func feeder(_ code: String) -> Feeder? { index.feeders[code].map { feeders[$0] } }

    /// The device of a code, or nil.
    public func device(_ code: String) -> Device? { index.devices[code].map { devices[$0] } }

    /// The device that messages name by an address, or nil.
    ///
    /// EUIs may be written in either case and with `-` or `:` between bytes.
    public func device(address: String) -> Device? {
        index.addresses[DeviceAddress.normalized(address)].map { devices[$0] }
    }

    /// How a device stood before each of its changes, in the order of their ends; empty for one
    /// that was never changed.
    public func endedInstallations(of device: String) -> [EndedInstallation] {
        index.installationsOfDevice[device].map { $0.map { endedInstallations[$0] } } ?? []
    }

    // MARK: By day

    /// The unit of a kind to which a village belongs on a day.
    ///
    /// - Parameters:
    ///   - village: code of the village.
    ///   - date: the local day.
    ///   - kind: which kind of unit; the commune unless given.
    /// - Returns: nil when it belongs to none that day.
    public func unit(
        of village: String,
        on date: CivilDate,
        kind: UnitKind = .commune
    ) -> Unit? {
        let places = index.membershipsOfVillage[village] ?? []
        return places.lazy.map { memberships[$0] }.filter { $0.holds(on: date) }
            .compactMap { unit($0.unit) }.first { $0.kind == kind }
    }

    /// Villages that belong to a unit on a day, sorted by code; empty when it has none then.
    public func villages(of unit: String, on date: CivilDate) -> [Village] {
        let places = index.membershipsOfUnit[unit] ?? []
        return places.map { memberships[$0] }.filter { $0.holds(on: date) }
            .compactMap { village($0.village) }
    }

    /// The lighting programme of a feeder that begins on a day's evening.
    ///
    /// Nil before its first one, and for a feeder without any: it is lit from sunset to sunrise
    /// then.
    public func programme(of feeder: String, on date: CivilDate) -> LightingProgramme? {
        let places = index.programmesOfFeeder[feeder] ?? []
        return places.last { lightingProgrammes[$0].from <= date }.map { lightingProgrammes[$0] }
    }

    /// The calendars of collection of a route that hold on a day, sorted by start.
    public func collections(of route: String, on date: CivilDate) -> [Collection] {
        let places = index.collectionsOfRoute[route] ?? []
        return places.map { collections[$0] }.filter { collection in
            collection.from <= date && (collection.to.map { date <= $0 } ?? true)
                && collection.weekdays.contains(Weekday(date))
        }
    }
}
