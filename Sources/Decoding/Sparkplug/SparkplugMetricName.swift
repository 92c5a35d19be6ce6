/// A metric of a Sparkplug device or of its edge node, by its name.
public struct SparkplugMetricName: Hashable, Sendable {
    /// As births say it.
    public let name: String
    /// Whether it is the edge node's, not the device's.
    public let isOfNode: Bool

    /// Names a metric.
    public init(_ name: String, isOfNode: Bool) {
        self.name = name
        self.isOfNode = isOfNode
    }
}
