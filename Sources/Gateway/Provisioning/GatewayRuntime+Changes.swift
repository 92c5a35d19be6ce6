internal import Ingest
internal import Logging
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// How far the storing of messages is whose meaning changed.
struct RetakingState: Sendable {
    /// Boxes whose messages are being stored again, or are at the next start.
    var boxes = 0
    /// How much of it is done, 0 to 1; nil while nothing is under way.
    var progress: Double?
}

/// Changes of devices while the gateway runs.
extension GatewayRuntime {
    /// Most changes that wait or run, and most takings of what they change: people make them one
    /// by one.
    static let mostChanges = 8
    /// Longest time that whoever changes a device waits for its messages to be stored again; the
    /// command line gives an answer up after 60 s.
    static let changePatience: Duration = .seconds(10)
    /// When it is first looked whether codecs have answered what they were asked again, and the
    /// longest time between two looks, of which each takes twice as long to come as the one before.
    static let firstLook: Duration = .milliseconds(50)
    static let longestPause: Duration = .seconds(5)
    /// How long codecs that do not answer are watched: one that is not run never does.
    static let longestWatch: Duration = .seconds(3600)

    /// Changes a device, takes the changed registry, and has stored again what it gives another
    /// meaning; one change after the other.
    ///
    /// Answers at the latest ``changePatience`` after it is written: the rest goes on by itself.
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        if request.dryRun ?? false {
            return DeviceChangeView(
                try database.apply(request, deployment.profiles, at: clock())
            )
        }
        let turn = changes.take { [self] in
            let before = takenAgain.withLock { $0.began }
            let report = try database.apply(request, deployment.profiles, at: clock())
            return (report: report, before: before)
        }
        guard let turn else {
            throw DeviceChangeRefusal(request, [.init(.tooMany, "\(Self.mostChanges)")])
        }
        let (report, before) = try await turn.value
        let changed = DeviceChangeView(report)
        guard changed.written else { return changed }
        logger.notice("\(changed.change) \(changed.device): \(request.reason)")
        // What is done but for codecs that have not answered yet.
        let taken = Mutex<DoneAgain?>(nil)
        let taking = Task { [self] () async throws -> DoneAgain? in
            try await takeChangedRegistry()
            tellOfPending()
            tellPages()
            // Where too many wait, one of these takes this one up: it has not begun.
            let turn = retakings.take { [self] in
                try await takeAgain(for: report.boxes, after: before)
            }
            // Whoever changed the device may have got an answer before.
            do {
                var done = try await turn?.value
                taken.withLock { [done] in $0 = done }
                let origin = "\(changed.change) \(changed.device): "
                done?.retaken.warnings.forEach { logger.warning("\(origin)\($0)") }
                if done != nil, let late = await lateTooOld(of: report.boxes) {
                    late.warnings.forEach { logger.warning("\(origin)\($0)") }
                    done?.retaken.add(late)
                }
                return done
            } catch {
                logger.error(
                    """
                    cannot store again what \(changed.device) said: \(error); the next start does
                    """
                )
                throw error
            }
        }
        var view = changed
        let done = await taking.result(within: Self.changePatience, by: waitingClock)
        view.note(done, butForCodecs: taken.withLock { $0 })
        return view
    }

    /// Begins to store again what changes gave another meaning while the gateway stood still, or
    /// just before it ended.
    func beginPendingRetakings() {
        let turn = retakings.take { [self] () async throws -> (DoneAgain, Set<String>)? in
            let pending = try database.pendingRetakings()
            guard !pending.isEmpty else { return nil }
            return (try await takeAgain(), Set(pending.boxes.keys))
        }
        Task { [self] in
            do {
                guard let taken = try await turn?.value else { return }
                let done = taken.0
                done.retaken.warnings.forEach { logger.warning("\($0)") }
                if done.count > 0 {
                    logger.notice(
                        """
                        \(done.count) messages were stored again, by changes of devices that were \
                        noted
                        """
                    )
                }
                guard let late = await lateTooOld(of: taken.1) else { return }
                late.warnings.forEach { logger.warning("\($0)") }
            } catch GatewayError.stopping {
                // The next start goes on.
            } catch {
                logger.error("cannot store again what changed devices said: \(error)")
            }
        }
    }

    /// What came of taking messages again.
    struct DoneAgain: Sendable {
        var retaken = RetakingReport()
        /// Messages of it that one change moved; nil where they are all.
        var own: Int?
        /// Messages that could not be decoded before, and were now or wait for their codecs.
        var decoded = 0

        /// Messages that stand otherwise than they stood, or will when their codecs have answered.
        var count: Int { (own ?? retaken.count) + decoded }
    }

    /// Stores again what boxes said that changes moved, and decodes what can be decoded by them.
    private func takeAgain() async throws -> DoneAgain {
        defer {
            retakingState.withLock { $0.progress = nil }
            tellPages()
        }
        let report = try await retakePending()
        let run = try await decodeDeadLetters()
        return DoneAgain(retaken: report, decoded: run.decoded + run.awaiting)
    }

    /// The same for one change: what came of its boxes, be it in the turn of another change that
    /// was under way.
    ///
    /// - Parameters:
    ///   - boxes: the addresses of those that it moved.
    ///   - before: how many takings had begun before it was written.
    /// - Throws: what reading the journal and writing the store throw, or `GatewayError.stopping`.
    /// - Returns: what came of it.
    private func takeAgain(for boxes: Set<String>, after before: Int) async throws -> DoneAgain {
        var done = try await takeAgain()
        let found = takenAgain.withLock { $0.report(of: boxes, after: before) }
        if let found { done.retaken = found }
        done.own = done.retaken.count(of: boxes)
        return done
    }

    /// Stores what boxes said again that changes moved, in slices between which messages are taken.
    private func retakePending() async throws -> RetakingReport {
        let pending = try database.pendingRetakings()
        guard !pending.isEmpty else { return RetakingReport() }
        let number = takenAgain.withLock { $0.begin() }
        // Whatever was noted so far is in it, also by an import of another process.
        try await takeChangedRegistry()
        var retaking = Retaking(pending.boxes)
        while !retaking.isDone {
            let (boxes, progress) = (pending.boxes.count, retaking.progress)
            retakingState.withLock { $0 = RetakingState(boxes: boxes, progress: progress) }
            retaking = try await takeSlice(of: retaking)
        }
        takenAgain.withLock { $0.note(number, Set(pending.boxes.keys), retaking.report) }
        try database.forget(pendingRetakings: pending)
        retakingState.withLock { $0.boxes = 0 }
        return retaking.report
    }

    /// Samples of boxes that were found to be too old after their retaking was done, once codecs
    /// have answered that are asked again for them; nil where the gateway ends before, or they have
    /// not within ``longestWatch``.
    private func lateTooOld(of boxes: Set<String>) async -> RetakingReport.TooOld? {
        var (pause, watched) = (Self.firstLook, Duration.zero)
        while !Task.isCancelled, watched < Self.longestWatch {
            let looked: RetakingReport.TooOld?? = await worker.run { pipeline in
                pipeline.takeLateTooOld(of: boxes)
            }
            guard let looked else { return nil }
            if let looked { return looked }
            do {
                try await waitingClock.sleep(for: pause)
            } catch {
                return nil
            }
            watched += pause
            pause = min(pause * 2, Self.longestPause)
        }
        return nil
    }

    private func takeSlice(of retaking: Retaking) async throws -> Retaking {
        let (folder, now) = (settings.dataFolder, clock())
        let slice: Result<Retaking, any Error>? = await worker.run { pipeline in
            var next = retaking
            do {
                let journal = try JournalReader(folder: folder)
                try pipeline.retake(journal, &next, at: now)
                return .success(next)
            } catch {
                return .failure(error)
            }
        }
        guard let next = try slice?.get() else { throw GatewayError.stopping }
        return next
    }

    /// Shows that something is to be stored again, before its turn comes.
    private func tellOfPending() {
        guard let pending = try? database.pendingRetakings(), !pending.isEmpty else { return }
        retakingState.withLock { state in
            state.boxes = max(state.boxes, pending.boxes.count)
            state.progress = state.progress ?? 0
        }
        tellPages()
    }

    private func tellPages() {
        events.send("devices")
        events.send("overview")
    }
}

