public import PromQL
public import Telemetry

/// Evaluates rule groups and keeps the state of alerts.
///
/// The engine belongs to one thread or actor; it reads no clock but for measuring how long rules
/// take, and tells nobody: ``EvaluationOutcome`` says what is to be written and announced.
///
/// One call of ``evaluate(at:source:)`` does this:
/// 1. Each group that is due is evaluated, in the order given to the initialiser, its rules in
///    theirs, all at the same time. A rule sees what earlier rules gave.
/// 2. *inactive → pending → firing → resolved*, as Prometheus has it, with these differences: an
///    alert whose device is silent (``AlertRelations/suspensions``) neither opens nor resolves;
///    each occurrence has its own number; a rule above the limit of its group loses its alerts
///    as there, but receivers hear of their end; one above a limit of the gateway keeps them.
/// 3. Firing alerts with a common cause become members of it (``AlertRelations/inhibitions``).
/// 4. What fires on its own account and was not announced is announced, so is its end.
///
/// A group is due in each slot of its interval since 1970, once. Missed slots are not made up; for
/// that there is ``evaluateHistory(from:to:step:source:)``. Failed rules are never thrown: see
/// ``statuses``.
public struct AlertEngine: Sendable {
    /// Groups in the order of evaluation.
    public let groups: [RuleGroup]
    /// Causes and silences.
    public let relations: AlertRelations
    /// Named limits.
    public let limits: AlertingLimits
    /// Labels of the whole gateway, for templates.
    public let externalLabels: Labels
    /// Address under which people reach the gateway, for templates.
    public let externalURL: String
    /// The state of all alerts; store it after each evaluation.
    public internal(set) var book: AlertBook
    /// How the last evaluation of each rule went.
    public internal(set) var statuses: [RuleID: RuleStatus] = [:]
    /// How long the last evaluation of each group took in seconds, by ``RuleGroup/id``.
    public internal(set) var groupSeconds: [String: Double] = [:]

    /// Asked at each step of a run over history: whether it must end before its end is reached.
    public var mustEnd: @Sendable () -> Bool = { false }
    /// Evaluates expressions.
    public var queryEngine: QueryEngine
    let ruleGroups: [RuleID: RuleGroup]
    /// Names of the series that rules give.
    let derivedNames: Set<String>
    /// Which series are whose.
    var ownership: RuleOwnership
    /// How many rules record each name.
    let recordCounts: [String: Int]
    var memory = RuleMemory()
    var links = RuleLinks()
    /// What each recording rule gave last, for staleness markers and for pauses.
    var lastSeries: [RuleID: [Labels: Double]] = [:]
    /// During a run over past data nothing is announced; the end of the run decides.
    var isQuiet = false
    /// Whether rules see after a pause what they gave before it; see `bridge(_:at:)`.
    var bridgesPauses = true
    /// Longest pause that recorded series outlive.
    var bridgedGap = AlertingLimits.bridgedGap
    /// Whether the steps of a run over history are such pauses.
    var bridgesSteps = false
    /// Answers the templates of the rule that is evaluated, where they ask for other series.
    var templateQuery: TemplateQuery?
    /// Times at which groups are due beside those of their slots, by ``RuleGroup/id``.
    var extraEvaluations: [String: Instant] = [:]
    /// During a run over history the memory keeps everything.
    var keepsMemory = false
    /// During a run over history what parts of expressions give that read no series of rules.
    var fixedParts: FixedParts?
    /// Whether a run over history may add up in another order than single evaluations do, so that
    /// what is added up differs by rounding from what a gateway would have written.
    var mayRound = false
    /// Whether stored alerts of other rules suspend those of these.
    var readsForeignAlerts = false
    /// Labels of the alerts of other rules that fire at the time that is judged.
    var foreignAlerts: [Labels] = []

    /// Name of the series that shows alerts, as in Prometheus.
    public static let alertsMetric = "ALERTS"
    /// Name of the series that shows since when alerts are active, as in Prometheus.
    public static let stateMetric = "ALERTS_FOR_STATE"

