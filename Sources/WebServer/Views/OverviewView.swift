/// What the first page shows, as `GET /api/langso/v1/overview` gives it.
///
/// Times are RFC 3339 in UTC. Shares are 0 to 1. What has no data is null, never zero; in JSON such
/// a member is left out.
public struct OverviewView: Codable, Sendable {
    /// Name of the deployment.
    public var name: String
    /// Whether any device of it is simulated: pages then show MÔ PHỎNG / SIMULATED.
    public var isSimulated: Bool
    /// When the figures were taken.
    public var time: String
    /// Whether the history is being filled, 0 to 1; null when it is not.
    public var fillProgress: Double?
    /// How much is stored again of what changes of devices gave another meaning, 0 to 1; null when
    /// nothing is to be.
    public var retakingProgress: Double?
    /// Connection to the broker.
    public var broker: BrokerView
    /// What the store holds.
    public var store: StoreView
    /// Figures of each kind of service.
    public var services: [ServiceView]
    /// Villages with their figures, sorted by unit and name.
    public var villages: [VillageView]
    /// Open alerts by severity: keys critical, major, minor, warning.
    public var openAlerts: [String: Int]
    /// Messages that could not be decoded, by reason.
    public var undecoded: [String: Int]

    /// Creates the view.
    public init(
        name: String,
        isSimulated: Bool,
        time: String,
        fillProgress: Double?,
        retakingProgress: Double? = nil,
        broker: BrokerView,
        store: StoreView,
        services: [ServiceView],
        villages: [VillageView],
        openAlerts: [String: Int],
        undecoded: [String: Int]
    ) {
        self.name = name
        self.isSimulated = isSimulated
        self.time = time
        self.fillProgress = fillProgress
        self.retakingProgress = retakingProgress
        self.broker = broker
        self.store = store
        self.services = services
        self.villages = villages
        self.openAlerts = openAlerts
        self.undecoded = undecoded
    }
}

/// The connection to the broker.
public struct BrokerView: Codable, Sendable {
    /// `connected`, `connecting`, `waiting` or `stopped`.
    public var state: String
    /// Host and port.
    public var address: String
    /// When the last message came, RFC 3339; null before the first.
    public var lastMessageAt: String?
    /// Messages received since start.
    public var messages: Int
    /// What went wrong last, with what to do; null when nothing did.
    public var lastError: String?

    /// Creates the view.
    public init(
        state: String,
        address: String,
        lastMessageAt: String?,
        messages: Int,
        lastError: String?
    ) {
        self.state = state
        self.address = address
        self.lastMessageAt = lastMessageAt
        self.messages = messages
        self.lastError = lastError
    }
}

/// What the store holds.
public struct StoreView: Codable, Sendable {
    /// Number of series.
    public var series: Int
    /// Number of samples kept.
    public var samples: Int
    /// Time of the oldest sample, RFC 3339; null when empty.
    public var oldest: String?
    /// Time of the newest sample, RFC 3339; null when empty.
    public var newest: String?
    /// Bytes in use of the raw tier.
    public var usedBytes: Int
    /// Bytes allocated to the raw tier.
    public var budgetBytes: Int

    /// Creates the view.
    public init(
        series: Int,
        samples: Int,
        oldest: String?,
        newest: String?,
        usedBytes: Int,
        budgetBytes: Int
    ) {
        self.series = series
        self.samples = samples
        self.oldest = oldest
        self.newest = newest
        self.usedBytes = usedBytes
        self.budgetBytes = budgetBytes
    }
}

/// Figures of one kind of service.
public struct ServiceView: Codable, Sendable {
    /// `lighting`, `waste` or `water`.
    public var kind: String
    /// Devices of the kind.
    public var devices: Int
    /// Devices heard of in time.
    public var devicesUp: Int
    /// Figures to show, in order.
    public var figures: [FigureView]
    /// Whether simulated devices are among them.
    public var isSimulated: Bool

    /// Creates the view.
    public init(
        kind: String,
        devices: Int,
        devicesUp: Int,
        figures: [FigureView],
        isSimulated: Bool = false
    ) {
        self.kind = kind
        self.devices = devices
        self.devicesUp = devicesUp
        self.figures = figures
        self.isSimulated = isSimulated
    }
}

/// One figure with its name in both languages.
public struct FigureView: Codable, Sendable {
    /// Stable name, as `lamps_on`.
    public var id: String
    /// Name in Vietnamese.
    public var nameVi: String
    /// Name in English.
    public var nameEn: String
    /// Value; null when there is no data.
    public var value: Double?
    /// Unit as shown, as `W` or `%`; empty for a count.
    public var unit: String

    /// Creates the view.
    public init(id: String, nameVi: String, nameEn: String, value: Double?, unit: String) {
        self.id = id
        self.nameVi = nameVi
        self.nameEn = nameEn
        self.value = value
        self.unit = unit
    }
}

/// A village on the first page.
public struct VillageView: Codable, Sendable {
    /// Code, the value of the label `village`.
    public var code: String
    /// Name as shown.
    public var name: String
    /// Name of the unit it belongs to today.
    public var unit: String
    /// Latitude in degrees; null when not registered.
    public var latitude: Double?
    /// Longitude in degrees; null when not registered.
    public var longitude: Double?
    /// Lamps giving light now; null when none has reported for an hour.
    public var lampsOn: Int?
    /// Lamps registered.
    public var lamps: Int
    /// Whether lamps are expected to be lit now; null when unknown.
    public var lampsExpected: Bool?
    /// Highest bin fill, 0 to 1; null without data.
    public var fullestBin: Double?
    /// Bins registered.
    public var bins: Int
    /// Water delivered in the last 24 h in m³; null without data.
    public var waterCubicMetresPerDay: Double?
    /// Open alerts.
    public var openAlerts: Int
    /// Whether simulated devices are among its own.
    public var isSimulated: Bool

    /// Creates the view.
    public init(
        code: String,
        name: String,
        unit: String,
        latitude: Double?,
        longitude: Double?,
        lampsOn: Int?,
        lamps: Int,
        lampsExpected: Bool?,
        fullestBin: Double?,
        bins: Int,
        waterCubicMetresPerDay: Double?,
        openAlerts: Int,
        isSimulated: Bool = false
    ) {
        self.code = code
        self.name = name
        self.unit = unit
        self.latitude = latitude
        self.longitude = longitude
        self.lampsOn = lampsOn
        self.lamps = lamps
        self.lampsExpected = lampsExpected
        self.fullestBin = fullestBin
        self.bins = bins
        self.waterCubicMetresPerDay = waterCubicMetresPerDay
        self.openAlerts = openAlerts
        self.isSimulated = isSimulated
    }
}
