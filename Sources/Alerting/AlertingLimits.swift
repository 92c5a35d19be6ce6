public import Telemetry

/// Every limit of the module, each with its name.
public struct AlertingLimits: Hashable, Sendable {
    /// Most groups and rules together in one rule file.
    public static let rulesPerFile = 2_000
    /// Longest annotation or label template in UTF-8 bytes.
    public static let templateBytes = 8_192
    /// Longest expanded text in UTF-8 bytes; more is cut off at a character.
    public static let expandedBytes = 8_192
    /// Deepest nesting of `if` blocks and parentheses in a template.
    public static let templateDepth = 32
    /// Most pieces of a template that one expansion goes through, loops counted out.
    public static let templateSteps = 100_000
    /// Most queries of one expansion of a template: one for each of the places that a text names,
    /// many times what fits into one; each may cost what a rule may.
    public static let templateQueries = 100
    /// Longest pause in evaluation that recorded series outlive; Prometheus takes the same time for
    /// alerts (`--rules.alert.for-outage-tolerance`).
    public static let bridgedGap = Milliseconds.hours(1)
    /// How many causes of an alert are remembered, the latest, so that late data can take it from
    /// them: one at a time, and a new one only after the last has closed.
    public static let membershipsPerAlert = 8

    /// Most alerts that one rule may have open; above it the rule's evaluation fails.
    ///
    /// Chosen as the largest deployment in the plans, 10 000 devices, each once.
    public var alertsPerRule = 10_000
    /// Most series that one recording rule may give; above it the rule's evaluation fails.
    public var seriesPerRule = 50_000
    /// How many resolved alerts are remembered, the latest.
    public var pastAlerts = 500
    /// Most steps of one run over history: two months of minutes.
    public var historySteps = 90_000
    /// Most samples that rules may give in one run over history; at 16 bytes each, 64 MiB.
    public var historySamples = 4_000_000
    /// Most samples that rules may give in one portion of a backfill.
    ///
    /// They are compared with the stored ones and held until they are written: at some 80 bytes
    /// each, 80 MB. As many may be remembered of the time before, as far back as rules look.
    public var backfillSamples = 1_000_000
    /// Most samples that differ from the stored ones in a backfill that writes nothing: all later
    /// portions must see them; at 16 bytes each, 64 MiB.
    public var dryRunSamples = 4_000_000
    /// Longest time before a backfill that is judged for the state that alerts have at its start.
    public var longestWarmUp: Milliseconds = .days(7)
    /// How long samples of rules are remembered until the store surely shows them.
    public var writeDelay: Milliseconds = .minutes(15)
    /// How long an alert whose cause has closed is kept quiet before it is told on its own.
    ///
    /// Lamps report one after the other when a feeder comes back; the slowest common lamp
    /// controllers report every 15 minutes.
    public var releaseGrace: Milliseconds = .minutes(15)

    /// Creates the limits as they are by default.
    public init() {}
}
