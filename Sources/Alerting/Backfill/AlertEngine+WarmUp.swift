internal import PromQL
internal import Telemetry

/// The state that alerts have at the start of a backfill.
extension AlertEngine {
    /// Brings the engine into the state in which it would be had it run before a time.
    ///
    /// What the store says of alerts before that time counts: since when they are active and
    /// whether they fire. The rest, since when a condition is gone of an alert that is kept firing,
    /// and everything of rules that did not run then, comes from judging some time before it, of
    /// which nothing is written. Rules that did not run then see afterwards what they gave last,
    /// and nothing older.
    ///
    /// - Parameters:
    ///   - from: the first evaluation of the backfill.
    ///   - earliest: before it there are no samples.
    ///   - step: time between evaluations.
    ///   - reach: how far back the rules look; what is older is not remembered.
    ///   - source: the store.
    /// - Throws: ``AlertingError/queryFailed(rule:reason:)`` when the store cannot be read,
    ///   ``AlertingError/warmUpTooLarge(samples:limit:)``, ``AlertingError/interrupted(at:)``.
    mutating func warmUp(
        until from: Instant,
        notBefore earliest: Instant,
        step: Milliseconds,
        reach: Milliseconds,
        source: some SeriesSource
    ) throws(AlertingError) {
        let wanted = min(warmUpTime, limits.longestWarmUp)
        let count = max(0, min(wanted, from - max(earliest, from - wanted)).count / step.count)
        let start = from - step * count
        let stored: StoredAlerts
        do {
            let first = start - longestOffset - groups.map(reachBack).max(by: <).orZero
            stored = try StoredAlerts(of: self, in: first...from, source: source)
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        for group in groups {
            let last = start - Milliseconds(1)
            // So each group is due at the first minute of its slots, and at no other.
            book.evaluatedAt[group.id] = start - step
            let end = last - group.queryOffset
            adopt(stored, of: group, in: (end - reachBack(group))...end)
            try recall(stored, of: group, at: end, source)
        }
        let shown = groups.map { reachBack($0) + $0.queryOffset }.max(by: <).orZero
        try judge(from: start, until: from, step: step, keep: max(reach, shown), stored, source)
        memory.forgetAllButLasts(since: from - shown)
        for group in groups {
            try recall(stored, of: group, at: from - Milliseconds(1) - group.queryOffset, source)
            for rule in group.rules where !stored.knownRules.contains(rule.id) {
                // Else it would end series that it has never given.
                if case .recording = rule.kind { lastSeries[rule.id] = [:] }
            }
        }
    }

    /// How often what no rule looks at any more is forgotten.
    private static let forgetting = Milliseconds.hours(1)

    /// How much time before a backfill decides about the state of alerts.
    private var warmUpTime: Milliseconds {
        var keep = Milliseconds.zero
        for group in groups {
            for rule in group.rules {
                if case .alerting(let terms) = rule.kind { keep = max(keep, terms.keepFiringFor) }
            }
        }
        return longestHold + keep + groups.map(reachBack).max(by: <).orZero
    }

    /// How far back the last evaluation of a group may lie: each slot's is at a whole minute.
    func reachBack(_ group: RuleGroup) -> Milliseconds {
        let step = RuleBackfill.step
        let minutes = (group.interval.count + step.count - 1) / step.count
        return max(step * minutes, queryEngine.lookback)
    }

    /// Judges the time before, and takes over what the store says of each evaluation.
    private mutating func judge(
        from start: Instant,
        until end: Instant,
        step: Milliseconds,
        keep: Milliseconds,
        _ stored: StoredAlerts,
        _ source: some SeriesSource
    ) throws(AlertingError) {
        keepsMemory = true
        fixedParts = FixedParts(of: groups, besides: derivedNames, step: step)
        links = RuleLinks(hidesBaseFrom: start)
        defer {
            keepsMemory = false
            fixedParts = nil
            links = RuleLinks()
        }
        try connectPast(source, at: end)
        var time = start
        while time < end {
            guard !mustEnd() else { throw .interrupted(at: time) }
            links.hidesBaseFrom = time
            fixedParts?.move(
                to: time,
                before: end - step,
                step: step,
                queryEngine,
                source,
                unless: mustEnd
            )
            if time > start, (time - start).count % Self.forgetting.count == 0 {
                memory.forget(before: { _ in time - keep })
                try connectPast(source, at: end)
            }
            forget(evaluate(at: time, source: source), knownTo: stored)
            guard memory.sampleCount <= limits.historySamples else {
                throw .warmUpTooLarge(samples: memory.sampleCount, limit: limits.historySamples)
            }
            for group in groups where book.evaluatedAt[group.id] == time {
                let moment = time - group.queryOffset
                adopt(stored, of: group, in: moment...moment, ifEvaluatedAt: moment)
                // Its next evaluation sees them beyond the lookback.
                if bridgesPauses, group.interval >= queryEngine.lookback {
                    try recall(stored, of: group, at: moment, source)
                }
            }
            time = time + step
        }
    }

    /// Finds what is stored of the rules' series, so that it can be hidden.
    private mutating func connectPast(
        _ source: some SeriesSource,
        at end: Instant
    ) throws(AlertingError) {
        do {
            try links.connect(
                derivedNames,
                of: source,
                at: end,
                to: &memory,
                offset: { [self] in ownOffset(of: $0) }
            )
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
    }

    /// Takes what the recording rules of a group gave last from the store.
    ///
    /// - Returns: the time of the last sample; nil when there is none.
    @discardableResult
    mutating func recall(
        _ stored: StoredAlerts,
        of group: RuleGroup,
        at moment: Instant,
        _ source: some SeriesSource
    ) throws(AlertingError) -> Instant? {
        let range = (moment - reachBack(group))...moment
        var latest: Int64?
        var buffer = SampleBuffer()
        for rule in group.rules where stored.knownRules.contains(rule.id) {
            guard case .recording = rule.kind else { continue }
            var values: [Labels: Double] = [:]
            do {
                let matcher = LabelMatcher(Labels.metricNameLabel, .equal(rule.name))
                for series in try source.select([matcher], in: range)
                where ownership.owner(of: series.labels)?.rule == rule.id {
                    try source.read(series.id, in: range, into: &buffer)
                    if let time = buffer.times.last { latest = max(latest ?? time, time) }
                    guard let last = buffer.values.last,
                        last.bitPattern != RuleSample.staleMarker.bitPattern
                    else { continue }
                    values[series.labels] = last
                }
            } catch {
                throw .queryFailed(rule: "of the past", reason: "\(error)")
            }
            lastSeries[rule.id] = values
        }
        return latest.map { Instant(milliseconds: $0) }
    }

    /// Forgets what rules gave whose samples are in the store: from the next step on they are seen
    /// there.
    private mutating func forget(_ outcome: EvaluationOutcome, knownTo stored: StoredAlerts) {
        var start = 0
        for origin in outcome.origins {
            if stored.knownRules.contains(origin.rule) {
                for given in outcome.samples[start..<origin.end] {
                    memory.remove(given.labels, at: given.sample.time)
                }
            }
            start = origin.end
        }
    }

    /// Takes over what the store says of the open alerts of a group.
    private mutating func adopt(
        _ stored: StoredAlerts,
        of group: RuleGroup,
        in range: ClosedRange<Instant>,
        ifEvaluatedAt moment: Instant? = nil
    ) {
        for rule in group.rules {
            guard case .alerting(let terms) = rule.kind else { continue }
            if let moment, !stored.wasEvaluated(rule.id, at: moment) { continue }
            let before = book.alerts[rule.id] ?? [:]
            let shown = stored.open(of: rule.id, in: range)
            let labels = Set(shown.map(\.labels))
            for alert in before.values where !labels.contains(alert.labels) { book.remove(alert) }
            for alert in shown { adopt(alert, of: rule, terms, before[alert.labels]) }
        }
    }

    mutating func adopt(
        _ shown: StoredAlerts.Shown,
        of rule: Rule,
        _ terms: AlertingTerms,
        _ before: Alert?
    ) {
        var alert =
            before
            ?? Alert(
                number: book.takeNumber(),
                rule: rule.id,
                name: rule.name,
                labels: shown.labels,
                annotations: [:],
                expression: rule.expressionText,
                value: .nan,
                state: shown.state,
                activeAt: shown.activeAt
            )
        // The store has whole seconds.
        if alert.activeAt.milliseconds / 1000 != shown.activeAt.milliseconds / 1000 {
            alert.activeAt = shown.activeAt
            alert.goneAt = nil
        }
        alert.state = shown.state
        if shown.state == .firing {
            alert.firedAt = alert.firedAt ?? alert.activeAt + terms.holdFor
        } else {
            alert.firedAt = nil
            alert.goneAt = nil
        }
        book.update(alert)
    }
}

extension Optional<Milliseconds> {
    /// The span, or none.
    fileprivate var orZero: Milliseconds { self ?? .zero }
}