extension Task where Failure == any Error {
    /// What comes of it, if it comes within a time; it goes on all the same.
    func result(
        within limit: Duration,
        by clock: any Clock<Duration>
    ) async -> Result<Success, any Error>? {
        let (results, answers) = AsyncStream<Result<Success, any Error>?>.makeStream()
        let waiter = Task<Void, Never> { answers.yield(await result) }
        let timer = Task<Void, Never> {
            // Cancelled, it has an answer before it, which alone is looked at.
            try? await clock.sleep(for: limit)
            answers.yield(nil)
        }
        defer {
            timer.cancel()
            waiter.cancel()
        }
        for await first in results { return first }
        return nil
    }
}

extension DeviceChangeView {
    /// Says what came of taking messages again.
    ///
    /// - Parameters:
    ///   - done: what came of it; nil, also within, where it is not done yet.
    ///   - taken: what is done already where only codecs have not answered; nil where more is left.
    mutating func note(
        _ done: Result<GatewayRuntime.DoneAgain?, any Error>?,
        butForCodecs taken: GatewayRuntime.DoneAgain?
    ) {
        if case .failure(let error) = done {
            // It is changed all the same.
            warnings.append(NoteView(notStoredAgain: DelayCause(error)))
            return
        }
        var known = taken
        if case .success(let all?) = done { known = all }
        if let known {
            decoded = known.count
            warnings += known.retaken.warnings.map { NoteView($0) }
        }
        if case .success(.some) = done { return }
        warnings.append(NoteView(.init(.underWay)))
    }
}

extension RetakingReport {
    /// What was left as it is.
    var warnings: [DeviceChangeNote] {
        var warnings: [DeviceChangeNote] = []
        if let heldSince { warnings.append(.init(.heldSince, heldSince.rfc3339)) }
        for (reason, count) in undecoded.sorted(by: { $0.key < $1.key }) {
            warnings.append(.init(.undecoded, "\(count)", reason))
        }
        warnings += tooOld.warnings
        if damagedPlaces > 0 { warnings.append(.init(.damaged, "\(damagedPlaces)")) }
        return warnings
    }
}

extension RetakingReport.TooOld {
    /// What was left as it is; nothing where there is none.
    fileprivate var warnings: [DeviceChangeNote] {
        guard let times else { return [] }
        let (first, last) = (times.lowerBound.rfc3339, times.upperBound.rfc3339)
        return [.init(.tooOld, "\(count)", first, last)]
    }
}
