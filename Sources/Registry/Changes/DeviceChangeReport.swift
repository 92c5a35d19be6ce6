public import Telemetry

/// What a change of a device wrote, or would write.
public struct DeviceChangeReport: Hashable, Sendable {
    /// A column of the device that is another from the change on.
    public struct Difference: Hashable, Sendable {
        /// Name of the column in the table `devices`.
        public let column: String
        /// What stood; empty for nothing.
        public let before: String
        /// What stands from now on; empty for nothing.
        public let after: String
    }

    /// Code of the device.
    public let device: String
    /// The change as a verb: `replace`, `move`, `retire` or `merge`.
    public let verb: String
    /// Since when it holds.
    public let since: Instant
    /// Whether the registry has taken it.
    public let isWritten: Bool
    /// What differs, in the order of the columns.
    public let differences: [Difference]
    /// What is added to each counter from the change on, by quantity and in its unit; those that
    /// nothing is added to are absent.
    public let counterOffsets: [String: Double]
    /// Addresses of the boxes that are, or were, somewhere else by it.
    public let boxes: Set<String>

    init(_ change: DeviceChange, _ plan: DeviceChangePlan, isWritten: Bool) {
        device = change.device
        verb = change.verb
        since = change.since
        self.isWritten = isWritten
        differences = plan.differences
        counterOffsets = plan.counterOffsets
        boxes = plan.boxes
    }
}
