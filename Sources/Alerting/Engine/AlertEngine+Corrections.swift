internal import PromQL
public import Telemetry

/// Second judgement of time whose samples came late.
extension AlertEngine {
    /// Judges a stretch of the past again because samples of it came late.
    ///
    /// The state is taken back to where it was at the start, all steps are evaluated, and what
    /// comes out is compared with what was known:
    /// * an occurrence that was known keeps its number, whether its times have changed or not;
    /// * one that is new gets a number and is marked as late; nobody is told when it is over
    ///   already;
    /// * one that was firing and turns out not to be is resolved, and receivers are told;
    /// * samples that rules gave and that no longer hold are ended by staleness markers, but those
    ///   of times at which the rule fails now or was not due.
    ///
    /// What was pending at the start and dropped later is known from the stored series. Not known
    /// is the value that an alert had at the start: it keeps the last one until a step gives
    /// another; nor since when a condition was gone that came back later: start where
    /// ``correctionStart(for:step:notBefore:)`` says.
    /// - Parameters:
    ///   - from: where to start, at a time of evaluation.
    ///   - to: the last evaluation.
    ///   - step: time between the evaluations there were.
    ///   - source: the store, the late samples in it.
    /// - Returns: the samples to write over the old ones, without those that are there already, and
    ///   what changed.
    /// - Throws: as ``evaluateHistory(from:to:step:source:)``.
    public mutating func reevaluate(
        from: Instant,
        to: Instant,
        step: Milliseconds,
        source: some SeriesSource
    ) throws(AlertingError) -> EvaluationOutcome {
        let known = book
        let before = try withMemory(source, at: to)
        var engine = self
        let start = { [ruleGroups] (rule: RuleID) in
            from - (ruleGroups[rule]?.queryOffset ?? .zero)
        }
        engine.book = known.rewound(to: from, from: start)
        engine.lastSeries = [:]
        try engine.recall(before: from, step: step, source: before)
        engine.isQuiet = true
        // Groups that were evaluated in the midst of a slot, as after a start.
        engine.extraEvaluations = known.evaluatedAt.filter { $0.value >= from }
        // What was remembered of the stretch is to be given anew.
        engine.forgetEvaluations(from: from)
        var outcome = try engine.evaluateHistory(from: from, to: to, step: step, source: source)
        engine.isQuiet = false
        engine.extraEvaluations = [:]
        let correction = Correction(known: known, judged: engine.book, from: start, to: to)
        engine.book = correction.book(limit: limits.pastAlerts)
        outcome.transitions = []
        outcome.announcements = []
        correction.describe(&outcome)
        outcome.samples = try BackfillComparison(
            of: outcome,
            with: before,
            in: from...to,
            after: [:],
            engine
        ).changes
        engine.announce(at: to, &outcome)
        self = engine
        return outcome
    }

    /// Up to when evaluations have read samples; nil when there was none.
    ///
    /// What comes now and is of that time or older is late.
    public var readUntil: Instant? {
        groups.compactMap { group in book.evaluatedAt[group.id].map { $0 - group.queryOffset } }
            .max()
    }

    /// Where a correction starts for samples of a time.
    ///
    /// At the first evaluation that reads them; earlier by the `keep_firing_for` of what fires
    /// there, which may have been without its condition for as long. Where that is bounded, what
    /// is without its condition at the start counts as if that had gone there, and may be found to
    /// end later than it should, by less than its `keep_firing_for`.
    /// - Parameters:
    ///   - time: of the earliest late sample.
    ///   - step: time between evaluations.
    ///   - earliest: how far back to go at most for the sake of what is kept firing.
    /// - Returns: whole steps before the last evaluation; nil when none reads them.
    public func correctionStart(
        for time: Instant,
        step: Milliseconds,
        notBefore earliest: Instant = .distantPast
    ) -> Instant? {
        guard let last = book.lastEvaluation, time <= last else { return nil }
        let first = last - step * ((last - time).count / step.count)
        var keepTimes: [RuleID: Milliseconds] = [:]
        for rule in groups.flatMap(\.rules) {
            if case .alerting(let terms) = rule.kind, terms.keepFiringFor > .zero {
                keepTimes[rule.id] = terms.keepFiringFor
            }
        }
        var longest = Milliseconds.zero
        for alert in book.open + book.past {
            guard let keep = keepTimes[alert.rule], let start = alert.firedAt, start < first,
                alert.resolvedAt ?? .distantFuture >= first
            else { continue }
            longest = max(longest, keep)
        }
        let wanted = (longest.count + step.count - 1) / step.count
        let allowed = earliest < first ? (first - max(earliest, first - longest - step)).count : 0
        return first - step * min(wanted, allowed / step.count)
    }

    /// What the store shows, with what rules gave lately and it may not show yet.
    private func withMemory<Source: SeriesSource>(
        _ source: Source,
        at time: Instant
    ) throws(AlertingError) -> RuleSource<Source> {
        var (memory, links) = (memory, RuleLinks())
        do {
            try links.connect(derivedNames, of: source, at: time, to: &memory)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        return RuleSource(base: source, memory: memory, links: links)
    }

    /// Takes from the store what the engine does not know of the time before one.
    ///
    /// That is alerts which were pending and were dropped later, as the book has forgotten them,
    /// and what groups gave last that see it only by being shown it, for their intervals are longer
    /// than the lookback.
    private mutating func recall(
        before time: Instant,
        step: Milliseconds,
        source: some SeriesSource
    ) throws(AlertingError) {
        let furthest = groups.map { reachBack($0) + $0.queryOffset }.max() ?? .zero
        let stored: StoredAlerts
        do {
            stored = try StoredAlerts(of: self, in: (time - furthest)...time, source: source)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        for group in groups {
            try recallEvaluation(of: group, before: time, step: step, stored, source)
            let end = time - Milliseconds(1) - group.queryOffset
            for rule in group.rules {
                guard case .alerting(let terms) = rule.kind else { continue }
                for shown in stored.open(of: rule.id, in: (end - reachBack(group))...end)
                where shown.state == .pending && book.alerts[rule.id]?[shown.labels] == nil {
                    adopt(shown, of: rule, terms, nil)
                }
            }
        }
    }

    /// Finds the last evaluation of a group before a time, and what it gave if the group is slow.
    ///
    /// That is the first step of its slot, or a later one of which the store has samples, as after
    /// a start in the midst of a slot.
    private mutating func recallEvaluation(
        of group: RuleGroup,
        before time: Instant,
        step: Milliseconds,
        _ stored: StoredAlerts,
        _ source: some SeriesSource
    ) throws(AlertingError) {
        guard let known = book.evaluatedAt[group.id] else { return }
        let interval = group.interval.count
        let slot = Instant(milliseconds: Self.slot(time - step, interval) * interval)
        var last = time - step * ((time - slot).count / step.count)
        let moment = time - Milliseconds(1) - group.queryOffset
        for rule in group.rules {
            if let shown = stored.lastEvaluation(of: rule.id, upTo: moment) {
                last = max(last, shown + group.queryOffset)
            }
        }
        if bridgesPauses, group.interval >= queryEngine.lookback,
            let given = try recall(stored, of: group, at: moment, source)
        {
            last = max(last, given + group.queryOffset)
        }
        book.evaluatedAt[group.id] = min(known, last)
    }
}
