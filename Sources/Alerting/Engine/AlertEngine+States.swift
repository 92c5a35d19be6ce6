internal import PromQL
internal import Telemetry

/// The state machine of alerts.
extension AlertEngine {
    /// Moves the alerts of a rule to what an evaluation found.
    mutating func advance(
        _ rule: Rule,
        _ terms: AlertingTerms,
        to found: [Labels: VectorElement],
        _ annotations: [Labels: [String: String]],
        at moment: Instant,
        _ silences: [Set<[String]>],
        _ outcome: inout EvaluationOutcome
    ) {
        // Sorted, so that equal input gives equal numbers.
        for labels in found.keys.sorted() {
            guard let element = found[labels] else { continue }
            let isSilent = isSuspended(labels, silences)
            let texts = annotations[labels] ?? [:]
            if let alert = book.alerts[rule.id]?[labels] {
                hold(alert, element, texts, terms, at: moment, isSilent, &outcome)
            } else if !isSilent {
                open(labels, element, texts, rule, terms, at: moment, &outcome)
            }
        }
        let gone = (book.alerts[rule.id] ?? [:]).values.filter { found[$0.labels] == nil }
        for alert in gone.sorted(by: { $0.number < $1.number }) {
            release(alert, terms, at: moment, isSuspended(alert.labels, silences), &outcome)
        }
        for alert in (book.alerts[rule.id] ?? [:]).values {
            for (labels, value) in Self.stateSeries(of: alert) {
                give(labels, value, at: moment, &outcome)
            }
        }
    }

    private mutating func open(
        _ labels: Labels,
        _ element: VectorElement,
        _ annotations: [String: String],
        _ rule: Rule,
        _ terms: AlertingTerms,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        var alert = Alert(
            number: book.takeNumber(),
            rule: rule.id,
            name: rule.name,
            labels: labels,
            annotations: annotations,
            expression: rule.expressionText,
            value: element.sample.value,
            state: .pending,
            activeAt: moment
        )
        if terms.holdFor <= .zero {
            fire(&alert, at: moment, &outcome)
        } else {
            note(.pending, alert, at: moment, &outcome)
        }
        book.update(alert)
    }

    private mutating func hold(
        _ before: Alert,
        _ element: VectorElement,
        _ annotations: [String: String],
        _ terms: AlertingTerms,
        at moment: Instant,
        _ isSilent: Bool,
        _ outcome: inout EvaluationOutcome
    ) {
        var alert = before
        if isSilent {
            suspend(alert, at: moment, &outcome)
            return
        }
        resume(&alert, at: moment, &outcome)
        alert.goneAt = nil
        alert.value = element.sample.value
        alert.annotations = annotations
        if alert.state == .pending, moment - alert.activeAt >= terms.holdFor {
            end(seriesOf: alert, at: moment, onlyState: true, &outcome)
            fire(&alert, at: moment, &outcome)
        }
        book.update(alert)
    }

    /// What becomes of an alert whose condition has gone.
    private mutating func release(
        _ before: Alert,
        _ terms: AlertingTerms,
        at moment: Instant,
        _ isSilent: Bool,
        _ outcome: inout EvaluationOutcome
    ) {
        var alert = before
        if isSilent {
            suspend(alert, at: moment, &outcome)
            return
        }
        resume(&alert, at: moment, &outcome)
        if alert.state == .pending {
            drop(alert, at: moment, &outcome)
            return
        }
        let goneAt = alert.goneAt ?? moment
        if moment - goneAt < terms.keepFiringFor {
            alert.goneAt = goneAt
            book.update(alert)
        } else {
            resolve(alert, .cleared, at: moment, &outcome)
        }
    }

    private mutating func fire(
        _ alert: inout Alert,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        alert.state = .firing
        alert.firedAt = moment
        note(.firing, alert, at: moment, &outcome)
    }

    /// A silent device: what fires stays, what is pending has no ground any more.
    private mutating func suspend(
        _ before: Alert,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        if before.state == .pending {
            drop(before, at: moment, &outcome)
            return
        }
        var alert = before
        alert.goneAt = nil
        if !alert.isSuspended {
            alert.isSuspended = true
            note(.suspended, alert, at: moment, &outcome)
        }
        book.update(alert)
    }

    private func resume(
        _ alert: inout Alert,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        guard alert.isSuspended else { return }
        alert.isSuspended = false
        note(.resumed, alert, at: moment, &outcome)
    }

    private mutating func drop(
        _ alert: Alert,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        end(seriesOf: alert, at: moment, onlyState: false, &outcome)
        book.remove(alert)
        note(.dropped, alert, at: moment, &outcome)
    }

    private mutating func resolve(
        _ before: Alert,
        _ resolution: Alert.Resolution,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        end(seriesOf: before, at: moment, onlyState: false, &outcome)
        var alert = before
        alert.state = .resolved
        alert.resolvedAt = moment
        alert.resolution = resolution
        alert.isSuspended = false
        book.archive(alert, limit: limits.pastAlerts)
        note(.resolved, alert, at: moment, &outcome)
        if alert.announcedAt != nil, !isQuiet {
            outcome.announcements.append(Announcement(status: .resolved, alert: alert))
        }
    }

    /// Ends the series that showed an alert in the state it had.
    private mutating func end(
        seriesOf alert: Alert,
        at moment: Instant,
        onlyState: Bool,
        _ outcome: inout EvaluationOutcome
    ) {
        for (labels, _) in Self.stateSeries(of: alert)
        where !onlyState || labels.metricName == Self.alertsMetric {
            give(labels, RuleSample.staleMarker, at: moment, &outcome)
        }
    }

    /// How many alerts of a rule fire on though their condition has gone.
    func keptCount(
        _ rule: Rule,
        _ terms: AlertingTerms,
        besides found: [Labels: VectorElement],
        at moment: Instant
    ) -> Int {
        (book.alerts[rule.id] ?? [:]).values.count { alert in
            alert.state == .firing && found[alert.labels] == nil
                && moment - (alert.goneAt ?? moment) < terms.keepFiringFor
        }
    }

    /// Ends all alerts of a rule that gives more than its group allows.
    mutating func clear(_ rule: Rule, at moment: Instant, _ outcome: inout EvaluationOutcome) {
        for alert in book.alerts(of: rule.id) {
            end(alert, .limitExceeded, at: moment, &outcome)
        }
    }

    private mutating func end(
        _ alert: Alert,
        _ resolution: Alert.Resolution,
        at moment: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        if alert.state == .pending {
            drop(alert, at: moment, &outcome)
        } else {
            resolve(alert, resolution, at: moment, &outcome)
        }
    }

    /// Resolves alerts whose rule an operator has taken away.
    mutating func resolveAlertsWithoutRule(
        at time: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        let orphans = book.alerts.filter { ruleGroups[$0.key] == nil }.flatMap(\.value.values)
        for alert in orphans.sorted(by: { $0.number < $1.number }) {
            end(alert, .ruleRemoved, at: time, &outcome)
        }
    }

    func annotations(of terms: AlertingTerms, _ element: VectorElement) -> [String: String] {
        let data = templateData(element)
        return Dictionary(
            terms.annotations.map { ($0.name, $0.template.text(with: data)) },
            uniquingKeysWith: { _, last in last }
        )
    }

    func note(
        _ change: AlertTransition.Change,
        _ alert: Alert,
        at time: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        outcome.transitions.append(AlertTransition(time: time, change: change, alert: alert))
    }
}
