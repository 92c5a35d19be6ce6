public import Telemetry

/// How the evaluations of a rule went in a run over history.
public struct RuleTally: Hashable, Sendable {
    /// Why a rule failed, and for which time.
    public struct Failure: Hashable, Sendable {
        /// The time of the evaluation.
        public let time: Instant
        /// What went wrong.
        public let reason: String
    }

    /// How many times it was evaluated.
    public internal(set) var evaluations = 0
    /// How many of these failed.
    public internal(set) var failures = 0
    /// The first failure; nil when there was none.
    public internal(set) var firstFailure: Failure?

    mutating func add(_ later: RuleTally) {
        evaluations += later.evaluations
        failures += later.failures
        firstFailure = firstFailure ?? later.firstFailure
    }
}

/// Up to where the samples of an outcome are those of a rule.
struct SampleOrigin: Sendable {
    let rule: RuleID
    /// Position behind the last one; the first one is where the origin before it ends.
    var end: Int
}
