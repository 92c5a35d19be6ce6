internal import PromQL
internal import Telemetry

/// Evaluation of groups and rules.
extension AlertEngine {
    mutating func evaluate(
        _ group: RuleGroup,
        at time: Instant,
        source: some SeriesSource,
        _ outcome: inout EvaluationOutcome
    ) {
        let clock = ContinuousClock()
        let start = clock.now
        let moment = time - group.queryOffset
        let bridged = bridge(group, at: moment)
        var foreignFault: AlertingError?
        if readsForeignAlerts {
            do {
                foreignAlerts = try firingForeignAlerts(at: time, source: source)
            } catch {
                foreignFault = error
            }
        }
        var silences = suspensionKeys()
        for rule in group.rules {
            let ruleStart = clock.now
            let changeCount = outcome.transitions.count
            var status = statuses[rule.id] ?? RuleStatus()
            do {
                if let foreignFault { throw foreignFault }
                status.resultCount = try evaluate(
                    rule,
                    in: group,
                    at: moment,
                    source: source,
                    silences,
                    &outcome
                )
                status.health = .ok
                status.lastError = nil
            } catch {
                status.health = .error
                status.lastError = "\(error)"
                outcome.failureCount += 1
                if keepsMemory, isQuiet { keepStored(rule, at: moment, source: source) }
            }
            if keepsMemory { outcome.note(rule.id, at: time, failedBecause: status.lastError) }
            if outcome.transitions.count != changeCount { silences = suspensionKeys() }
            status.evaluatedAt = time
            status.evaluationSeconds = (clock.now - ruleStart).seconds
            statuses[rule.id] = status
        }
        for labels in bridged { memory.remove(labels, at: Self.eve(of: moment)) }
        book.evaluatedAt[group.id] = time
        groupSeconds[group.id] = (clock.now - start).seconds
        outcome.groupCount += 1
    }

    /// Shows what a group gave last to its rules after a gap in evaluation that is longer than the
    /// lookback, so that hysteresis and series that build on themselves outlive a pause.
    ///
    /// Alerts outlive any pause, as a restart must not close them; recorded series one of up to
    /// ``AlertingLimits/bridgedGap``. With a step longer than the lookback all groups are shown
    /// that a gateway, which judges each minute, would have judged a moment before. Gives the
    /// series that must be taken back after the evaluation, for the store will not have these
    /// samples.
    private mutating func bridge(_ group: RuleGroup, at moment: Instant) -> [Labels] {
        guard bridgesPauses else { return [] }
        var bridged = bridgedSeries(of: group, at: moment)
        if bridgesSteps {
            for other in groups
            where other.id != group.id && other.interval < queryEngine.lookback {
                bridged += bridgedSeries(of: other, at: moment)
            }
        }
        return bridged
    }

    private mutating func bridgedSeries(of group: RuleGroup, at moment: Instant) -> [Labels] {
        guard let last = book.evaluatedAt[group.id] else { return [] }
        let gap = moment - (last - group.queryOffset)
        guard gap >= queryEngine.lookback else { return [] }
        var bridged: [Labels] = []
        for rule in group.rules {
            var shown: [(Labels, Double)] = []
            for alert in (book.alerts[rule.id] ?? [:]).values {
                shown += Self.stateSeries(of: alert)
            }
            if gap <= bridgedGap {
                shown += (lastSeries[rule.id] ?? [:]).map { ($0.key, $0.value) }
            }
            for (labels, value) in shown {
                memory.append(labels, Sample(time: Self.eve(of: moment), value: value))
                bridged.append(labels)
            }
        }
        return bridged
    }

    private static func eve(of moment: Instant) -> Instant { moment - Milliseconds(1) }

    private mutating func evaluate(
        _ rule: Rule,
        in group: RuleGroup,
        at moment: Instant,
        source: some SeriesSource,
        _ silences: [Set<[String]>],
        _ outcome: inout EvaluationOutcome
    ) throws(AlertingError) -> Int {
        let elements = try results(of: rule, in: group, at: moment, source: source)
        switch rule.kind {
        case .recording:
            try check(elements.count, of: rule, group.limit, limits.seriesPerRule)
            if lastSeries[rule.id] == nil {
                lastSeries[rule.id] = seriesBeforeStart(of: rule, at: moment, source: source)
            }
            try record(elements, of: rule, at: moment, &outcome)
            return elements.count
        case .alerting(let terms):
            try check(elements.count, of: rule, limits.alertsPerRule)
            if rule.usesQuery { templateQuery = query(of: rule, at: moment, source: source) }
            defer { templateQuery = nil }
            let found = try labelled(elements, of: rule)
            do {
                let kept = keptCount(rule, terms, besides: found, at: moment)
                try check(found.count + kept, of: rule, group.limit)
            } catch {
                clear(rule, at: moment, &outcome)
                throw error
            }
            let annotations = found.filter { !isSuspended($0.key, silences) }
                .mapValues { self.annotations(of: terms, $0) }
            // The query holds on to what was given so far; from here on more is given, and what is
            // held would have to be copied.
            templateQuery = nil
            advance(rule, terms, to: found, annotations, at: moment, silences, &outcome)
            return found.count
        }
    }

