public import Telemetry

/// Rules that are evaluated together, in order, at the same time.
public struct RuleGroup: Sendable {
    /// Name, unique in its file.
    public let name: String
    /// File it came from, as the caller named it.
    public let file: String
    /// Time between evaluations.
    public let interval: Milliseconds
    /// Most alerts or series one rule may give; 0 is no limit of its own.
    public let limit: Int
    /// How far in the past the group is evaluated, for samples that come late.
    public let queryOffset: Milliseconds
    /// Its rules in order.
    public let rules: [Rule]

    /// Identity in stored state.
    public var id: String { "\(file)/\(name)" }

    /// The group with another time between evaluations.
    func evaluated(every interval: Milliseconds) -> RuleGroup {
        RuleGroup(
            name: name,
            file: file,
            interval: interval,
            limit: limit,
            queryOffset: queryOffset,
            rules: rules
        )
    }

    /// Time between evaluations where neither file nor caller says: one minute, as in Prometheus.
    public static let defaultInterval = Milliseconds.minutes(1)
}
