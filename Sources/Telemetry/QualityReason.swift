/// Why a reading is trusted less than one that passed every check.
public enum QualityReason: String, Hashable, Sendable, CaseIterable {
    /// Outside of what the quantity, or this device, can have.
    case outOfRange = "out_of_range"
    /// A number that stands for "no value", as −9999.
    case sentinel
    /// It left the level of its neighbours and came back within two readings.
    case spike
    /// The same value for longer than its kind may rest.
    case flatLine = "flat_line"
    /// A total that has not moved for longer than it may rest.
    case stuckCounter = "stuck_counter"
    /// It jumped away from the level of the last weeks and has not come back.
    case levelShift = "level_shift"
    /// It changed faster than its kind can.
    case rateOfChange = "rate_of_change"
    /// The device says that it is in fault.
    case deviceFault = "device_fault"
    /// The device says that it is being calibrated.
    case calibrating
    /// The time that the device gives cannot be.
    case impossibleTime = "impossible_time"
    /// A level from a distance beyond the bottom: the sensor sees past the thing, or its size is
    /// wrong.
    case beyondBottom = "beyond_bottom"

    /// How far a reading with this mark can be trusted.
    ///
    /// - Source: `domain/alarms-and-kpis.md`, 0.6, G5 (quality 1) and G6 (quality 2).
    public var quality: Quality {
        switch self {
        case .outOfRange, .sentinel, .deviceFault, .calibrating, .impossibleTime: .rejected
        case .spike: .doubtful
        case .flatLine, .stuckCounter, .levelShift, .rateOfChange, .beyondBottom: .suspicious
        }
    }
}
