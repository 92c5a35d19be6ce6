/// How many devices of each kind a simulated deployment has.
public struct DeploymentSize: Hashable, Sendable {
    /// Street lamps; twelve hang on a circuit, which has a meter beside.
    public var lamps: Int
    /// Waste bins, on two routes.
    public var bins: Int
    /// Water meters: two for bulk water, the others of households.
    public var meters: Int
    /// Loggers of zone inflow, one a zone.
    public var zones: Int
    /// Pressure sensors.
    public var pressureSensors: Int
    /// Tanks.
    public var tanks: Int
    /// Stations of water quality.
    public var qualityStations: Int
    /// Public wifi points.
    public var points: Int
    /// Villages.
    public var villages: Int

    /// Lamps on one circuit.
    static let lampsPerFeeder = 12
    /// Most devices of a deployment.
    public static let maximumDevices = 10_000

    /// Creates a size; what is not given is as in ``village``.
    ///
    /// - Precondition: no number is negative, there is a village, and there are at most
    ///   ``maximumDevices`` devices.
    public init(
        lamps: Int,
        bins: Int = 9,
        meters: Int = 6,
        zones: Int = 2,
        pressureSensors: Int = 3,
        tanks: Int = 2,
        qualityStations: Int = 2,
        points: Int = 3,
        villages: Int = 3
    ) {
        self.lamps = lamps
        self.bins = bins
        self.meters = meters
        self.zones = zones
        self.pressureSensors = pressureSensors
        self.tanks = tanks
        self.qualityStations = qualityStations
        self.points = points
        self.villages = villages
        let counts = [lamps, bins, meters, zones, pressureSensors, tanks, qualityStations, points]
        precondition(counts.allSatisfy { $0 >= 0 }, "a count of devices is negative")
        precondition(villages > 0, "a deployment has at least one village")
        precondition(deviceCount <= Self.maximumDevices, "too many devices: \(deviceCount)")
    }

    /// The deployment of the demonstration: three villages, 60 lamps on 5 circuits, 9 bins, 15
    /// devices of water, 3 wifi points.
    ///
    /// Fourteen days are about 122 000 messages and 101 MB of payload.
    public static let village = DeploymentSize(lamps: 60)

    /// Lighting circuits, each with a meter.
    public var feeders: Int { (lamps + Self.lampsPerFeeder - 1) / Self.lampsPerFeeder }

    /// All devices.
    public var deviceCount: Int {
        lamps + feeders + bins + meters + zones + pressureSensors + tanks + qualityStations
            + points
    }
}
