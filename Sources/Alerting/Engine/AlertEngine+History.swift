public import Telemetry

/// Evaluation of time that has passed.
extension AlertEngine {
    /// Evaluates every step from one time to another, both included.
    ///
    /// The result is that of calling ``evaluate(at:source:)`` at each step with a store that shows
    /// all samples given so far: rules see what they gave before, though nothing is written until
    /// the end. Samples of rules that the store has from the start on are taken as not there, so
    /// that a stretch can be evaluated a second time. Steps not after the last evaluation of a
    /// group change nothing.
    ///
    /// Costs as much as the single evaluations, for a preview a pass over the samples; give it a
    /// thread of its own when it is long.
    /// - Parameters:
    ///   - from: first time.
    ///   - to: last time; not reached when it is not a whole number of steps away.
    ///   - step: time between evaluations, longer than 0; groups are due as their intervals say.
    ///   - source: the store, with all samples of that time.
    /// - Returns: what all steps gave, in their order.
    /// - Throws: ``AlertingError/historyBackwards(from:to:step:)``,
    ///   ``AlertingError/historyTooLong(steps:limit:)`` before anything is done;
    ///   ``AlertingError/historyTooLarge(samples:limit:)`` when rules give too much, with the state
    ///   as it was before the call.
    public mutating func evaluateHistory(
        from: Instant,
        to: Instant,
        step: Milliseconds,
        source: some SeriesSource
    ) throws(AlertingError) -> EvaluationOutcome {
        guard from <= to, step > .zero else {
            throw .historyBackwards(from: from, to: to, step: step)
        }
        let steps = (to - from).count / step.count + 1
        guard steps <= Int64(limits.historySteps) else {
            throw .historyTooLong(steps: Int(clamping: steps), limit: limits.historySteps)
        }
        var engine = self
        engine.keepsMemory = true
        engine.fixedParts = FixedParts(
            of: groups,
            besides: derivedNames,
            step: step,
            mayRound: mayRound
        )
        engine.links = RuleLinks(hidesBaseFrom: from)
        do {
            try engine.links.connect(
                derivedNames,
                of: source,
                at: to,
                to: &engine.memory,
                offset: { ownOffset(of: $0) }
            )
        } catch {
            throw .queryFailed(rule: "of the past", reason: "\(error)")
        }
        var outcome = EvaluationOutcome()
        var time = from
        for _ in 0..<steps {
            guard !mustEnd() else { throw .interrupted(at: time) }
            engine.fixedParts?.move(
                to: time,
                before: to,
                step: step,
                queryEngine,
                source,
                unless: mustEnd
            )
            outcome.append(engine.evaluate(at: time, source: source))
            guard outcome.samples.count <= limits.historySamples else {
                throw .historyTooLarge(
                    samples: outcome.samples.count,
                    limit: limits.historySamples
                )
            }
            time = time + step
        }
        engine.keepsMemory = false
        engine.fixedParts = nil
        engine.links = RuleLinks()
        engine.forgetWritten(at: to)
        self = engine
        return outcome
    }

    /// The longest `for` of all rules.
    public var longestHold: Milliseconds {
        var longest = Milliseconds.zero
        for group in groups {
            for rule in group.rules {
                if case .alerting(let terms) = rule.kind { longest = max(longest, terms.holdFor) }
            }
        }
        return longest
    }

    /// How far before its evaluation the samples of a series lie; nil when they are not to be
    /// touched.
    func ownOffset(of labels: Labels) -> Milliseconds? { ownership.owner(of: labels)?.offset }

    /// Shows the rules after a rule that failed what is stored of it at that time: a correction of
    /// the past leaves it there.
    mutating func keepStored(_ rule: Rule, at moment: Instant, source: some SeriesSource) {
        var names = [rule.name]
        var matchers: [LabelMatcher] = []
        if case .alerting = rule.kind {
            names = [Self.alertsMetric, Self.stateMetric]
            matchers = [LabelMatcher("alertname", .equal(rule.name))]
        }
        var buffer = SampleBuffer()
        do {
            for name in names {
                let matcher = LabelMatcher(Labels.metricNameLabel, .equal(name))
                for series in try source.select([matcher] + matchers, in: moment...moment)
                where ownership.owners(of: series.labels).contains(where: { $0.rule == rule.id }) {
                    try source.read(series.id, in: moment...moment, into: &buffer)
                    guard let value = buffer.values.last else { continue }
                    memory.append(series.labels, Sample(time: moment, value: value))
                }
            }
        } catch {
            // The store cannot be read: the comparison with what it has meets the same fault.
        }
    }

    /// Forgets what rules gave at evaluations from a time on: samples that lie before it as well,
    /// where a group has an offset.
    mutating func forgetEvaluations(from time: Instant) {
        memory.forget(from: { [self] in time - (ownOffset(of: $0) ?? .zero) })
    }

    /// Forgets what rules gave so long before an evaluation that the store shows it.
    mutating func forgetWritten(at time: Instant) {
        let written = time - limits.writeDelay
        memory.forget(before: { [self] in written - (ownOffset(of: $0) ?? longestOffset) })
    }

    /// How far before an evaluation samples of rules may lie.
    var longestOffset: Milliseconds { groups.map(\.queryOffset).max() ?? .zero }
}
