internal import Alerting
internal import Knowledge
internal import Logging
internal import PromQL
internal import RingStore
internal import Synchronization
internal import Telemetry

/// Judges the rules once a minute, writes what they give, and hands on what receivers are to hear.
///
/// Rules are judged in time of measurement. After a pause, as a power cut, the minutes that were
/// missed are judged from what the broker kept; samples that come late have their stretch judged
/// again.
actor AlertService {
    private var engine: AlertEngine
    private var schedule: DeliverySchedule
    private let store: StoreAccess
    private let folder: String
    private let receivers: [ReceiverSettings]
    private let grouping: NotificationGrouping
    private let sender: NotificationSender
    private let logger: Logger
    /// Set when the gateway ends: a run over history then stops at its next step.
    nonisolated let isEnding = EndingFlag()
    /// How the evaluations at the present fare.
    private(set) var figures = Figures()
    /// Earliest late sample that was not judged yet.
    private var lateSince: Instant?

    /// What is counted of evaluations at the present; those of history are not among them.
    struct Figures {
        var evaluations: UInt64 = 0
        var lastDuration = Duration.zero
    }

    /// Longest stretch that is judged after a pause; what is older shows in queries only.
    static let longestCatchUp = Milliseconds.days(15)
    /// How far behind the last evaluation a sample must be for its stretch to be judged again: the
    /// rules look back 20 minutes themselves.
    static let lateness = Milliseconds.minutes(10)
    /// Longest stretch that is judged again for late samples.
    static let longestCorrection = Milliseconds.hours(6)
    /// Longest time that judging missed minutes may take, and judging late samples again; above it
    /// they are given up with a word in the log, and the present goes on.
    static let patience = (catchUp: Duration.seconds(120), correction: Duration.seconds(20))
    /// How long a stretch of history is read at once.
    static let shared = Milliseconds.hours(12)
    /// Longest pause of which receivers hear everything.
    ///
    /// After a longer one they hear of what still goes on.
    static let toldPause = Milliseconds.hours(1)

    init(
        engine: AlertEngine,
        schedule: DeliverySchedule,
        store: StoreAccess,
        folder: String,
        receivers: [ReceiverSettings],
        grouping: NotificationGrouping,
        sender: NotificationSender,
        logger: Logger
    ) {
        self.engine = engine
        self.schedule = schedule
        self.store = store
        self.folder = folder
        self.receivers = receivers
        self.grouping = grouping
        self.sender = sender
        self.logger = logger
        // What was under way when the process ended is delivered again.
        self.schedule.interrupt()
        self.schedule.setReceivers(receivers.map(\.name))
    }

    /// All that pages show.
    var state: AlertEngine { engine }

    /// How each receiver fares.
    var deliveries: [String: DeliveryState] { schedule.states }

    /// Judges everything that is due up to a time.
    ///
    /// - Parameters:
    ///   - now: the time, on the minute.
    ///   - step: distance of the evaluations when time has passed that was not judged.
    ///   - begin: where to begin when nothing was ever judged; nil begins now.
    ///   - lookback: how far back rules see the last sample of a series while that time is judged;
    ///     must be longer than the step, or rules do not see their own results.
    /// - Returns: whether any alert changed.
    @discardableResult
    func evaluate(
        at now: Instant,
        step: Milliseconds = .minutes(1),
        from begin: Instant? = nil,
        lookback: Milliseconds? = nil
    ) async -> Bool {
        let last = engine.book.lastEvaluation ?? begin.map { $0 - step }
        let isPast = last.map { now - $0 > step * 2 } ?? false
        guard let source = store.ruleSource(at: now, ahead: isPast ? Self.shared : .zero) else {
            return false
        }
        var outcome: EvaluationOutcome
        var isLongPause = false
        do {
            if let last, isPast {
                isLongPause = now - last > Self.toldPause
                let from = max(last + step, now - Self.longestCatchUp)
                do {
                    outcome = try await catchUp(from: from, to: now, step: step, source, lookback)
                } catch .interrupted where !isEnding.withLock({ $0 }) {
                    logger.error("the minutes since \(last) take too long to judge, going on now")
                    outcome = await judge(at: now, source)
                }
            } else {
                outcome = await judge(at: now, source)
            }
        } catch {
            logger.error("cannot judge the rules: \(error)")
            return false
        }
        let told = isLongPause ? stillOpen(outcome.announcements) : outcome.announcements
        await finish(outcome.samples, told, at: now)
        return !outcome.transitions.isEmpty
    }

    /// Notes that a sample of this time came; one that is late has its stretch judged again.
    func noteChange(_ earliest: Instant) {
        guard let last = engine.book.lastEvaluation, earliest < last - Self.lateness else { return }
        lateSince = min(lateSince ?? earliest, earliest)
    }

    /// Judges the stretch of late samples again, if there are any.
    ///
    /// - Returns: whether any alert changed.
    func correct(at now: Instant, step: Milliseconds = .minutes(1)) async -> Bool {
        guard let late = lateSince, let last = engine.book.lastEvaluation,
            let source = store.ruleSource(at: now, ahead: Self.shared)
        else { return false }
        lateSince = nil
        let from = max(late - engine.longestHold, last - Self.longestCorrection)
        let start = Instant(milliseconds: from.milliseconds / step.count * step.count)
        do {
            var copy = engine
            copy.mustEnd = deadline(Self.patience.correction)
            let (judged, outcome) = try await OwnThread.run { () throws(AlertingError) in
                let outcome = try copy.reevaluate(from: start, to: last, step: step, source: source)
                return (copy, outcome)
            }
            // Nothing else evaluates meanwhile: one task calls this actor in turn.
            engine = judged
            await finish(outcome.samples, outcome.announcements, at: now)
            return !outcome.transitions.isEmpty
        } catch {
            logger.error("cannot judge late samples: \(error)")
            return false
        }
    }

    /// Sends what is due.
    func deliver(at now: Instant) async {
        let started = schedule.start(at: now)
        guard !started.isEmpty else { return }
        for delivery in started {
            guard
                let receiver = receivers.first(where: { $0.name == delivery.notification.receiver })
            else { continue }
            do {
                try await sender.send(delivery.notification, to: receiver)
                schedule.succeeded(delivery)
            } catch {
                logger.warning(
                    "cannot tell \(receiver.name) of an alert (try \(delivery.attempt)): \(error)"
                )
                schedule.failed(
                    delivery,
                    at: now,
                    reason: "\(error)",
                    isPermanent: error.isPermanent
                )
            }
        }
        persist()
    }

    // MARK: Parts

    /// Judges one time, on a thread of its own: with many devices it takes seconds.
    private func judge(at now: Instant, _ source: some SeriesSource) async -> EvaluationOutcome {
        var copy = engine
        let started = ContinuousClock.now
        let (judged, outcome) = await OwnThread.run {
            let outcome = copy.evaluate(at: now, source: source)
            return (copy, outcome)
        }
        figures.evaluations += 1
        figures.lastDuration = started.duration(to: .now)
        engine = judged
        return outcome
    }

    private func catchUp(
        from: Instant,
        to: Instant,
        step: Milliseconds,
        _ source: some SeriesSource,
        _ lookback: Milliseconds?
    ) async throws(AlertingError) -> EvaluationOutcome {
        var copy = engine
        let usual = engine.queryEngine.lookback
        copy.queryEngine.lookback = lookback ?? usual
        copy.mustEnd = deadline(Self.patience.catchUp)
        let (judged, outcome) = try await OwnThread.run { () throws(AlertingError) in
            let outcome = try copy.evaluateHistory(from: from, to: to, step: step, source: source)
            return (copy, outcome)
        }
        engine = judged
        engine.queryEngine.lookback = usual
        return outcome
    }

    /// Tells a run over history to end after some time, or when the gateway ends.
    private func deadline(_ duration: Duration) -> @Sendable () -> Bool {
        let end = ContinuousClock.now + duration
        return { [isEnding] in ContinuousClock.now > end || isEnding.withLock { $0 } }
    }

    private func stillOpen(_ announcements: [Announcement]) -> [Announcement] {
        var told: Set<Int> = []
        return announcements.filter { announcement in
            announcement.status == .firing
                && engine.book.alert(announcement.alert.number)?.state == .firing
                && told.insert(announcement.alert.number).inserted
        }
    }

    private func finish(
        _ samples: [RuleSample],
        _ announcements: [Announcement],
        at now: Instant
    ) async {
        for receiver in receivers {
            for notification in grouping.notifications(for: announcements, receiver: receiver.name)
            {
                if case .queuedInPlaceOf(let lost) = schedule.enqueue(notification, at: now) {
                    logger.error("too much waits for \(receiver.name), given up: \(lost.logLine)")
                }
            }
        }
        // The book goes first: it knows which samples it gave, and gives them again after a crash.
        persist()
        let entries = samples.map { SampleRecord.Entry(labels: $0.labels, sample: $0.sample) }
        let failure = await OwnThread.run { [store] in store.write(entries) }
        if let failure { logger.error("cannot journal what the rules gave: \(failure)") }
    }

    private func persist() {
        do {
            try AlertState(book: engine.book, schedule: schedule).store(folder)
        } catch {
            logger.error("cannot keep the state of alerts: \(error)")
        }
    }
}

/// A flag that is set once, from any thread.
final class EndingFlag: Sendable {
    private let flag = Mutex(false)

    /// Reads or changes the flag.
    func withLock<Result: Sendable>(_ body: (inout Bool) -> Result) -> Result {
        flag.withLock { value in body(&value) }
    }
}