    /// Creates an engine.
    ///
    /// - Parameters:
    ///   - groups: in the order of evaluation; groups whose alerts suspend others come first.
    ///   - relations: causes and silences.
    ///   - queryEngine: evaluates expressions; its lookback should be longer than the interval of
    ///     any group, or rules cannot see their own alerts.
    ///   - limits: named limits.
    ///   - externalLabels: labels of the whole gateway, for templates.
    ///   - externalURL: address under which people reach the gateway, for templates.
    ///   - book: stored state; alerts of rules that are no longer there are resolved at the first
    ///     evaluation.
    public init(
        groups: [RuleGroup],
        relations: AlertRelations = .none,
        queryEngine: QueryEngine,
        limits: AlertingLimits = AlertingLimits(),
        externalLabels: Labels = .empty,
        externalURL: String = "",
        book: AlertBook = AlertBook()
    ) {
        self.groups = groups
        self.relations = relations
        self.queryEngine = queryEngine
        self.limits = limits
        self.externalLabels = externalLabels
        self.externalURL = externalURL
        self.book = book
        var ruleGroups: [RuleID: RuleGroup] = [:]
        var counts: [String: Int] = [:]
        for group in groups {
            for rule in group.rules {
                ruleGroups[rule.id] = group
                statuses[rule.id] = RuleStatus()
                if case .recording = rule.kind { counts[rule.name, default: 0] += 1 }
            }
        }
        self.ruleGroups = ruleGroups
        ownership = RuleOwnership(groups)
        recordCounts = counts
        derivedNames = Set(counts.keys).union([Self.alertsMetric, Self.stateMetric])
        recallSamples()
    }

    /// Evaluates the groups that are due.
    ///
    /// - Parameters:
    ///   - time: the time to judge, in time of measurement; not before the last one.
    ///   - source: the newest published state of the store.
    /// - Returns: samples to write, what changed, and what to announce.
    public mutating func evaluate(at time: Instant, source: some SeriesSource)
        -> EvaluationOutcome
    {
        var outcome = EvaluationOutcome()
        let due = groups.filter { isDue($0, at: time) }
        guard !due.isEmpty else { return outcome }
        resolveAlertsWithoutRule(at: time, &outcome)
        if !keepsMemory { connect(source, at: time, &outcome) }
        for group in due {
            evaluate(group, at: time, source: source, &outcome)
        }
        relate(at: time, &outcome)
        if !isQuiet { announce(at: time, &outcome) }
        if !keepsMemory { forgetWritten(at: time) }
        return outcome
    }

    /// Goes on from a time that lies before the last evaluation: the clock was ahead and was set
    /// right.
    ///
    /// No alert is lost and none gets another number; their times after the given one become that
    /// one. What rules gave for later times is not seen any more.
    public mutating func setBack(to time: Instant) {
        book.setBack(to: time)
        forgetEvaluations(from: time)
        lastSeries = [:]
    }

    /// When the next group is due after a time; nil when there is no group.
    public func nextEvaluation(after time: Instant) -> Instant? {
        groups.map { group in
            let interval = group.interval.count
            return Instant(milliseconds: (Self.slot(time, interval) + 1) * interval)
        }.min()
    }

    private func isDue(_ group: RuleGroup, at time: Instant) -> Bool {
        guard let last = book.evaluatedAt[group.id] else { return true }
        if extraEvaluations[group.id] == time { return true }
        let interval = group.interval.count
        return Self.slot(time, interval) > Self.slot(last, interval)
    }

    static func slot(_ time: Instant, _ interval: Int64) -> Int64 {
        let quotient = time.milliseconds / interval
        return time.milliseconds % interval < 0 ? quotient - 1 : quotient
    }

    private mutating func connect(
        _ source: some SeriesSource,
        at time: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        links = RuleLinks()
        do {
            try links.connect(derivedNames, of: source, at: time, to: &memory)
        } catch {
            // The rules' own queries will meet the same fault and note it at each rule.
            links = RuleLinks()
        }
    }

    /// After a restart the store may lack the last samples; the book has what they said.
    private mutating func recallSamples() {
        for alert in book.open {
            guard let group = ruleGroups[alert.rule], let last = book.evaluatedAt[group.id] else {
                continue
            }
            let time = last - group.queryOffset
            for (labels, value) in Self.stateSeries(of: alert) {
                memory.append(labels, Sample(time: time, value: value))
            }
        }
        guard let last = book.lastEvaluation else { return }
        for alert in book.past {
            guard let end = alert.resolvedAt, end > last - limits.writeDelay else { break }
            for (labels, _) in Self.stateSeries(of: alert, as: .firing) {
                memory.append(labels, Sample(time: end, value: RuleSample.staleMarker))
            }
        }
    }

    /// The series that show an alert, each with its value.
    static func stateSeries(of alert: Alert, as state: Alert.State? = nil) -> [(Labels, Double)] {
        let shown = Labels(
            alert.labels.sorted + [
                Label(Labels.metricNameLabel, alertsMetric),
                Label("alertstate", (state ?? alert.state).rawValue),
            ]
        )
        let since = alert.labels.setting(Labels.metricNameLabel, to: stateMetric)
        return [(shown, 1), (since, Double(alert.activeAt.milliseconds / 1000))]
    }
}
