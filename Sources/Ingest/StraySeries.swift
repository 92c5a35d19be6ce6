internal import Telemetry

/// Series that samples of boxes may wrongly stand in, as far as they were looked up.
struct StraySeries: Sendable {
    /// What is looked for.
    struct Key: Hashable {
        let address: String
        /// Name of the series.
        let name: String
        let channel: String?
        /// The metric that a series of marks is about; nil for others.
        let metric: String?
    }

    /// Most look-ups that are remembered; above it all are forgotten and looked up anew.
    static let capacity = 10_000

    private var known: [Key: [SeriesReference]] = [:]

    /// The series of a key, from the store where they are not known yet.
    mutating func series(
        _ key: Key,
        _ find: (Key) throws(SeriesSourceError) -> [SeriesReference]
    ) throws(SeriesSourceError) -> [SeriesReference] {
        if let series = known[key] { return series }
        let found = try find(key)
        if known.count >= Self.capacity { known.removeAll() }
        known[key] = found
        return found
    }
}
