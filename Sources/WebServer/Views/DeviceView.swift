/// A device, as `GET /api/langso/v1/devices` gives it.
public struct DeviceView: Codable, Sendable {
    /// Code, the value of the label `device`.
    public var code: String
    /// Name as shown.
    public var name: String
    /// Kind of service, as `lamp`, `feeder`, `bin`, `meter`, `pressure`, `tank` or `quality`.
    public var kind: String
    /// Device profile.
    public var profile: String
    /// Name of the village.
    public var village: String
    /// Name of the unit the village belongs to today.
    public var unit: String
    /// Whether it is simulated.
    public var isSimulated: Bool
    /// `up`, `down`, or `never` when nothing was heard yet.
    public var state: String
    /// Last message, RFC 3339; null when none was heard.
    public var lastMessageAt: String?
    /// Expected interval in seconds.
    public var expectedIntervalSeconds: Double
    /// Last readings, sorted by metric.
    public var readings: [ReadingView]
    /// The last reading with each mark, sorted by metric and reason; empty when none was marked.
    public var marks: [MarkView]

    /// Creates the view.
    public init(
        code: String,
        name: String,
        kind: String,
        profile: String,
        village: String,
        unit: String,
        isSimulated: Bool,
        state: String,
        lastMessageAt: String?,
        expectedIntervalSeconds: Double,
        readings: [ReadingView],
        marks: [MarkView] = []
    ) {
        self.code = code
        self.name = name
        self.kind = kind
        self.profile = profile
        self.village = village
        self.unit = unit
        self.isSimulated = isSimulated
        self.state = state
        self.lastMessageAt = lastMessageAt
        self.expectedIntervalSeconds = expectedIntervalSeconds
        self.readings = readings
        self.marks = marks
    }
}

/// The last reading of a device that was refused or marked for one reason.
public struct MarkView: Codable, Sendable {
    /// Metric name of what was measured.
    public var metric: String
    /// Which of several equal sensors; empty when there is one.
    public var channel: String
    /// How far it is trusted: 1 rejected, 2 doubtful, 3 suspicious.
    public var quality: UInt8
    /// Why, as `out_of_range`, `sentinel`, `spike` or `flat_line`.
    public var reason: String
    /// Value in the canonical unit.
    public var value: Double
    /// UCUM code of the unit.
    public var unit: String
    /// Time of measurement, RFC 3339.
    public var time: String

    /// Creates the view.
    public init(
        metric: String,
        channel: String,
        quality: UInt8,
        reason: String,
        value: Double,
        unit: String,
        time: String
    ) {
        self.metric = metric
        self.channel = channel
        self.quality = quality
        self.reason = reason
        self.value = value
        self.unit = unit
        self.time = time
    }
}

/// The last sample of one series of a device.
public struct ReadingView: Codable, Sendable {
    /// Metric name.
    public var metric: String
    /// Which of several equal sensors; empty when there is one.
    public var channel: String
    /// Value in the canonical unit.
    public var value: Double
    /// UCUM code of the unit.
    public var unit: String
    /// Time of measurement, RFC 3339.
    public var time: String

    /// Creates the view.
    public init(metric: String, channel: String, value: Double, unit: String, time: String) {
        self.metric = metric
        self.channel = channel
        self.value = value
        self.unit = unit
        self.time = time
    }
}
