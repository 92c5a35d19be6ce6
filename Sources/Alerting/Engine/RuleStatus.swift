public import Telemetry

/// How the last evaluation of a rule went.
public struct RuleStatus: Hashable, Sendable {
    /// The three states of Prometheus' `rules` endpoint.
    public enum Health: String, Hashable, Sendable {
        /// Not evaluated since the start.
        case unknown
        /// The last evaluation went well.
        case ok
        /// The last evaluation failed; state stayed as it was.
        case error = "err"
    }

    /// How the last evaluation went.
    public internal(set) var health = Health.unknown
    /// Why it failed; nil when it did not.
    public internal(set) var lastError: String?
    /// How long it took, in seconds of a monotonic clock.
    public internal(set) var evaluationSeconds = 0.0
    /// The time it was evaluated for; nil before the first.
    public internal(set) var evaluatedAt: Instant?
    /// How many series or alerts it gave.
    public internal(set) var resultCount = 0
}
