internal import Telemetry

/// Causes, silences, and who is told.
extension AlertEngine {
    /// For each suspension the keys of the alerts that fire as its sources.
    func suspensionKeys() -> [Set<[String]>] {
        relations.suspensions.map { relation in
            var keys: Set<[String]> = []
            for group in book.alerts.values {
                for alert in group.values
                where alert.state == .firing && relation.isSource(alert.labels) {
                    keys.insert(relation.key(of: alert.labels))
                }
            }
            for labels in foreignAlerts where relation.isSource(labels) {
                keys.insert(relation.key(of: labels))
            }
            return keys
        }
    }

    /// Whether an alert with these labels has a silent device behind it.
    func isSuspended(_ labels: Labels, _ silences: [Set<[String]>]) -> Bool {
        for (relation, keys) in zip(relations.suspensions, silences)
        where !keys.isEmpty && keys.contains(relation.key(of: labels)) {
            if relation.isTarget(labels), !relation.isSource(labels) { return true }
        }
        return false
    }

    /// Gives each firing alert the cause it shares, the earliest where there are several.
    mutating func relate(at time: Instant, _ outcome: inout EvaluationOutcome) {
        let firing = book.open.filter { $0.state == .firing }
        let sources = sourceNumbers(among: firing)
        var causes = Dictionary(
            firing.compactMap { alert in alert.absorbedBy.map { (alert.number, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        var absorbed: [Int: Int] = [:]
        for alert in firing {
            var candidates: [Int] = []
            for (relation, numbers) in zip(relations.inhibitions, sources) {
                guard let found = numbers[relation.key(of: alert.labels)],
                    relation.isTarget(alert.labels), !relation.isSource(alert.labels)
                else { continue }
                candidates += found
            }
            causes[alert.number] = nil
            candidates.removeAll { leads(from: $0, to: alert.number, causes) }
            let kept = candidates.first { $0 == alert.absorbedBy }
            let cause = kept ?? candidates.min()
            if let cause { causes[alert.number] = cause }
            guard cause != alert.absorbedBy else { continue }
            change(alert, to: cause, at: time, &outcome)
            if let cause, !alert.memberships.contains(where: { $0.cause == cause }) {
                absorbed[cause, default: 0] += 1
            }
        }
        for before in firing {
            guard let count = absorbed[before.number],
                var cause = book.alerts[before.rule]?[before.labels]
            else { continue }
            cause.absorbedCount += count
            book.update(cause)
        }
    }

    private mutating func change(
        _ before: Alert,
        to cause: Int?,
        at time: Instant,
        _ outcome: inout EvaluationOutcome
    ) {
        var alert = before
        alert.absorbedBy = cause
        if let cause { alert.note(Alert.Membership(cause: cause, since: time)) }
        alert.releasedAt = cause == nil ? time : nil
        book.update(alert)
        note(cause.map { .absorbed(by: $0) } ?? .released, alert, at: time, &outcome)
    }

    /// For each inhibition the numbers of the alerts that fire as its sources, by key, rising.
    private func sourceNumbers(among firing: [Alert]) -> [[[String]: [Int]]] {
        relations.inhibitions.map { relation in
            Dictionary(grouping: firing.filter { relation.isSource($0.labels) }) {
                relation.key(of: $0.labels)
            }
            .mapValues { $0.map(\.number) }
        }
    }

    /// Whether a chain of causes leads from one alert to another: it must not become a ring.
    private func leads(from start: Int, to end: Int, _ causes: [Int: Int]) -> Bool {
        var number = start
        var steps = 0
        while number != end {
            guard let next = causes[number], steps <= causes.count else { return false }
            number = next
            steps += 1
        }
        return true
    }

    /// Announces what fires on its own account and was not announced.
    ///
    /// An alert that is only kept firing, or whose cause has closed a moment ago, is likely to go
    /// with its cause: it waits.
    mutating func announce(at time: Instant, _ outcome: inout EvaluationOutcome) {
        for var alert in book.open {
            guard alert.state == .firing, alert.announcedAt == nil, alert.absorbedBy == nil,
                alert.goneAt == nil, !alert.isSuspended,
                alert.releasedAt.map({ time - $0 >= limits.releaseGrace }) ?? true
            else { continue }
            alert.announcedAt = time
            book.update(alert)
            outcome.announcements.append(Announcement(status: .firing, alert: alert))
        }
    }
}

extension Alert {
    /// Remembers that it was absorbed.
    fileprivate mutating func note(_ membership: Membership) {
        memberships.append(membership)
        let extra = memberships.count - AlertingLimits.membershipsPerAlert
        if extra > 0 { memberships.removeFirst(extra) }
    }
}
