internal import Decoding
internal import Ingest
internal import Logging
internal import Registry
internal import RingStore
internal import Telemetry
internal import WebServer

/// Changes of devices while the gateway runs.
extension GatewayRuntime {
    /// Most changes that wait or run: people make them one by one.
    static let mostChanges = 8

    /// Changes a device, takes the changed registry, and stores what it gives another meaning; one
    /// change after the other.
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        if request.dryRun ?? false {
            return try database.apply(request, deployment.profiles, at: clock())
        }
        guard let turn = changes.take({ [self] in try await changeNow(request) }) else {
            throw DeviceChangeRefusal(
                "cannot \(request.change) \(request.device): \(Self.mostChanges) changes are under "
                    + "way; try again when they are done"
            )
        }
        return try await turn.value
    }

    private func changeNow(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        var view = try database.apply(request, deployment.profiles, at: clock())
        guard view.written else { return view }
        try await takeChangedRegistry()
        do {
            let report = try await retakePending()
            let run = try await decodeDeadLetters()
            view.decoded = report.stored + report.awaiting + run.decoded + run.awaiting
            view.warnings += report.warnings
        } catch {
            // It is changed all the same, and what is left is done at the next start.
            view.warnings.append("what the journal holds of it cannot be stored again: \(error)")
        }
        logger.notice("\(view.change) \(view.device): \(request.reason)")
        events.send("devices")
        events.send("overview")
        return view
    }

    /// Begins to store again what changes gave another meaning while the gateway stood still, or
    /// just before it ended; changes wait for it.
    func beginPendingRetakings() {
        _ = changes.take { [self] in
            do {
                let report = try await retakePending()
                for warning in report.warnings { logger.warning("\(warning)") }
                guard report.stored + report.awaiting > 0 else { return }
                logger.notice(
                    """
                    \(report.stored + report.awaiting) messages were stored again, by changes of \
                    devices that were noted
                    """
                )
            } catch GatewayError.stopping {
                // The next start goes on.
            } catch {
                logger.error("cannot store again what changed devices said: \(error)")
            }
        }
    }

    /// Stores what boxes said again that changes moved, in slices between which messages are taken.
    private func retakePending() async throws -> RetakingReport {
        let pending = try database.pendingRetakings()
        let folder = settings.dataFolder
        var retaking = Retaking(pending)
        while !retaking.isDone {
            let (before, now) = (retaking, clock())
            let slice: Result<Retaking, any Error>? = await worker.run { pipeline in
                var next = before
                do {
                    let journal = try JournalReader(folder: folder)
                    try pipeline.retake(journal, &next, at: now)
                    return .success(next)
                } catch {
                    return .failure(error)
                }
            }
            guard let next = try slice?.get() else { throw GatewayError.stopping }
            retaking = next
        }
        try database.forget(pendingRetakings: pending)
        return retaking.report
    }
}

extension RetakingReport {
    /// What was left as it is, in sentences.
    var warnings: [String] {
        var warnings: [String] = []
        if let heldSince {
            warnings.append(
                "the journal holds messages since \(heldSince.rfc3339) only: what was said before "
                    + "stays where it was stored"
            )
        }
        for (reason, count) in undecoded.sorted(by: { $0.key < $1.key }) {
            warnings.append(
                "\(count) messages cannot be read as it is known now (\(reason)): they stay where "
                    + "they were stored, and are among the undecodable ones"
            )
        }
        if damagedPlaces > 0 {
            warnings.append(
                "the journal is damaged in \(damagedPlaces) places: messages behind them stay "
                    + "where they were stored; langso store verify says where"
            )
        }
        return warnings
    }
}
