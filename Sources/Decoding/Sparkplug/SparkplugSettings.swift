public import Telemetry

/// How a Sparkplug host application behaves.
public struct SparkplugSettings: Hashable, Sendable {
    /// How long a message that was passed over may still come before a new birth is asked for;
    /// the specification leaves it to the host (tck-id-operational-behavior-host-reordering-param).
    public var reorderWindow: Milliseconds
    /// Shortest time between two requests to one edge node.
    public var rebirthPause: Milliseconds

    /// Creates settings.
    ///
    /// - Parameters:
    ///   - reorderWindow: two seconds are longer than brokers hold messages back, and shorter than
    ///     anybody waits for a reading.
    ///   - rebirthPause: a minute, so that a node that never answers costs next to nothing.
    public init(
        reorderWindow: Milliseconds = .seconds(2),
        rebirthPause: Milliseconds = .minutes(1)
    ) {
        self.reorderWindow = reorderWindow
        self.rebirthPause = rebirthPause
    }
}

/// A message that the gateway should publish because of what it decoded, at QoS 0 and not kept
/// (tck-id-topics-ncmd-mqtt).
///
/// Only who is connected now says it; messages that are taken from the journal again ask nothing.
public struct OutgoingRequest: Hashable, Sendable {
    /// Topic without wildcards.
    public let topic: String
    /// The payload's bytes.
    public let payload: [UInt8]
}
