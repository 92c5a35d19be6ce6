public import Telemetry

/// What an evaluation gives: samples to be written, what changed, and what receivers are to hear.
public struct EvaluationOutcome: Sendable {
    /// Samples of recording rules, of `ALERTS` and of `ALERTS_FOR_STATE`, staleness markers among
    /// them; in rising time for each series.
    public internal(set) var samples: [RuleSample] = []
    /// What changed, in the order in which it happened.
    public internal(set) var transitions: [AlertTransition] = []
    /// What receivers are to hear; members of a cause are not among it.
    public internal(set) var announcements: [Announcement] = []
    /// How many times groups were evaluated.
    public internal(set) var groupCount = 0
    /// How many times rules failed; ``AlertEngine/statuses`` says why.
    public internal(set) var failureCount = 0
    /// How the evaluations of each rule went; of a run over history only.
    public internal(set) var tallies: [RuleID: RuleTally] = [:]
    /// Whose the samples are; of a run over history only.
    var origins: [SampleOrigin] = []
    /// At which times each rule failed; of a run over history only.
    var failedTimes: [RuleID: Set<Instant>] = [:]

    mutating func append(_ other: EvaluationOutcome) {
        origins += other.origins.map { origin in
            SampleOrigin(rule: origin.rule, end: samples.count + origin.end)
        }
        for (rule, tally) in other.tallies { tallies[rule, default: RuleTally()].add(tally) }
        for (rule, times) in other.failedTimes { failedTimes[rule, default: []].formUnion(times) }
        samples += other.samples
        transitions += other.transitions
        announcements += other.announcements
        groupCount += other.groupCount
        failureCount += other.failureCount
    }

    /// Whether a rule failed that would have given a sample of this time: what is stored of it is
    /// not known to be wrong.
    func hasFailed(_ owner: RuleOwnership.Owner, for time: Instant) -> Bool {
        failedTimes[owner.rule]?.contains(time + owner.offset) == true
    }

    /// Notes one evaluation of a rule, whose samples are those from the last noted on.
    mutating func note(_ rule: RuleID, at time: Instant, failedBecause reason: String?) {
        var tally = RuleTally()
        tally.evaluations = 1
        if let reason {
            tally.failures = 1
            tally.firstFailure = RuleTally.Failure(time: time, reason: reason)
            failedTimes[rule, default: []].insert(time)
        }
        tallies[rule, default: RuleTally()].add(tally)
        if samples.count > origins.last?.end ?? 0 {
            origins.append(SampleOrigin(rule: rule, end: samples.count))
        }
    }
}

/// A sample that a rule gives.
public struct RuleSample: Hashable, Sendable {
    /// Labels of the series, the metric name among them.
    public let labels: Labels
    /// Time and value.
    public let sample: Sample

    /// The value that ends a series: a NaN with its own bits.
    ///
    /// - Source: Prometheus `model/value`, `StaleNaN`.
    public static let staleMarker = Double(bitPattern: 0x7FF0_0000_0000_0002)

    /// Whether the sample says that the series has ended.
    public var isStaleMarker: Bool {
        sample.value.bitPattern == Self.staleMarker.bitPattern
    }
}

/// One change in the life of an alert.
public struct AlertTransition: Hashable, Sendable {
    /// What can happen to an alert.
    public enum Change: Hashable, Sendable {
        /// Its condition began to hold.
        case pending
        /// It began to fire.
        case firing
        /// Its condition went before it fired; the number is not used again.
        case dropped
        /// It was resolved.
        case resolved
        /// It became a member of the alert with that number.
        case absorbed(by: Int)
        /// Its cause closed and it fires on.
        case released
        /// Its device fell silent.
        case suspended
        /// Its device is heard again.
        case resumed
    }

    /// When, in time of measurement.
    public let time: Instant
    /// What happened.
    public let change: Change
    /// The alert as it was afterwards.
    public let alert: Alert
}

/// Something that receivers are to hear.
public struct Announcement: Hashable, Sendable {
    /// Whether the alert fires or is over.
    public enum Status: String, Codable, Hashable, Sendable {
        /// It fires.
        case firing
        /// It is over.
        case resolved
    }

    /// Whether the alert fires or is over.
    public let status: Status
    /// The alert.
    public let alert: Alert
}
