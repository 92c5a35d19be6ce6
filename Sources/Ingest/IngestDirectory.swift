public import Telemetry

/// What the samples of each registered device are labelled with.
///
/// Made from the registry and given to the pipeline whole; a changed registry gives a new
/// directory, and what is stored already keeps the labels it was written with.
public struct IngestDirectory: Sendable {
    private var labels: [String: Labels] = [:]

    /// Creates an empty directory.
    public init() {}

    /// How many devices it has.
    public var count: Int { labels.count }

    /// Notes a device.
    ///
    /// - Parameters:
    ///   - address: as messages name it, an EUI in lower case without dividers.
    ///   - labels: `device`, `village`, `commune` and what else applies; without a metric name.
    public mutating func assign(_ address: String, _ labels: Labels) {
        self.labels[address] = labels
    }

    /// The labels of an address; a device that is not registered is known by its address alone.
    func labels(of address: String) -> Labels {
        labels[address] ?? Labels([Label("device", address)])
    }
}