    private mutating func results(
        of rule: Rule,
        in group: RuleGroup,
        at moment: Instant,
        source: some SeriesSource
    ) throws(AlertingError) -> [VectorElement] {
        if let elements = answersAhead?.answer(to: rule, of: group, at: moment, queryEngine, source)
        {
            return elements
        }
        let value: QueryValue
        do {
            value = try queryEngine.instant(
                rule.expression,
                at: moment,
                source: RuleSource(base: source, memory: memory, links: links)
            )
        } catch {
            throw .queryFailed(rule: rule.name, reason: "\(error)")
        }
        switch value {
        case .vector(let elements): return elements
        case .scalar(let sample): return [VectorElement(labels: .empty, sample: sample)]
        case .string: throw .wrongValueType(rule: rule.name, found: "a text")
        case .matrix: throw .wrongValueType(rule: rule.name, found: "a range vector")
        }
    }

    private func check(_ count: Int, of rule: Rule, _ limits: Int...) throws(AlertingError) {
        for limit in limits where limit > 0 && count > limit {
            throw .limitExceeded(rule: rule.name, count: count, limit: limit)
        }
    }

    /// What a rule gave before this engine was made: it may have to be ended.
    private func seriesBeforeStart(of rule: Rule, at moment: Instant, source: some SeriesSource)
        -> [Labels: Double]
    {
        // Series of several rules of one name cannot be told apart; they end by their age.
        guard recordCounts[rule.name] == 1 else { return [:] }
        do {
            let value = try queryEngine.instant(
                try PromQLParser.parse(rule.name),
                at: moment - Milliseconds(1),
                source: RuleSource(base: source, memory: memory, links: links)
            )
            guard case .vector(let elements) = value else { return [:] }
            return Dictionary(
                elements.map { ($0.labels, $0.sample.value) },
                uniquingKeysWith: { first, _ in first }
            )
        } catch {
            // The store cannot be read: the rule's own query has failed before.
            return [:]
        }
    }

    private mutating func record(
        _ elements: [VectorElement],
        of rule: Rule,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) throws(AlertingError) {
        var values: [Labels: Double] = [:]
        values.reserveCapacity(elements.count)
        for element in elements {
            let data = templateData(element)
            var labels = element.labels.sorted
            labels += rule.labels.map { Label($0.name, $0.template.text(with: data)) }
            labels.append(Label(Labels.metricNameLabel, rule.name))
            let key = Labels(labels)
            guard values.updateValue(element.sample.value, forKey: key) == nil else {
                throw .duplicateLabels(rule: rule.name, labels: "\(key)")
            }
        }
        for ended in (lastSeries[rule.id] ?? [:]).keys where values[ended] == nil {
            give(ended, RuleSample.staleMarker, at: moment, &outcome)
        }
        for (labels, value) in values {
            give(labels, value, at: moment, &outcome)
        }
        lastSeries[rule.id] = values
    }

    /// What an alerting rule found, by the labels of the alert.
    private func labelled(_ elements: [VectorElement], of rule: Rule) throws(AlertingError)
        -> [Labels: VectorElement]
    {
        var found: [Labels: VectorElement] = [:]
        found.reserveCapacity(elements.count)
        for element in elements {
            let data = templateData(element)
            var labels = element.labels.withoutMetricName.sorted
            labels += rule.labels.map { Label($0.name, $0.template.text(with: data)) }
            labels.append(Label("alertname", rule.name))
            let key = Labels(labels)
            guard found.updateValue(element, forKey: key) == nil else {
                throw .duplicateLabels(rule: rule.name, labels: "\(key)")
            }
        }
        return found
    }

    func templateData(_ element: VectorElement) -> TemplateData {
        var data = TemplateData(
            labels: element.labels,
            value: element.sample.value,
            externalLabels: externalLabels,
            externalURL: externalURL
        )
        data.query = templateQuery
        return data
    }

    /// What answers the `query` of a rule's templates: what the rule itself sees.
    private func query(of rule: Rule, at moment: Instant, source: some SeriesSource)
        -> TemplateQuery
    {
        let seen = RuleSource(base: source, memory: memory, links: links)
        return { [queryEngine] text throws(AlertingError) in
            let value: QueryValue
            do {
                let expression = try PromQLParser.parse(text)
                value = try queryEngine.instant(expression, at: moment, source: seen)
            } catch {
                throw .templateFailed(reason: "query \(Labels.quoted(text)): \(error)")
            }
            switch value {
            case .vector(let elements):
                return elements.map { TemplateSample(labels: $0.labels, value: $0.sample.value) }
            case .scalar(let sample):
                return [TemplateSample(labels: .empty, value: sample.value)]
            case .string, .matrix:
                throw .templateFailed(
                    reason: "query \(Labels.quoted(text)) gives neither samples nor a number"
                )
            }
        }
    }

    /// Gives a sample to be written and remembers it for the rules after.
    ///
    /// One of a series that rules of other groups have is not given.
    mutating func give(
        _ labels: Labels,
        _ value: Double,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        guard !ownership.isForeign(labels) else { return }
        let sample = Sample(time: moment, value: value)
        memory.append(labels, sample)
        outcome.samples.append(RuleSample(labels: labels, sample: sample))
    }
}

extension Duration {
    /// The duration in seconds.
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
