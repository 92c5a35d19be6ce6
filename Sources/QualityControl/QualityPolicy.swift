public import Telemetry

/// What the operator decides about the checks: for a quantity everywhere, and for one device.
public struct QualityPolicy: Hashable, Sendable {
    /// Changes to the limits of one quantity; what is nil stays as it was.
    public struct Change: Hashable, Sendable {
        /// See ``QualityLimits/range``.
        public var range: ClosedRange<Double>?
        /// See ``QualityLimits/sentinels``.
        public var sentinels: [Double]?
        /// See ``QualityLimits/flatAfter``.
        public var flatAfter: Switch<Milliseconds>?
        /// See ``QualityLimits/flatReadings``.
        public var flatReadings: UInt32?
        /// See ``QualityLimits/spikeFactor``.
        public var spikeFactor: Switch<Double>?
        /// See ``QualityLimits/leastShift``.
        public var leastShift: Switch<Double>?
        /// See ``QualityLimits/fastestChangePerHour``.
        public var fastestChangePerHour: Switch<Double>?

        /// Creates a change of nothing.
        public init() {}

        fileprivate func apply(to limits: inout QualityLimits) {
            if let range { limits.range = range }
            if let sentinels { limits.sentinels = sentinels }
            if let flatAfter { limits.flatAfter = flatAfter.value }
            if let flatReadings { limits.flatReadings = flatReadings }
            if let spikeFactor { limits.spikeFactor = spikeFactor.value }
            if let leastShift { limits.leastShift = leastShift.value }
            if let fastestChangePerHour {
                limits.fastestChangePerHour = fastestChangePerHour.value
            }
        }
    }

    /// A check that is switched off, or on with a number.
    public enum Switch<Value: Hashable & Sendable>: Hashable, Sendable {
        /// The check is not made.
        case off
        /// The check is made with this number.
        case on(Value)

        var value: Value? {
            if case .on(let value) = self { return value }
            return nil
        }
    }

    /// Changes by quantity, as `water.ph`.
    public var quantities: [String: Change] = [:]
    /// Changes by code of the device, then by quantity; they go before ``quantities``.
    public var devices: [String: [String: Change]] = [:]

    /// Creates the policy that changes nothing.
    public init() {}

    /// What a quantity of a device is held against.
    public func limits(of quantity: Quantity, device: String) -> QualityLimits {
        var limits = QualityLimits.standard(for: quantity)
        quantities[quantity.id]?.apply(to: &limits)
        devices[device]?[quantity.id]?.apply(to: &limits)
        return limits
    }
}
