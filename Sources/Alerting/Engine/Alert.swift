public import Telemetry

/// One occurrence of an alert: from the moment its condition began to hold until it was resolved.
public struct Alert: Hashable, Sendable {
    /// A cause that an alert shared for a time.
    struct Membership: Hashable, Sendable {
        /// Number of the alert that absorbed it.
        var cause: Int
        /// The evaluation at which that was.
        var since: Instant
    }

    /// Where in its life an alert is.
    public enum State: String, Codable, Hashable, Sendable {
        /// The condition holds, not yet for long enough.
        case pending
        /// The condition has held for the rule's time.
        case firing
        /// Over.
        case resolved
    }

    /// Why an alert is over.
    public enum Resolution: String, Codable, Hashable, Sendable {
        /// The condition has gone.
        case cleared
        /// The rule is no longer in any rule file.
        case ruleRemoved
        /// Late data shows that the condition did not hold.
        case corrected
        /// Its rule gives more alerts than the limit of its group; nothing is known of it any more.
        case limitExceeded
    }

    /// Its number; each occurrence has a new one, from 1.
    public internal(set) var number: Int
    /// The rule that opened it.
    public let rule: RuleID
    /// Name of the rule.
    public let name: String
    /// All labels, `alertname` among them: its identity for receivers.
    public let labels: Labels
    /// Annotations, expanded at the last evaluation.
    public internal(set) var annotations: [String: String]
    /// Expression of the rule.
    public let expression: String
    /// Value of the expression at the last evaluation that gave one.
    public internal(set) var value: Double
    /// Where in its life it is.
    public internal(set) var state: State
    /// When the condition began to hold.
    public internal(set) var activeAt: Instant
    /// When it began to fire; nil while pending.
    public internal(set) var firedAt: Instant?
    /// When it was resolved; nil while open.
    public internal(set) var resolvedAt: Instant?
    /// Why it was resolved; nil while open.
    public internal(set) var resolution: Resolution?
    /// Since when the condition is gone while the alert is kept firing; nil while it holds.
    public internal(set) var goneAt: Instant?
    /// Whether nothing is known because the device is silent: it neither opens nor resolves.
    public internal(set) var isSuspended = false
    /// Number of the alert whose cause it shares; nil when it stands for itself.
    public internal(set) var absorbedBy: Int?
    /// Which alerts absorbed it in its life, in rising time; the latest, at most
    /// ``AlertingLimits/membershipsPerAlert``.
    var memberships: [Membership] = []
    /// How many alerts it has absorbed in its life, each counted once.
    public internal(set) var absorbedCount = 0
    /// When its cause closed while it fired on; nil when that never happened.
    public internal(set) var releasedAt: Instant?
    /// When receivers were first told that it fires; nil when they were not.
    public internal(set) var announcedAt: Instant?
    /// Whether data that came late brought it to light.
    public internal(set) var isLate = false

    /// Code of the alarm, as `A1`; empty when the rule sets none.
    public var code: String { labels["code"] ?? "" }
    /// `critical`, `major`, `minor`, `warning` or what the rule sets; empty when it sets none.
    public var severity: String { labels["severity"] ?? "" }
    /// Whether it is pending or firing.
    public var isOpen: Bool { state != .resolved }
    /// Whether simulated devices are behind it.
    public var isSimulated: Bool { labels["simulated"] == "true" }
}
