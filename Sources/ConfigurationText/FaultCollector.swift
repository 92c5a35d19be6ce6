/// Gathers the faults of one reading, so that an operator sees all of them at once.
public struct FaultCollector: Sendable {
    /// What was found so far.
    public private(set) var faults: [ConfigurationFault] = []

    /// Creates an empty collector.
    public init() {}

    /// Notes a fault.
    public mutating func note(_ fault: ConfigurationFault) {
        faults.append(fault)
    }

    /// Notes a fault at a node.
    public mutating func note(_ node: ConfigurationNode, _ message: String) {
        faults.append(node.fault(message))
    }

    /// Ends a reading.
    ///
    /// - Throws: ``ConfigurationFaults`` when any fault was noted.
    public func check() throws(ConfigurationFaults) {
        if !faults.isEmpty { throw ConfigurationFaults(faults) }
    }
}
