public import Telemetry

/// Something that goes wrong in the simulated commune, or only looks as if it did.
public struct SimulatedFault: Hashable, Sendable {
    /// What goes wrong.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A lamp is dark though it should burn.
        case lampOff
        /// A lamp burns by day.
        case lampOnByDay
        /// A lighting circuit has no supply.
        case feederOutage
        /// A bin is over its threshold.
        case binNearlyFull
        /// A bin was left out on its round.
        case missedCollection
        /// Waste was pressed together: a look-alike of a collection that is none.
        case binCompaction
        /// The flow of the night rises in a zone.
        case nightFlowRise
        /// A tank is low.
        case tankLow
        /// A tank is nearly empty.
        case tankVeryLow
        /// A tank is high.
        case tankHigh
        /// Water is turbid.
        case turbidityHigh
        /// A device sends nothing.
        case deviceSilent
        /// A pressure sensor repeats one value.
        case pressureFlat

        /// Code of the alarm in the table of alarms, as `A1`; nil for a look-alike.
        public var alarmCode: String? {
            switch self {
            case .lampOff: "A1"
            case .lampOnByDay: "A2"
            case .feederOutage: "A9"
            case .binNearlyFull: "B1"
            case .missedCollection: "B6"
            case .binCompaction: nil
            case .nightFlowRise: "C1"
            case .tankLow, .tankVeryLow, .tankHigh: "C6"
            case .turbidityHigh: "C10"
            case .deviceSilent: "G1"
            case .pressureFlat: "G4"
            }
        }

        /// Name of the shipped alert that tells it, as `LampOffAtNight`; nil for a look-alike.
        public var alertName: String? {
            switch self {
            case .lampOff: "LampOffAtNight"
            case .lampOnByDay: "LampOnByDay"
            case .feederOutage: "FeederOutage"
            case .binNearlyFull: "BinNearlyFull"
            case .missedCollection: "MissedCollection"
            case .binCompaction: nil
            case .nightFlowRise: "NightFlowRise"
            case .tankLow: "TankLow"
            case .tankVeryLow: "TankVeryLow"
            case .tankHigh: "TankHigh"
            case .turbidityHigh: "TurbidityOutsideLimits"
            case .deviceSilent: "DeviceSilent"
            case .pressureFlat: "PressureFlat"
            }
        }
    }

    /// What goes wrong.
    public let kind: Kind
    /// Code of the device; of the circuit's meter for an outage.
    public let device: String
    /// Code of the lighting circuit, for an outage.
    public let feeder: String?
    /// When it begins; the alert opens later, by its rule.
    public let from: Instant
    /// When it ends; nil when nobody mends it.
    public let to: Instant?
    /// Whether it follows from another fault of the plan, as a bin overflows that was left out.
    public let isConsequence: Bool

    /// Place of the device among all devices.
    let ordinal: Int
    /// Levels of a tank in percent at times; empty when the fault steers no level.
    let course: [CoursePoint]

    struct CoursePoint: Hashable, Sendable {
        let time: Instant
        let percent: Double
    }

    init(
        _ kind: Kind,
        device: SimulatedDevice,
        feeder: String? = nil,
        from: Instant,
        to: Instant?,
        isConsequence: Bool = false,
        course: [CoursePoint] = []
    ) {
        self.kind = kind
        self.device = device.code
        self.feeder = feeder
        self.from = from
        self.to = to
        self.isConsequence = isConsequence
        ordinal = device.ordinal
        self.course = course
    }

    /// Whether the fault is there at an instant: from its beginning, up to but not at its end.
    public func isActive(at time: Instant) -> Bool {
        time >= from && (to.map { time < $0 } ?? true)
    }

    /// The level of the course, from where the level stood when it began.
    func percent(at time: Instant, startingFrom start: Double) -> Double {
        var before = CoursePoint(time: from, percent: start)
        for point in course {
            if time < point.time {
                let part = (time - before.time).seconds / (point.time - before.time).seconds
                return before.percent + (point.percent - before.percent) * part
            }
            before = point
        }
        return before.percent
    }
}
