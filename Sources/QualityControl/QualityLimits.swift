public import Telemetry

/// What the readings of one series are held against; a check without a number is off.
public struct QualityLimits: Hashable, Sendable {
    /// Possible values in the quantity's unit; nil where its own range in the table is enough.
    public var range: ClosedRange<Double>?
    /// Values that stand for "no value"; few, they are compared one by one.
    public var sentinels: [Double]
    /// How long a value may stay the same, to the last bit; at most ``longestRest``.
    public var flatAfter: Milliseconds?
    /// How many equal readings a flat line needs at least.
    public var flatReadings: UInt32
    /// How many median absolute deviations of a day a reading must leave its neighbours by to be a
    /// spike.
    public var spikeFactor: Double?
    /// Least height, in the quantity's unit, of a jump that leaves the level of the last weeks.
    public var leastShift: Double?
    /// Fastest change in either direction, in the quantity's unit per hour.
    public var fastestChangePerHour: Double?
    /// Whether a rest is one of a counter.
    public var isCounter: Bool

    /// Longest time that a rest can be asked for.
    public static let longestRest = Milliseconds.days(365)
    /// Most sentinels of one quantity.
    public static let maximumSentinels = 16
    /// Equal readings that a flat line needs where nothing else is said; as in the rules for G4.
    public static let standardFlatReadings: UInt32 = 6

    /// Creates limits; without arguments nothing is checked.
    public init(
        range: ClosedRange<Double>? = nil,
        sentinels: [Double] = [],
        flatAfter: Milliseconds? = nil,
        flatReadings: UInt32 = QualityLimits.standardFlatReadings,
        spikeFactor: Double? = nil,
        leastShift: Double? = nil,
        fastestChangePerHour: Double? = nil,
        isCounter: Bool = false
    ) {
        self.range = range
        self.sentinels = sentinels
        self.flatAfter = flatAfter
        self.flatReadings = flatReadings
        self.spikeFactor = spikeFactor
        self.leastShift = leastShift
        self.fastestChangePerHour = fastestChangePerHour
        self.isCounter = isCounter
    }

    /// Whether any check is on.
    public var checksAnything: Bool { hasMemory || range != nil || !sentinels.isEmpty }

    /// Whether a check needs to know earlier readings.
    var hasMemory: Bool {
        flatAfter != nil || spikeFactor != nil || leastShift != nil
            || fastestChangePerHour != nil
    }
}

extension QualityLimits {
    /// How many median absolute deviations make a spike, where the check is on.
    ///
    /// Chosen on the labelled recordings before 2019-07-01; the sheet's 6 is a default without a
    /// source. See the page "Scores".
    public static let standardSpikeFactor = 20.0

    /// How many of them make a spike of turbidity, where quiet water hardly varies, and leaves or
    /// bubbles that pass a sensor are no fault of it; chosen in the same way.
    public static let turbiditySpikeFactor = 200.0

    /// What a quantity is held against unless the operator says otherwise.
    ///
    /// - Source: `domain/alarms-and-kpis.md`, G4: tank 6 h, pressure 1 h (15-minute values, so 4
    ///   readings), turbidity 2 h. Its 3 h for pH and dissolved oxygen is less than sound sensors
    ///   rest in the labelled recordings before 2019-07-01 (10 h and 4 h): the next longer of 6 h
    ///   and 12 h is taken. G6: spikes; only for quantities that the recordings have, because loads
    ///   that are switched and levels that are emptied jump by nature. Least heights of a shift are
    ///   our own, so that a sensor in water that hardly varies may change by its own steps.
    public static func standard(for quantity: Quantity) -> QualityLimits {
        var limits = QualityLimits(isCounter: quantity.kind == .counter)
        switch quantity.id {
        case "water.tank_fill": limits.flatAfter = .hours(6)
        case "water.pressure":
            limits.flatAfter = .hours(1)
            limits.flatReadings = 4
        case "water.turbidity":
            limits.flatAfter = .hours(2)
            limits.spikeFactor = turbiditySpikeFactor
        case "water.ph":
            limits.flatAfter = .hours(12)
            limits.spikeFactor = standardSpikeFactor
            limits.leastShift = 0.2
        case "water.dissolved_oxygen":
            limits.flatAfter = .hours(6)
            limits.spikeFactor = standardSpikeFactor
            limits.leastShift = 0.5
        case "water.temperature":
            limits.spikeFactor = standardSpikeFactor
            limits.leastShift = 1
        case "water.conductivity":
            limits.spikeFactor = standardSpikeFactor
            limits.leastShift = 20
        case "water.level": limits.spikeFactor = standardSpikeFactor
        default: break
        }
        return limits
    }
}
