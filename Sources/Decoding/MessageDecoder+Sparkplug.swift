public import Telemetry

/// What a host application says to edge nodes and must know of them.
extension MessageDecoder {
    /// Gives away what should be said because of what was decoded, and forgets it.
    ///
    /// - Parameter now: what is overdue by then is asked for, too; nil asks for nothing more.
    /// - Returns: the requests, the oldest first.
    public mutating func takeRequests(at now: Instant? = nil) -> [OutgoingRequest] {
        if let now { sparkplug.askOverdue(at: now, settings.sparkplug) }
        return sparkplug.takeRequests()
    }

    /// Has every Sparkplug node that lives asked to be born again, as after a time without the
    /// broker: what changed meanwhile was not heard, and is not said again otherwise.
    public mutating func askForBirths(at now: Instant) {
        sparkplug.askAll(at: now, settings.sparkplug)
    }

    /// Sparkplug nodes and devices that live and that the directory or a rule has a profile for.
    ///
    /// A host that loses its broker knows of none of them how it is.
    public var sparkplugDevices: [String] {
        let isForAll = rules.contains { $0.rule.family == .sparkplug && $0.profile != nil }
        return sparkplug.addresses.filter { isForAll || isRegistered(Array($0.utf8)) }
    }

    /// The aliases by which commands must name metrics of a Sparkplug device or edge node.
    ///
    /// - Parameters:
    ///   - metrics: that commands name.
    ///   - topic: of any message of the device or node.
    /// - Returns: the aliases of those that a birth which still holds gave one to.
    /// - Source: Sparkplug 3.0.0, tck-id-payloads-alias-data-cmd-requirement.
    public func sparkplugAliases(of metrics: Set<SparkplugMetricName>, topic: [UInt8])
        -> [SparkplugMetricName: UInt64]
    {
        guard let topic = try? SparkplugTopic(topic) else { return [:] }
        var aliases: [SparkplugMetricName: UInt64] = [:]
        for metric in metrics { aliases[metric] = sparkplug.alias(of: metric, topic) }
        return aliases
    }
}
