internal import Telemetry

/// What a second judgement of the past changes.
struct Correction {
    private let known: AlertBook
    private let judged: AlertBook
    private let to: Instant
    /// Alerts of the second judgement under their final numbers, each with what was known of it.
    private let pairs: [(alert: Alert, before: Alert?)]
    /// Alerts that were known, began in the stretch and were not found again.
    private let refuted: [Alert]
    private let nextNumber: Int

    /// Compares two judgements.
    ///
    /// - Parameters:
    ///   - known: the first one.
    ///   - judged: the second one, of the book as it was at the start.
    ///   - start: where the samples of a rule's evaluations begin to be judged again.
    ///   - to: the last evaluation.
    init(known: AlertBook, judged: AlertBook, from start: (RuleID) -> Instant, to: Instant) {
        self.known = known
        self.judged = judged
        self.to = to
        let old = known.open + known.past
        var byNumber = Dictionary(
            old.map { ($0.number, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let begun = old.filter { alert in
            let start = start(alert.rule)
            return alert.activeAt >= start || alert.isRefuted(after: start)
        }
        var candidates = Dictionary(grouping: begun) {
            Identity(rule: $0.rule, labels: $0.labels)
        }
        var renumbered: [Int: Int] = [:]
        var next = known.nextNumber
        var pairs: [(alert: Alert, before: Alert?)] = []
        var found: Set<Int> = []
        for var alert in (judged.open + judged.past).sorted(by: { $0.number < $1.number }) {
            var before = byNumber.removeValue(forKey: alert.number)
            if before == nil {
                before = Self.take(from: &candidates, overlapping: alert)
                let number = before?.number ?? next
                if before == nil {
                    next += 1
                    alert.isLate = true
                }
                renumbered[alert.number] = number
                alert.number = number
            }
            if let before {
                alert.announcedAt = before.announcedAt
                alert.isLate = alert.isLate || before.isLate
            }
            found.insert(alert.number)
            pairs.append((alert, before))
        }
        for index in pairs.indices { pairs[index].alert.renumberCauses(renumbered) }
        self.pairs = pairs
        refuted = old.filter { !found.contains($0.number) }
        nextNumber = next
    }

    private struct Identity: Hashable {
        let rule: RuleID
        let labels: Labels
    }

    private static func take(
        from candidates: inout [Identity: [Alert]],
        overlapping alert: Alert
    ) -> Alert? {
        let key = Identity(rule: alert.rule, labels: alert.labels)
        let end = alert.resolvedAt ?? .distantFuture
        guard
            let index = candidates[key]?.firstIndex(where: {
                $0.activeAt <= end && ($0.resolvedAt ?? .distantFuture) >= alert.activeAt
            })
        else { return nil }
        return candidates[key]?.remove(at: index)
    }

    /// The book with both judgements joined.
    func book(limit: Int) -> AlertBook {
        var book = AlertBook()
        book.evaluatedAt = judged.evaluatedAt.merging(known.evaluatedAt, uniquingKeysWith: max)
        book.nextNumber = nextNumber
        for pair in pairs where pair.alert.isOpen { book.update(pair.alert) }
        let past = pairs.map(\.alert).filter { !$0.isOpen } + refuted.compactMap(corrected)
        book.past = Array(
            past.sorted {
                ($0.resolvedAt ?? .distantPast, $0.number)
                    > ($1.resolvedAt ?? .distantPast, $1.number)
            }.prefix(limit)
        )
        return book
    }

    /// Adds what changed, and which ends receivers are to hear of.
    func describe(_ outcome: inout EvaluationOutcome) {
        for (alert, before) in pairs {
            let wasOpen = before?.isOpen ?? true
            if alert.state == before?.state, alert.firedAt == before?.firedAt { continue }
            let change: AlertTransition.Change =
                switch alert.state {
                case .pending: .pending
                case .firing: .firing
                case .resolved: .resolved
                }
            outcome.transitions.append(
                AlertTransition(
                    time: alert.resolvedAt ?? alert.firedAt ?? alert.activeAt,
                    change: change,
                    alert: alert
                )
            )
            if !alert.isOpen, wasOpen, alert.announcedAt != nil {
                outcome.announcements.append(Announcement(status: .resolved, alert: alert))
            }
        }
        for before in refuted where before.isOpen {
            let alert = corrected(before) ?? before
            outcome.transitions.append(
                AlertTransition(
                    time: to,
                    change: before.state == .pending ? .dropped : .resolved,
                    alert: alert
                )
            )
            if alert.announcedAt != nil {
                outcome.announcements.append(Announcement(status: .resolved, alert: alert))
            }
        }
    }

    /// A refuted alert as the past keeps it; nil for one that never fired.
    private func corrected(_ before: Alert) -> Alert? {
        guard before.firedAt != nil else { return nil }
        var alert = before
        alert.state = .resolved
        alert.resolvedAt = before.resolvedAt ?? to
        alert.resolution = .corrected
        alert.absorbedBy = nil
        alert.memberships = []
        return alert
    }
}

extension Alert {
    /// Whether an earlier correction found that it did not fire, and that was not over at a time.
    fileprivate func isRefuted(after time: Instant) -> Bool {
        resolution == .corrected && resolvedAt ?? .distantFuture >= time
    }

    /// Gives causes other numbers.
    fileprivate mutating func renumberCauses(_ numbers: [Int: Int]) {
        absorbedBy = absorbedBy.map { numbers[$0] ?? $0 }
        for index in memberships.indices {
            let cause = memberships[index].cause
            memberships[index].cause = numbers[cause] ?? cause
        }
    }
}

extension AlertBook {
    /// The book as it was before an evaluation, as far as it is remembered.
    ///
    /// - Parameters:
    ///   - time: of the evaluation.
    ///   - start: the time of the samples that it gives for a rule, which lies before it by the
    ///     offset of the rule's group.
    /// - Returns: the book; the numbers that were given since are not given again.
    func rewound(to time: Instant, from start: (RuleID) -> Instant) -> AlertBook {
        var book = AlertBook()
        book.nextNumber = nextNumber
        book.evaluatedAt = evaluatedAt.mapValues { min($0, time - Milliseconds(1)) }
        var absorbedSince: [Int: Int] = [:]
        for membership in (open + past).flatMap(\.memberships) where membership.since >= time {
            absorbedSince[membership.cause, default: 0] += 1
        }
        for var alert in open + past {
            let start = start(alert.rule)
            guard alert.activeAt < start, !alert.isRefuted(after: start) else { continue }
            if let end = alert.resolvedAt, end < start {
                book.past.append(alert)
                continue
            }
            let hadFired = alert.firedAt.map { $0 < start } ?? false
            alert.state = hadFired ? .firing : .pending
            alert.resolvedAt = nil
            alert.resolution = nil
            if !hadFired { alert.firedAt = nil }
            if let gone = alert.goneAt, gone >= start { alert.goneAt = nil }
            // Silences are found again by the first evaluation.
            alert.isSuspended = false
            alert.memberships.removeAll { $0.since >= time }
            alert.absorbedBy = hadFired ? alert.memberships.last?.cause : nil
            alert.absorbedCount -= absorbedSince[alert.number] ?? 0
            if let released = alert.releasedAt, released >= time { alert.releasedAt = nil }
            book.update(alert)
        }
        let opened = book.open
        let firing = Set(opened.filter { $0.state == .firing }.map(\.number))
        for var alert in opened {
            guard let cause = alert.absorbedBy, !firing.contains(cause) else { continue }
            alert.absorbedBy = nil
            book.update(alert)
        }
        return book
    }
}
