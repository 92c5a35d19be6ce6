internal import Decoding
internal import Ingest
internal import Knowledge
internal import Logging
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// The inbox of a running gateway.
extension GatewayRuntime {
    /// What tells one look through the inbox from another: those that are alike share one run.
    struct InboxLook: Hashable, Sendable {
        let limit: Int
        let version: UInt64
    }

    /// Most adoptions that wait or run: people click them one by one.
    static let mostAdoptions = 8

    /// Unknown devices with what they may be; all who ask meanwhile get one answer.
    func inboxView(limit: Int) async throws -> InboxView {
        let look = InboxLook(limit: limit, version: inbox.version)
        let run = inboxLooks.run(for: look) { [self] in
            let letters = await worker.run { $0.deadLetters } ?? DeadLetters()
            return try await inbox.view(
                of: letters,
                limit: limit,
                airTemperature: await airTemperature
            )
        }
        return try await run.value
    }

    /// Registers an unknown device, takes the changed registry, and decodes what waited; one
    /// device after the other.
    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView {
        guard let turn = adoptions.take({ [self] in try await adoptNow(request) }) else {
            throw AdoptionRefusal(.init(.tooMany, "\(Self.mostAdoptions)"))
        }
        return try await turn.value
    }

    private func adoptNow(_ request: AdoptionRequest) async throws -> AdoptionView {
        guard let letters = await worker.run({ $0.deadLetters }) else {
            throw GatewayError.stopping
        }
        let adoption = Adoption(inbox: inbox, database: database, request: request)
        var view = try await adoption.run(letters, at: clock())
        guard view.written else { return view }
        try await takeChangedRegistry()
        do {
            // What a codec failed on is no unknown device's, and would only fail again.
            let run = try await decodeDeadLetters(leaving: [.codecFailed])
            view.decoded = run.decoded + run.awaiting
            view.failed = run.failed
        } catch {
            // It is registered all the same.
            let cause = DelayCause(error)
            logger.error("cannot decode what \(view.address) said: \(error)")
            var note = AdoptionNote(.stillWaiting, cause.words)
            note.values = [cause.rawValue]
            view.warnings.append(note)
        }
        logger.notice(
            "adopted \(view.address) as \(view.code)",
            metadata: ["decoded": "\(view.decoded ?? 0)"]
        )
        events.send("devices")
        events.send("overview")
        return view
    }

    /// Decodes what is left undecoded in the journal once more.
    ///
    /// - Parameter reasons: messages that were refused for one of these are left as they are.
    /// - Throws: `JournalError`, `IngestError`, or ``GatewayError/stopping``.
    /// - Returns: how many were tried, and what became of them.
    func decodeDeadLetters(
        leaving reasons: Set<DecodingError.Reason> = []
    ) async throws -> DecodingRun {
        let (folder, now) = (settings.dataFolder, clock())
        let run: Result<DecodingRun, any Error>? = await worker.run { pipeline in
            do {
                let journal = try JournalReader(folder: folder)
                return .success(
                    try pipeline.decodeDeadLetters(journal, at: now, leaving: reasons)
                )
            } catch {
                return .failure(error)
            }
        }
        guard let done = try run?.get() else { throw GatewayError.stopping }
        return done
    }

    /// Decodes once more what could not be decoded before this start: the registry, the profiles or
    /// the settings may know its senders by now.
    ///
    /// What a codec failed on is left: a message that kills it would do so at each start.
    func decodeWhatWaited() {
        let (folder, clock, logger) = (settings.dataFolder, clock, logger)
        worker.perform { pipeline in
            guard !pipeline.deadLetters.entries.isEmpty else { return }
            do {
                let journal = try JournalReader(folder: folder)
                let run = try pipeline.decodeDeadLetters(
                    journal,
                    at: clock(),
                    leaving: [.codecFailed]
                )
                guard run.decoded + run.awaiting > 0 else { return }
                logger.notice(
                    "\(run.decoded + run.awaiting) messages that waited can be decoded now"
                )
            } catch {
                logger.error("cannot decode what waited: \(error)")
            }
        }
    }

    /// The temperature of the day; nil when no station tells.
    private var airTemperature: Double? {
        get async {
            let now = clock()
            guard let source = access.source(at: now) else { return nil }
            // Guesses do without it where the store cannot be read, which every query says.
            return await OwnThread.run { try? DayTemperature.median(of: source.base, at: now) }
        }
    }
}
