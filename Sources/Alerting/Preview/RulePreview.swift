public import PromQL
public import Telemetry

/// What rules would have given in a stretch of the past, next to what the current ones give.
///
/// Both are judged in one pass each over the same samples, step by step, from a state without
/// alerts: an alert that began earlier counts from the start on, and fires after its `for`. So like
/// is compared with like; what receivers were told at the time may differ. The samples that a rule
/// reads are gone through once for many steps, unless it reads what rules give.
///
/// The rules that are tried stand in for the current ones of the same names; all other current
/// rules are judged beside them, so that recorded series and silent devices are as they would be.
public struct RulePreview: Sendable {
    /// One name of an alert.
    public struct Line: Sendable {
        /// Name of the alert.
        public let name: String
        /// What the rules that are tried give.
        public let tried: AlarmFigures
        /// What the current rules of that name give; nil when there is none.
        public let current: AlarmFigures?
    }

    /// A line for each name among the alerts that are tried, in the order of their files.
    public let lines: [Line]
    /// How many evaluations of the rules that are tried failed.
    public let failureCount: Int
    /// How many evaluations of the other rules failed in that pass.
    public let failureCountBeside: Int
    /// Why rules that are tried failed first: name and reason.
    public let failures: [String]

    /// Judges both.
    ///
    /// - Parameters:
    ///   - tried: groups with the rules that are tried.
    ///   - current: the groups in force.
    ///   - relations: of the groups in force.
    ///   - times: first and last time, at most ``AlertingLimits/historySteps`` steps apart.
    ///   - step: time between evaluations.
    ///   - queryEngine: evaluates expressions, looking back as far as the gateway does; what rules
    ///     gave at the step before they see in any case.
    ///   - limits: named limits.
    ///   - source: the store.
    /// - Throws: ``AlertingError/historyTooLong(steps:limit:)``,
    ///   ``AlertingError/historyTooLarge(samples:limit:)`` and
    ///   ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read.
    public init(
        of tried: [RuleGroup],
        current: [RuleGroup],
        relations: AlertRelations = .none,
        times: ClosedRange<Instant>,
        step: Milliseconds = .minutes(1),
        queryEngine: QueryEngine = QueryEngine(),
        limits: AlertingLimits = AlertingLimits(),
        source: some SeriesSource
    ) throws(AlertingError) {
        func judge(_ groups: [RuleGroup]) throws(AlertingError) -> EvaluationOutcome {
            var engine = AlertEngine(
                groups: groups,
                relations: relations,
                queryEngine: queryEngine,
                limits: limits
            )
            engine.mayRound = true
            engine.bridgesSteps = step >= queryEngine.lookback
            engine.bridgedGap = max(engine.bridgedGap, step)
            return try engine.evaluateHistory(
                from: times.lowerBound,
                to: times.upperBound,
                step: step,
                source: source
            )
        }
        let outcome = try judge(Self.groups(current, with: tried))
        let before = try judge(current)
        let currentNames = Set(current.flatMap(\.alertNames))
        var seen: Set<String> = []
        lines = tried.flatMap(\.alertNames).filter { seen.insert($0).inserted }.map { name in
            Line(
                name: name,
                tried: AlarmFigures(of: name, outcome.transitions, until: times.upperBound),
                current: currentNames.contains(name)
                    ? AlarmFigures(of: name, before.transitions, until: times.upperBound) : nil
            )
        }
        let tallies = tried.flatMap(\.rules).compactMap { rule in
            outcome.tallies[rule.id].map { (rule.name, $0) }
        }
        failureCount = tallies.reduce(0) { $0 + $1.1.failures }
        failureCountBeside = outcome.failureCount - failureCount
        failures = tallies.compactMap { name, tally in
            tally.firstFailure.map { "\(name): \($0.reason)" }
        }
    }

    /// The current groups, without the rules that have a name and kind among those tried, which
    /// stand where the first of them stood, or last.
    static func groups(_ current: [RuleGroup], with tried: [RuleGroup]) -> [RuleGroup] {
        let names = Set(tried.flatMap(\.rules).map(\.kindAndName))
        var groups: [RuleGroup] = []
        var place: Int?
        for group in current {
            let kept = group.rules.filter { !names.contains($0.kindAndName) }
            if kept.count < group.rules.count { place = place ?? groups.count }
            if !kept.isEmpty { groups.append(group.with(rules: kept)) }
        }
        groups.insert(contentsOf: tried.map(\.asTried), at: place ?? groups.count)
        return groups
    }
}

extension Rule {
    fileprivate var kindAndName: String {
        if case .recording = kind { "record \(name)" } else { "alert \(name)" }
    }
}

extension RuleGroup {
    /// Names of its alerts in order.
    fileprivate var alertNames: [String] {
        rules.compactMap { rule in
            if case .alerting = rule.kind { rule.name } else { nil }
        }
    }

    /// The group under a file name that no group in force has: state is kept by file and name.
    fileprivate var asTried: RuleGroup {
        RuleGroup(
            name: name,
            file: "tried/\(file)",
            interval: interval,
            limit: limit,
            queryOffset: queryOffset,
            rules: rules
        )
    }

    fileprivate func with(rules: [Rule]) -> RuleGroup {
        RuleGroup(
            name: name,
            file: file,
            interval: interval,
            limit: limit,
            queryOffset: queryOffset,
            rules: rules
        )
    }
}
