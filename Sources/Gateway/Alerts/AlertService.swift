internal import Alerting
internal import Ingest
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
    /// Longest stretch that is judged again for late samples.
    private let lateWindow: Milliseconds
    /// When it was last said that samples came too late.
    private var outsideToldAt: Instant?
    private let sender: NotificationSender
    private let logger: Logger
    /// Measures how long corrections take.
    private let stopwatch: @Sendable () -> ContinuousClock.Instant
    /// Set when the gateway ends: a run over history then stops at its next step.
    nonisolated let isEnding = EndingFlag()
    /// How the evaluations at the present fare.
    private(set) var figures = Figures()
    /// Earliest late sample that was not judged yet.
    private(set) var lateSince: Instant?
    /// After a correction, and while results could not be stored a short time ago, nothing is
    /// judged again.
    private(set) var correctionPause: Range<Instant>?

    /// What is counted of evaluations at the present; those of history are not among them.
    struct Figures {
        var evaluations: UInt64 = 0
        var lastDuration = Duration.zero
        /// Evaluations of one rule that failed.
        var failures: UInt64 = 0
        /// Stretches with late samples that were judged again, and those given up.
        var corrections: UInt64 = 0
        var failedCorrections: UInt64 = 0
        /// Times that samples came which were too late to be judged again.
        var lateOutsideWindow: UInt64 = 0
    }

    /// Longest stretch that is judged after a pause; what is older shows in queries only.
    static let longestCatchUp = Milliseconds.days(15)
    /// Judging late samples again takes at most one part in so many of the time.
    ///
    /// After each correction there is a pause that is as much longer; what comes in it is judged
    /// together. On a small box a minute is judged again in less than a second, so that the next
    /// minute's late samples need not wait.
    static let correctionShare = 10
    /// Pause between two words in the log about samples that are too late to be judged again.
    static let outsidePause = Milliseconds.hours(1)
    /// Longest time that judging missed minutes may take, and judging late samples again; above it
    /// they are given up with a word in the log, and the present goes on.
    static let patience = (catchUp: Duration.seconds(120), correction: Duration.seconds(20))
    /// Pause after results could not be stored, before late samples are judged again: each try may
    /// hold the rules up for more than a minute.
    static let correctionRetryPause = Milliseconds.minutes(10)
    /// How long a stretch of history is judged and read at once.
    static let shared = Milliseconds.hours(12)
    /// How far the last evaluation may lie ahead of the clock: one that is set right by less is
    /// waited for.
    static let clockTolerance = Milliseconds.minutes(5)
    /// Longest pause of which receivers hear everything.
    ///
    /// After a longer one they hear of what still goes on.
    static let toldPause = Milliseconds.hours(1)

    init(
        engine: AlertEngine,
        schedule: DeliverySchedule,
        lateSince: Instant? = nil,
        lateWindow: Milliseconds,
        store: StoreAccess,
        folder: String,
        receivers: [ReceiverSettings],
        grouping: NotificationGrouping,
        sender: NotificationSender,
        logger: Logger,
        stopwatch: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.engine = engine
        self.schedule = schedule
        self.lateSince = lateSince
        self.lateWindow = lateWindow
        self.store = store
        self.folder = folder
        self.receivers = receivers
        self.grouping = grouping
        self.sender = sender
        self.logger = logger
        self.stopwatch = stopwatch
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
        guard !isEnding.withLock({ $0 }) else { return false }
        setBack(to: now)
        let last = engine.book.lastEvaluation ?? begin.map { $0 - step }
        if let last, now - last > step * 2 {
            // Judged again later, they would have the whole pause judged twice.
            _ = await correct(at: now, step: step)
            return await catchUp(since: last, to: now, step: step, lookback)
        }
        guard let source = store.ruleSource(at: now) else { return false }
        let outcome: EvaluationOutcome
        (engine, outcome) = await judge(engine, at: now, source)
        tell(outcome.announcements, at: now)
        if await !write(outcome.samples) { pauseCorrections(at: now) }
        return !outcome.transitions.isEmpty
    }

    /// Notes that samples of some times came; late ones have their stretch judged again.
    func note(_ changes: ChangedTimes) {
        if let older = changes.earliestBefore { noteChange(older) }
        guard let earliest = changes.earliest else { return }
        noteChange(earliest)
        // Right after a start it is not known whether any came that are not as old.
        if let window = windowStart, changes.start < window, earliest < window { noteLate(window) }
    }

    /// Notes that a sample of this time came; one that is late has its stretch judged again, unless
    /// it is too late for that.
    func noteChange(_ time: Instant) {
        guard let window = windowStart, let read = engine.readUntil, time <= read else { return }
        if time < window { noteOutside(time) } else { noteLate(time) }
    }

    /// From where on late samples have rules judged again; nil when nothing was judged.
    private var windowStart: Instant? { engine.book.lastEvaluation.map { $0 - lateWindow } }

    private func noteOutside(_ earliest: Instant) {
        figures.lateOutsideWindow += 1
        guard let last = engine.book.lastEvaluation else { return }
        if let told = outsideToldAt, last >= told, last - told < Self.outsidePause { return }
        outsideToldAt = last
        logger.notice(
            """
            samples as old as \(earliest.rfc3339) came; the rules are judged again for the last \
            \(DurationText.print(lateWindow)) alone (alerts.late_window), for what is before that \
            by langso rules backfill
            """
        )
    }

    private func noteLate(_ time: Instant) { lateSince = min(lateSince ?? time, time) }

    private func pauseCorrections(
        at now: Instant,
        for pause: Milliseconds = AlertService.correctionRetryPause
    ) {
        correctionPause = now..<(now + pause)
    }

    /// The pause after a correction that took some time.
    static func pause(after duration: Duration) -> Milliseconds {
        Milliseconds(Int64(duration / .milliseconds(1))) * Int64(correctionShare - 1)
    }

    /// Judges the stretch of late samples again, if there are any and no pause is to be kept.
    ///
    /// - Returns: whether any alert changed.
    func correct(at now: Instant, step: Milliseconds = .minutes(1)) async -> Bool {
        guard let late = lateSince, let last = engine.book.lastEvaluation, let window = windowStart,
            correctionPause?.contains(now) != true, !isEnding.withLock({ $0 }),
            let start = engine.correctionStart(
                for: max(late, window),
                step: step,
                notBefore: window
            ),
            let source = store.ruleSource(at: last, ahead: Self.shared)
        else { return false }
        let began = stopwatch()
        do {
            var copy = engine
            copy.mustEnd = deadline(Self.patience.correction)
            let (judged, outcome) = try await OwnThread.run { () throws(AlertingError) in
                let outcome = try copy.reevaluate(from: start, to: last, step: step, source: source)
                return (copy, outcome)
            }
            // The samples go first: a book that knows of the correction would not have it made
            // again.
            guard await write(outcome.samples, visibly: true) else {
                pauseCorrections(at: now)
                return false
            }
            // Nothing else evaluates or notes meanwhile: one task calls this actor in turn.
            pauseCorrections(at: now, for: Self.pause(after: began.duration(to: stopwatch())))
            engine = judged
            lateSince = nil
            figures.corrections += 1
            tell(outcome.announcements, at: now)
            return !outcome.transitions.isEmpty
        } catch {
            // A gateway that ends judges them after its next start.
            guard !isEnding.withLock({ $0 }) else { return false }
            pauseCorrections(at: now, for: Self.pause(after: began.duration(to: stopwatch())))
            lateSince = nil
            figures.failedCorrections += 1
            logger.error("cannot judge late samples, they are given up: \(error)")
            return false
        }
    }

    /// The deliveries that are due; each is then to be carried out by ``carry(_:at:)``.
    func startDeliveries(at now: Instant) -> [Delivery] { schedule.start(at: now) }

    /// Sends what is due and waits for the answers.
    func deliver(at now: Instant) async {
        for delivery in startDeliveries(at: now) { await carry(delivery, at: now) }
    }

    /// Sends one notification and notes what became of it.
    ///
    /// - Parameters:
    ///   - delivery: was started by ``startDeliveries(at:)``.
    ///   - now: the time from which a pause counts when it fails.
    func carry(_ delivery: Delivery, at now: Instant) async {
        let name = delivery.notification.receiver
        // A receiver that the settings do not name any more has no queue either.
        guard let receiver = receivers.first(where: { $0.name == name }) else { return }
        do {
            try await sender.send(delivery.notification, to: receiver)
            schedule.succeeded(delivery)
        } catch {
            logger.warning("cannot tell \(name) of an alert (try \(delivery.attempt)): \(error)")
            schedule.failed(
                delivery,
                at: now,
                reason: "\(error)",
                isPermanent: error.isPermanent
            )
        }
        persist()
    }

    // MARK: Parts

    /// Judges one time, on a thread of its own: with many devices it takes seconds.
    private func judge(
        _ engine: AlertEngine,
        at now: Instant,
        _ source: some SeriesSource
    ) async -> (AlertEngine, EvaluationOutcome) {
        let started = ContinuousClock.now
        defer {
            figures.evaluations += 1
            figures.lastDuration = started.duration(to: .now)
        }
        let (judged, outcome) = await OwnThread.run {
            var engine = engine
            let outcome = engine.evaluate(at: now, source: source)
            return (engine, outcome)
        }
        let failed = judged.statuses.values.filter { $0.health == .error && $0.evaluatedAt == now }
        figures.failures += UInt64(failed.count)
        return (judged, outcome)
    }

    /// Judges the time that was missed, stretch by stretch: each sees what the one before gave.
    ///
    /// Whatever goes wrong, the present is judged: a stretch that cannot be is given up with a word
    /// in the log, and is not tried again at each minute. State and announcements are taken over
    /// together at the end, so that a crash in between loses none.
    private func catchUp(
        since last: Instant,
        to now: Instant,
        step: Milliseconds,
        _ lookback: Milliseconds?
    ) async -> Bool {
        var judged = engine
        let usual = engine.queryEngine.lookback
        judged.queryEngine.lookback = lookback ?? usual
        judged.mustEnd = deadline(Self.patience.catchUp)
        var time = max(last + step, now - Self.longestCatchUp)
        var steps = max(1, Self.shared.count / step.count)
        var announcements: [Announcement] = []
        var isChanged = false
        func note(_ outcome: EvaluationOutcome) {
            announcements += outcome.announcements
            isChanged = isChanged || !outcome.transitions.isEmpty
        }
        while time <= now {
            let (from, to) = (time, min(time + step * (steps - 1), now))
            guard let source = store.ruleSource(at: to, ahead: Self.shared) else { return false }
            var reason: String?
            do {
                let outcome: EvaluationOutcome
                (judged, outcome) = try await run(judged, from...to, step: step, source)
                note(outcome)
                if await !write(outcome.samples, visibly: true) {
                    reason = "what they gave is not stored"
                    noteLate(from)
                    pauseCorrections(at: now)
                }
                time = from + step * ((to - from).count / step.count + 1)
            } catch .historyTooLarge where steps > 1 {
                steps /= 2
            } catch {
                reason = "\(error)"
            }
            // A gateway that ends catches up at its next start.
            if isEnding.withLock({ $0 }) { return false }
            guard let reason else { continue }
            logger.error("cannot judge the minutes since \(from), going on now: \(reason)")
            // The stretch's source knows nothing of now: not who is silent, nor what is to be lit.
            guard let present = store.ruleSource(at: now) else { return false }
            let outcome: EvaluationOutcome
            (judged, outcome) = await judge(judged, at: now, present)
            note(outcome)
            if await !write(outcome.samples) { pauseCorrections(at: now) }
            break
        }
        judged.queryEngine.lookback = usual
        engine = judged
        let isLongPause = now - last > Self.toldPause
        tell(isLongPause ? stillOpen(announcements, since: last) : announcements, at: now)
        return isChanged
    }

    /// Judges a stretch of the past, on a thread of its own.
    private func run(
        _ engine: AlertEngine,
        _ range: ClosedRange<Instant>,
        step: Milliseconds,
        _ source: some SeriesSource
    ) async throws(AlertingError) -> (AlertEngine, EvaluationOutcome) {
        try await OwnThread.run { () throws(AlertingError) in
            var engine = engine
            let outcome = try engine.evaluateHistory(
                from: range.lowerBound,
                to: range.upperBound,
                step: step,
                source: source
            )
            return (engine, outcome)
        }
    }

    /// Goes on at once after a clock that was ahead was set right.
    private func setBack(to now: Instant) {
        guard let last = engine.book.lastEvaluation, last - now > Self.clockTolerance else {
            return
        }
        logger.error(
            """
            the clock of this machine was ahead: rules were judged at \(last), now it is \(now); \
            times after now are taken as now
            """
        )
        engine.setBack(to: now)
    }

    /// Tells a run over history to end after some time, or when the gateway ends.
    private func deadline(_ duration: Duration) -> @Sendable () -> Bool {
        let end = ContinuousClock.now + duration
        return { [isEnding] in ContinuousClock.now > end || isEnding.withLock { $0 } }
    }

    /// What receivers hear after a long pause: what goes on, and the end of what they were told of
    /// before it.
    private func stillOpen(
        _ announcements: [Announcement],
        since pause: Instant
    ) -> [Announcement] {
        var told: Set<Int> = []
        return announcements.filter { announcement in
            let alert = announcement.alert
            guard announcement.status == .firing else {
                return alert.announcedAt.map { $0 <= pause } ?? false
            }
            return engine.book.alert(alert.number)?.state == .firing
                && told.insert(alert.number).inserted
        }
    }

    /// Has receivers told, and keeps the state.
    private func tell(_ announcements: [Announcement], at now: Instant) {
        for receiver in receivers {
            for notification in grouping.notifications(for: announcements, receiver: receiver.name)
            {
                if case .queuedInPlaceOf(let lost) = schedule.enqueue(notification, at: now) {
                    logger.error("too much waits for \(receiver.name), given up: \(lost.logLine)")
                }
            }
        }
        persist()
    }

    /// Journals what rules gave.
    ///
    /// What one evaluation gave is remembered by the engine for `AlertingLimits.writeDelay`; a
    /// process that is killed before it is on disk leaves a minute of recorded series out.
    /// - Parameters:
    ///   - samples: in the order in which they were given.
    ///   - visibly: whether to wait until snapshots show them, as what a long run gave is not
    ///     remembered.
    /// - Returns: whether it could be done; if not, the log says why.
    private func write(_ samples: [RuleSample], visibly: Bool = false) async -> Bool {
        let entries = LabelledSamples(samples.lazy.map { ($0.labels, $0.sample) })
        let failure = await OwnThread.run { [store] in
            visibly ? store.writeVisibly(entries) : store.write(entries)
        }
        if let failure {
            let isEnding = isEnding.withLock { $0 }
            logger.log(
                level: isEnding ? .notice : .error,
                "cannot journal what the rules gave: \(failure)"
            )
        }
        return failure == nil
    }

    private func persist() {
        do {
            let state = AlertState(book: engine.book, schedule: schedule, lateSince: lateSince)
            try state.store(folder)
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
