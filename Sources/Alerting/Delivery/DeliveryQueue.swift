internal import Telemetry

/// The notifications that wait for one receiver.
struct DeliveryQueue: Codable, Hashable, Sendable {
    private struct Entry: Codable, Hashable, Sendable {
        let notification: Notification
        let queuedAtMilliseconds: Int64
        var dueAtMilliseconds: Int64
        var failureCount = 0
    }

    private var entries: [Entry] = []
    private var isUnderWay = false
    /// Identities of what was delivered, the latest last.
    private var delivered: [String] = []
    private(set) var counts = DeliveryState()

    var state: DeliveryState {
        var state = counts
        state.waitingCount = entries.count
        return state
    }

    var nextDue: Instant? {
        guard !isUnderWay, let first = entries.first else { return nil }
        return Instant(milliseconds: first.dueAtMilliseconds)
    }

    mutating func add(_ notification: Notification, at time: Instant, _ settings: DeliverySettings)
        -> DeliverySchedule.Admission
    {
        let identity = Self.identity(of: notification)
        guard !delivered.contains(identity),
            !entries.contains(where: { Self.identity(of: $0.notification) == identity })
        else { return .repeated }
        entries.append(
            Entry(
                notification: notification,
                queuedAtMilliseconds: time.milliseconds,
                dueAtMilliseconds: time.milliseconds
            )
        )
        guard entries.count > max(1, settings.queueLength) else { return .queued }
        // What is under way stays: its answer is still to come.
        let oldest = entries.remove(at: isUnderWay ? 1 : 0)
        counts.abandonedCount += 1
        return .queuedInPlaceOf(oldest.notification)
    }

    mutating func start(at time: Instant, _ settings: DeliverySettings) -> Delivery? {
        guard !isUnderWay else { return nil }
        while let first = entries.first,
            time.milliseconds - first.queuedAtMilliseconds > settings.maximumAgeMilliseconds
        {
            entries.removeFirst()
            counts.abandonedCount += 1
        }
        guard let first = entries.first else { return nil }
        // One that is due later than any pause lasts was put by a clock that was ahead.
        let pause = first.dueAtMilliseconds - time.milliseconds
        guard pause <= 0 || pause > settings.longestPause.count else { return nil }
        isUnderWay = true
        return Delivery(notification: first.notification, attempt: first.failureCount + 1)
    }

    mutating func succeed(_ delivery: Delivery, _ settings: DeliverySettings) {
        guard finish(delivery) else { return }
        entries.removeFirst()
        counts.deliveredCount += 1
        counts.lastError = nil
        delivered.append(Self.identity(of: delivery.notification))
        let extra = delivered.count - settings.memoryLength
        if extra > 0 { delivered.removeFirst(extra) }
    }

    mutating func fail(
        _ delivery: Delivery,
        at time: Instant,
        _ reason: String,
        _ isPermanent: Bool,
        _ chance: Double,
        _ settings: DeliverySettings
    ) {
        guard finish(delivery) else { return }
        counts.failedAttemptCount += 1
        counts.lastError = reason
        if isPermanent {
            entries.removeFirst()
            counts.abandonedCount += 1
            return
        }
        entries[0].failureCount += 1
        let pause = settings.pause(afterFailures: entries[0].failureCount, chance: chance)
        entries[0].dueAtMilliseconds = (time + pause).milliseconds
    }

    mutating func interrupt() { isUnderWay = false }

    /// Ends what is under way; false for an answer to something else, which changes nothing.
    private mutating func finish(_ delivery: Delivery) -> Bool {
        guard isUnderWay, entries.first?.notification == delivery.notification else { return false }
        isUnderWay = false
        return true
    }

    /// What makes two notifications the same: their group, and which occurrences begin or end.
    private static func identity(of notification: Notification) -> String {
        let parts = notification.alerts.map {
            "\($0.fingerprint) \($0.status.rawValue) \($0.startsAt) \($0.endsAt)"
        }
        return "\(notification.groupKey) \(parts.joined(separator: ","))"
    }
}
