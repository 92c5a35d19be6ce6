internal import Telemetry

/// The commune that is simulated: who stands where and hangs on what.
struct SimulatedCommune: Sendable {
    struct Village: Sendable {
        let code: String
        let name: String
        let latitude: Double
        let longitude: Double
        let households: Int
        let people: Int
    }

    struct Feeder: Sendable {
        let code: String
        let name: String
        let site: String
        let village: String
        let programme: LightingProgramme
    }

    /// Code and name of the only unit.
    static let code = "mo-phong"
    static let name = "Xã Mô Phỏng"
    /// Where the commune lies: among hills inland of the coast, where no commune has this name.
    static let latitude = 21.53
    static let longitude = 107.40

    let size: DeploymentSize
    let start: Instant
    let now: Instant
    let zoneOffset: Milliseconds
    let noise: SeededNoise
    let villages: [Village]
    let feeders: [Feeder]
    let routes: [CollectionRoute]
    private(set) var devices: [SimulatedDevice]
    /// Places of each kind among the devices.
    private let ranges: [Range<Int>]

    init(
        seed: UInt64,
        start: Instant,
        now: Instant,
        zoneOffset: Milliseconds,
        size: DeploymentSize
    ) {
        self.size = size
        self.start = start
        self.now = now
        self.zoneOffset = zoneOffset
        noise = SeededNoise(seed: seed)
        villages = Self.villages(size.villages)
        feeders = Self.feeders(size, villages, zoneOffset)
        routes = [
            CollectionRoute(
                code: "MP-THU-GOM-1",
                name: "Tuyến thu gom khu dân cư",
                weekdays: [1, 3, 5],
                hours: 7..<11,
                zoneOffset: zoneOffset
            ),
            CollectionRoute(
                code: "MP-THU-GOM-2",
                name: "Tuyến thu gom chợ và trường học",
                weekdays: Set(0...6),
                hours: 4..<6,
                zoneOffset: zoneOffset
            ),
        ]
        var devices: [SimulatedDevice] = []
        var ranges: [Range<Int>] = []
        for kind in SimulatedDevice.Kind.allCases {
            let count = Self.count(of: kind, size)
            let first = devices.count
            devices += (0..<count).map {
                SimulatedDevice(ordinal: first + $0, kind: kind, number: $0 + 1)
            }
            ranges.append(first..<devices.count)
        }
        self.devices = devices
        self.ranges = ranges
        for ordinal in devices.indices { describe(&self.devices[ordinal]) }
    }

    /// The devices of a kind.
    func members(_ kind: SimulatedDevice.Kind) -> ArraySlice<SimulatedDevice> {
        devices[ranges[kind.rawValue]]
    }

    /// The device of a number, counted from 1; nil when there are not so many.
    func device(_ kind: SimulatedDevice.Kind, _ number: Int) -> SimulatedDevice? {
        let range = ranges[kind.rawValue]
        return (1...max(range.count, 1)).contains(number) && !range.isEmpty
            ? devices[range.lowerBound + number - 1] : nil
    }

    /// The device of a running number that goes round and round; nil when there is none.
    func member(_ kind: SimulatedDevice.Kind, _ number: Int64) -> SimulatedDevice? {
        let range = ranges[kind.rawValue]
        guard !range.isEmpty else { return nil }
        let rest = Int(number % Int64(range.count))
        return devices[range.lowerBound + (rest < 0 ? rest + range.count : rest)]
    }

    /// Which circuit a lamp hangs on, counted from 0.
    func feederIndex(ofLamp ordinal: Int) -> Int { ordinal / DeploymentSize.lampsPerFeeder }

    /// The programme of a lamp's circuit.
    func programme(ofLamp ordinal: Int) -> LightingProgramme? {
        let index = feederIndex(ofLamp: ordinal)
        return feeders.indices.contains(index) ? feeders[index].programme : nil
    }

    private static func count(of kind: SimulatedDevice.Kind, _ size: DeploymentSize) -> Int {
        switch kind {
        case .lamp: size.lamps
        case .feeder: size.feeders
        case .bin: size.bins
        case .meter: size.meters
        case .inflow: size.zones
        case .pressure: size.pressureSensors
        case .tank: size.tanks
        case .station: size.qualityStations
        case .point: size.points
        }
    }

    private static func villages(_ count: Int) -> [Village] {
        let people = [612, 548, 430]
        let households = [158, 141, 112]
        return (0..<count).map { index in
            let north = 0.012 * Double(index % 10)
            let east = 0.015 * Double(index / 10) + 0.006 * Double(index % 3)
            return Village(
                code: "mp-\(index + 1)",
                name: "Thôn Mô Phỏng \(index + 1)",
                latitude: latitude + north,
                longitude: longitude + east,
                households: households[index % 3],
                people: people[index % 3]
            )
        }
    }

    private static func feeders(
        _ size: DeploymentSize,
        _ villages: [Village],
        _ zoneOffset: Milliseconds
    ) -> [Feeder] {
        (0..<size.feeders).map { index in
            let village = villages[index * villages.count / size.feeders]
            let number = SimulatedDevice.padded(index + 1, 2)
            // Circuit 4 has a time switch, circuit 5 burns late at half power.
            let mode: LightingProgramme.Mode =
                switch index % 5 {
                case 3: .clock(on: 18 * 60, off: 5 * 60 + 30)
                case 4: .sun(on: 0, off: 0)
                default: .sun(on: 10, off: 10)
                }
            return Feeder(
                code: "MP-TUYEN-\(number)",
                name: "Tuyến chiếu sáng \(index + 1)",
                site: "MP-DIEM-TU-\(number)",
                village: village.code,
                programme: LightingProgramme(
                    mode: mode,
                    lateLevel: index % 5 == 4 ? 50 : 100,
                    sun: SolarPosition(
                        latitude: village.latitude,
                        longitude: village.longitude
                    ),
                    zoneOffset: zoneOffset
                )
            )
        }
    }
}
