public import Telemetry

/// What one Alertmanager is to be told when, as Prometheus tells it.
///
/// Nothing is queued: whatever fires is told again and again, and what could not be sent comes with
/// the next round. An alert that is not told again ends by itself at its `endsAt`, so that a dead
/// gateway does not leave alerts behind. What belongs to a cause (`absorbedBy`) is not told, as no
/// receiver hears of it; Alertmanager's own inhibition rules are not needed for these.
///
/// * A firing alert is told at once, then each time that the resend delay has passed; `endsAt` is
///   four times the longer of resend delay and evaluation interval ahead, so that three rounds may
///   be lost.
/// * A resolved one is told at once with the time it was resolved, then again for 15 minutes.
/// * A pending one is never told.
///
/// - Source: Prometheus, `rules/alerting.go` (`needsSending`, `sendAlerts`), `cmd/prometheus`.
public struct AlertmanagerFeed: Sendable {
    /// How long after an alert was told it is told again.
    public static let resendDelay = Milliseconds.minutes(1)
    /// How long the end of an alert is told.
    public static let resolvedRetention = Milliseconds.minutes(15)

    /// When each alert was told last, by its number, and whether that was its end.
    private var told: [Int: (at: Instant, isResolved: Bool)] = [:]

    /// Creates the feed of an Alertmanager that was told nothing.
    public init() {}

    /// What an Alertmanager is to be told, and which alerts those are.
    public struct Round: Sendable {
        /// In rising order of the alerts' numbers.
        public let alerts: [AlertmanagerAlert]
        fileprivate let states: [(number: Int, isResolved: Bool)]
    }

    /// What is to be told now.
    ///
    /// - Parameters:
    ///   - engine: has the alerts and the intervals of their rules.
    ///   - now: the time of the round.
    ///   - externalLabels: added where an alert has none of that name.
    ///   - externalURL: address under which people reach the gateway.
    /// - Returns: the round; empty when nothing is due.
    public mutating func round(
        of engine: AlertEngine,
        at now: Instant,
        externalLabels: [String: String] = [:],
        externalURL: String
    ) -> Round {
        var due: [(alert: Alert, endsAt: Instant)] = []
        var intervals: [RuleID: Milliseconds] = [:]
        for group in engine.groups {
            for rule in group.rules { intervals[rule.id] = group.interval }
        }
        // Alertmanager knows an alert by its labels alone: the newest of them counts.
        var labels: Set<Labels> = []
        for alert in engine.book.open where alert.state == .firing && alert.absorbedBy == nil {
            labels.insert(alert.labels)
            guard isDue(alert, at: now) else { continue }
            let interval = intervals[alert.rule] ?? Self.resendDelay
            due.append((alert, now + max(interval, Self.resendDelay) * 4))
        }
        for alert in engine.book.past {
            guard let end = alert.resolvedAt, alert.firedAt != nil,
                now - end <= Self.resolvedRetention, labels.insert(alert.labels).inserted
            else { continue }
            // What Alertmanager was never told of need not end there.
            guard told[alert.number] != nil, isDue(alert, at: now) else { continue }
            due.append((alert, end))
        }
        forget(before: now)
        due.sort { $0.alert.number < $1.alert.number }
        return Round(
            alerts: due.map { alert, end in
                AlertmanagerAlert(
                    alert,
                    endsAt: end,
                    externalLabels: externalLabels,
                    externalURL: externalURL
                )
            },
            states: due.map { ($0.alert.number, !$0.alert.isOpen) }
        )
    }

    /// Notes that some of a round arrived, or were refused for good.
    ///
    /// - Parameters:
    ///   - round: what ``round(of:at:externalLabels:externalURL:)`` gave.
    ///   - range: which of its alerts.
    ///   - now: the time of the round.
    public mutating func note(_ round: Round, _ range: Range<Int>, at now: Instant) {
        for (number, isResolved) in round.states[range] { told[number] = (now, isResolved) }
    }

    private func isDue(_ alert: Alert, at now: Instant) -> Bool {
        guard let last = told[alert.number] else { return true }
        if !alert.isOpen, !last.isResolved { return true }
        // A clock that was set back must not silence an alert.
        return now - last.at >= Self.resendDelay || now < last.at
    }

    /// Forgets alerts that are not told any more.
    private mutating func forget(before now: Instant) {
        let oldest = now - Self.resolvedRetention - Self.resendDelay
        told = told.filter { $0.value.at >= oldest }
    }
}
