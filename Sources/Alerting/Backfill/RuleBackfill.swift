public import PromQL
public import Telemetry

/// Rules that are evaluated over a stretch of the past, portion by portion, to write what they
/// give.
///
/// Afterwards the store is as if the rules had run then, as `promtool tsdb create-blocks-from
/// rules` makes it, but with the series of alerts and over what is there already:
///
/// * Each group is evaluated as the gateway does, at the first whole minute of each slot of its
///   interval, all groups of one minute in their order, rules seeing what earlier ones gave.
/// * What the rules' own series have in the stretch is not seen. Where a rule gives another value
///   it takes the place of the old one; where it gives nothing at the time of a stored sample that
///   one becomes a staleness marker, as ``AlertEngine/reevaluate(from:to:step:source:)`` has it.
///   At times at which the rule fails what is stored of it stays.
/// * Series of other rules are read and never touched, nor samples of these rules at times that
///   lie between their evaluations, as from before an interval was changed; but where a value that
///   was given holds then, it takes their place.
/// * The state of alerts at the start is that of the store, or comes from the time before; see
///   ``warmUp(notBefore:keptSince:source:)``.
/// * No rule is judged on history of which the store has forgotten a part.
/// * Samples that are there already are not given again: a second run gives nothing.
///
/// Call ``warmUp(notBefore:keptSince:source:)`` once, then ``judge(until:source:)`` until ``next``
/// is nil. What that gives must be written before it is called again, or handed to
/// ``remember(_:)``.
///
/// Memory: up to ``AlertingLimits/backfillSamples`` samples of one portion, as many of the time
/// before the start, and up to ``AlertingLimits/dryRunSamples`` that were remembered, whatever the
/// length.
public struct RuleBackfill: Sendable {
    /// The groups in their order.
    public var groups: [RuleGroup] { engine.groups }
    /// First and last evaluation, on whole minutes.
    public let times: ClosedRange<Instant>
    /// The first evaluation that is still to be made; nil at the end.
    public private(set) var next: Instant?
    /// The last evaluation that was made; nil before the first one.
    public var judgedTo: Instant? {
        guard let next else { return times.upperBound }
        return next > times.lowerBound ? next - Self.step : nil
    }
    private var figures: [RuleID: BackfillFigures] = [:]
    private var engine: AlertEngine
    private let limits: AlertingLimits
    /// What was given and is not written.
    private var unwritten = RuleMemory()
    /// The values that hold on from the portions before.
    private var held: [Labels: BackfillComparison.Given] = [:]
    /// Most evaluations of a portion, as far as was found that more give too much.
    private var stepLimit = Int64.max

    /// Time between evaluations, that of the gateway.
    public static let step = Milliseconds.minutes(1)

    /// Prepares a backfill.
    ///
    /// - Parameters:
    ///   - groups: whose results are written.
    ///   - others: groups in force beside these, whose stored series are not touched.
    ///   - relations: of all rules in force.
    ///   - isWhole: whether the groups are all that are in force; if not, stored alerts of other
    ///     rules suspend those of these.
    ///   - times: from when to when; evaluations are made at the whole minutes in it.
    ///   - queryEngine: evaluates expressions.
    ///   - limits: named limits.
    ///   - externalLabels: labels of the whole gateway, for templates.
    ///   - externalURL: address under which people reach the gateway, for templates.
    /// - Throws: ``AlertingError/historyBackwards(from:to:step:)`` when there is no whole minute in
    ///   the times, ``AlertingError/historyTooLong(steps:limit:)``,
    ///   ``AlertingError/ruleInForce(name:other:)`` for a rule that is one of the others too.
    public init(
        groups: [RuleGroup],
        besides others: [RuleGroup] = [],
        relations: AlertRelations = .none,
        isWhole: Bool,
        times: ClosedRange<Instant>,
        queryEngine: QueryEngine = QueryEngine(),
        limits: AlertingLimits = AlertingLimits(),
        externalLabels: Labels = .empty,
        externalURL: String = ""
    ) throws(AlertingError) {
        let first = Self.stepUp(from: times.lowerBound)
        let count = (times.upperBound - first).count / Self.step.count
        guard first <= times.upperBound else {
            throw .historyBackwards(from: first, to: times.upperBound, step: Self.step)
        }
        guard count < Int64(limits.historySteps) else {
            throw .historyTooLong(steps: Int(clamping: count + 1), limit: limits.historySteps)
        }
        self.times = first...(first + Self.step * count)
        next = first
        self.limits = limits
        var portion = limits
        portion.historySamples = min(limits.historySamples, limits.backfillSamples)
        engine = AlertEngine(
            groups: groups,
            relations: relations,
            queryEngine: queryEngine,
            limits: portion,
            externalLabels: externalLabels,
            externalURL: externalURL
        )
        engine.ownership = RuleOwnership(groups, besides: others)
        for group in groups {
            for rule in group.rules {
                guard let other = engine.ownership.rival(of: rule, in: group) else { continue }
                throw .ruleInForce(name: rule.name, other: other)
            }
        }
        engine.isQuiet = true
        engine.readsForeignAlerts = !isWhole
    }

