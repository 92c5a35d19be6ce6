public import Telemetry

/// The span and the grid over which a formula looks.
public struct GridParameters: Hashable, Sendable {
    /// The span that is judged, ending at the time of evaluation.
    public var window: Milliseconds
    /// Distance of the points at which states are looked at.
    public var step: Milliseconds

    /// Creates a grid; the catalogue proposes a window of 30 days.
    public init(window: Milliseconds = .days(30), step: Milliseconds = .minutes(15)) {
        self.window = window
        self.step = step
    }
}

/// Parameters of F1.
///
/// - Source: sensors.md of the catalogue sources, "Proposed formulas": project proposals, not law.
public struct LitShareParameters: Hashable, Sendable {
    /// Class of road that is counted, as `commune`; nil counts all.
    public var roadClass: String?
    /// Window and step.
    public var grid = GridParameters()
    /// Power above which a lamp gives light, in watts.
    ///
    /// Above the standby draw of control gear (under 1 W), below a 30 W lamp dimmed to 10 %.
    public var onPowerWatts = 2.0
    /// Share of the night a working lamp is on, 0 to 1.
    public var lampAvailability = 0.95
    /// Share of the night that must be known of a lamp, 0 to 1.
    public var lampCoverage = 0.8
    /// Share of a segment's lamps that must work, 0 to 1.
    public var workingLampShare = 0.9

    /// Creates the catalogue's proposals for a class of road.
    public init(roadClass: String? = nil) {
        self.roadClass = roadClass
    }
}

/// Parameters of F2.
public struct LitresParameters: Hashable, Sendable {
    /// Window and step; hourly, as totalisers seldom report more often.
    public var grid = GridParameters(step: .hours(1))
    /// Parameters of the veto that keeps bad water from being counted.
    public var veto = WaterVetoParameters()

    /// Creates the catalogue's proposals.
    public init() {}
}

/// Parameters of F6.
public struct CleanWaterParameters: Hashable, Sendable {
    /// Parameters of the sensors' veto, its window among them.
    public var veto = WaterVetoParameters()

    /// Creates the catalogue's proposals.
    public init() {}
}

/// When sensors refute that water is clean.
public struct WaterVetoParameters: Hashable, Sendable {
    /// Window and step.
    public var grid = GridParameters(step: .minutes(5))
    /// Share of valid time outside the limits from which on water is vetoed, 0 to 1.
    public var breakShare = 0.05
    /// Longest single break of the limits that is borne.
    public var longestBreak = Milliseconds.hours(2)
    /// Share of the window that must be known, 0 to 1.
    public var coverage = 0.8

    /// Creates the catalogue's proposals.
    public init() {}
}

/// Parameters of F7.
public struct UptimeParameters: Hashable, Sendable {
    /// Kind of point that is counted, as `wifi`.
    public var pointKind: String
    /// Window and step.
    public var grid = GridParameters()
    /// Series that holds 1 for a good probe and 0 for a bad one.
    public var metric = "device_up"
    /// Share of good probes from which a point counts, 0 to 1.
    public var pointAvailability = 0.95
    /// Share of probes that must be known of a point, 0 to 1.
    public var pointCoverage = 0.8

    /// Creates the catalogue's proposals for a kind of point.
    public init(pointKind: String) {
        self.pointKind = pointKind
    }
}

/// Parameters of a value that an office counts.
public struct CountParameters: Hashable, Sendable {
    /// Key under which the registry holds the counts.
    public var key: String
    /// What the quotient is multiplied by, 100 for percent.
    public var scale: Double
    /// Whether the value is a share, so that it cannot exceed ``scale``.
    public var isShare: Bool

    /// Creates parameters.
    public init(key: String, scale: Double, isShare: Bool) {
        self.key = key
        self.scale = scale
        self.isShare = isShare
    }
}

/// Queries of a set's own.
///
/// In each, `$villages` stands for the pattern of the unit's villages, `$window` and `$step` for
/// the durations, `$people` and `$households` for the unit's counts.
public struct ExpressionParameters: Hashable, Sendable {
    /// Query of the numerator; its elements are summed.
    public var numerator: String
    /// Query of the denominator; its elements are summed.
    public var denominator: String
    /// Query of the share of the window that is known, 0 to 1; its elements are averaged.
    public var coverage: String
    /// Window and step.
    public var grid: GridParameters
    /// What the quotient is multiplied by, 100 for percent.
    public var scale: Double
    /// Whether the value is a share, so that it cannot exceed ``scale``.
    public var isShare: Bool

    /// Creates parameters.
    public init(
        numerator: String,
        denominator: String,
        coverage: String,
        grid: GridParameters,
        scale: Double,
        isShare: Bool
    ) {
        self.numerator = numerator
        self.denominator = denominator
        self.coverage = coverage
        self.grid = grid
        self.scale = scale
        self.isShare = isShare
    }
}