    private static func stepUp(from time: Instant) -> Instant {
        let over = time.milliseconds % step.count
        if over == 0 { return time }
        return time + Milliseconds(over < 0 ? -over : step.count - over)
    }

    /// How far before an evaluation samples of these rules may lie.
    public var longestOffset: Milliseconds { engine.longestOffset }

    /// How a rule's evaluations went so far and what became of its samples.
    public func figures(of rule: RuleID) -> BackfillFigures { figures[rule] ?? BackfillFigures() }

    /// Finds the state that alerts have at the start.
    ///
    /// - Parameters:
    ///   - earliest: before it there are no samples.
    ///   - horizon: samples before it have given way; none have where it is not given.
    ///   - source: the store.
    /// - Throws: ``AlertingError/historyForgotten(rule:reach:keptSince:earliest:)`` when a rule
    ///   looks back beyond the horizon, ``AlertingError/warmUpTooLarge(samples:limit:)``,
    ///   ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read.
    public mutating func warmUp(
        notBefore earliest: Instant,
        keptSince horizon: Instant = .distantPast,
        source: some SeriesSource
    ) throws(AlertingError) {
        let furthest = RuleReach(groups, engine.queryEngine, first: times.lowerBound).furthest
        let whole = horizon == .distantPast ? horizon : horizon + (furthest?.span ?? .zero)
        if let furthest, times.lowerBound < whole {
            throw .historyForgotten(
                rule: furthest.rule,
                reach: furthest.span,
                keptSince: horizon,
                earliest: whole
            )
        }
        try engine.warmUp(
            until: times.lowerBound,
            notBefore: max(earliest, whole),
            step: Self.step,
            reach: furthest?.span ?? .zero,
            source: source
        )
    }

    /// Evaluates the next portion.
    ///
    /// - Parameters:
    ///   - end: where it ends at the latest; rules that give much make it shorter.
    ///   - source: the store, with what the portions before gave.
    /// - Returns: what differs from what is stored: by series, each in rising time.
    /// - Throws: ``AlertingError/minuteTooLarge(at:samples:limit:)``,
    ///   ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read.
    public mutating func judge(
        until end: Instant,
        source: some SeriesSource
    ) throws(AlertingError) -> [RuleSample] {
        guard !unwritten.series.isEmpty else { return try judgePortion(until: end, source) }
        var links = RuleLinks()
        do {
            try links.connect(engine.derivedNames, of: source, at: end, to: &unwritten)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        let seen = RuleSource(
            base: source,
            memory: unwritten,
            links: links,
            firstID: RuleLinks.firstIDBelow
        )
        return try judgePortion(until: end, seen)
    }

    /// Lets later portions see what an earlier one gave, where nothing is written.
    ///
    /// - Throws: ``AlertingError/dryRunTooLarge(samples:limit:)``.
    public mutating func remember(_ samples: [RuleSample]) throws(AlertingError) {
        for given in samples { unwritten.append(given.labels, given.sample) }
        guard unwritten.sampleCount <= limits.dryRunSamples else {
            throw .dryRunTooLarge(samples: unwritten.sampleCount, limit: limits.dryRunSamples)
        }
    }

    private mutating func judgePortion(
        until end: Instant,
        _ source: some SeriesSource
    ) throws(AlertingError) -> [RuleSample] {
        guard let start = next else { return [] }
        let wanted = max(0, (min(end, times.upperBound) - start).count / Self.step.count) + 1
        while true {
            let steps = min(wanted, stepLimit)
            let last = start + Self.step * (steps - 1)
            do {
                var judged = engine
                let outcome = try judged.evaluateHistory(
                    from: start,
                    to: last,
                    step: Self.step,
                    source: source
                )
                // Samples between two evaluations belong to the portion of the first.
                let end = last < times.upperBound ? last + Self.step - Milliseconds(1) : last
                let comparison = try BackfillComparison(
                    of: outcome,
                    with: source,
                    in: start...end,
                    after: held,
                    engine
                )
                engine = judged
                held = comparison.held
                next = last < times.upperBound ? last + Self.step : nil
                figures.merge(comparison.figures) { earlier, later in earlier.adding(later) }
                return comparison.changes
            } catch .historyTooLarge(let samples, let limit) {
                guard steps > 1 else {
                    throw .minuteTooLarge(at: start, samples: samples, limit: limit)
                }
                stepLimit = steps / 2
            }
        }
    }
}
