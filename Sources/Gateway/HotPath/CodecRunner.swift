internal import CodecSandbox
internal import Decoding
internal import Ingest
internal import Logging
internal import RingStore
internal import Telemetry

/// Carries messages that wait for codecs from the store's thread to the supervisor, and what the
/// codecs say back.
///
/// The store's thread hands over and goes on; answers come as commands between two of its rounds.
final class CodecRunner: Sendable {
    private let supervisor: CodecSupervisor
    private let codecs: [String: CodecID]
    private let folder: String
    private let logger: Logger

    /// Creates a runner; nil where no profile has a codec.
    ///
    /// - Parameters:
    ///   - files: the codecs, each by the identifier of its profile.
    ///   - settings: how they are run.
    ///   - folder: where the journal lies.
    ///   - worker: the store's thread; asks this runner after each of its rounds.
    ///   - logger: is told of kills and the like.
    /// - Throws: `CodecError` when a script cannot be read.
    init?(
        _ files: [CodecFile],
        settings: CodecSettings,
        folder: String,
        worker: StoreWorker,
        logger: Logger
    ) throws(CodecError) {
        guard !files.isEmpty else { return nil }
        let names = files.enumerated().map { ($0.element.name, CodecID($0.offset)) }
        codecs = Dictionary(names, uniquingKeysWith: { first, _ in first })
        self.folder = folder
        self.logger = logger
        supervisor = try CodecSupervisor(
            files,
            settings: settings,
            onEvent: { [worker] event in
                logger.log(event)
                // Its messages wait: a round of the store's thread takes them up.
                if case .released = event { worker.perform { _ in } }
            },
            onAnswers: { [worker] answers in
                let replies = answers.map { CodecReply(position: $0.tag, result: .init($0)) }
                worker.perform { $0.finish(replies) }
            }
        )
        worker.afterRounds { [self] in handOver(&$0) }
    }

    /// What the codecs did.
    var figures: CodecFigures { supervisor.figures }

    /// Has a codec run again that was taken out; its messages are taken up at once.
    ///
    /// - Returns: whether it had been; nil where there is no such codec.
    func release(_ name: String) -> Bool? { codecs[name].map(supervisor.release) }

    /// Ends the workers; messages that wait are asked after the next start.
    func stop() { supervisor.stop() }

    /// Gives the supervisor what waits, and takes up again what had to be put aside.
    private func handOver(_ pipeline: inout IngestPipeline) {
        submit(&pipeline)
        let most = room(for: pipeline.awaitedAside)
        guard !most.isEmpty else { return }
        do throws(JournalError) {
            try pipeline.takeUpAwaited(try JournalReader(folder: folder), most: most)
        } catch {
            logger.error("cannot read messages that wait for codecs: \(error)")
        }
        submit(&pipeline)
    }

    /// How many of the messages that were put aside codecs can be given now.
    ///
    /// None while a codec has much to do still, so that the journal is opened for many at once.
    private func room(for aside: [String: Int]) -> [String: Int] {
        guard !aside.isEmpty else { return [:] }
        let share = supervisor.share
        var most: [String: Int] = [:]
        for (name, count) in aside {
            // Where a profile does without its codec now, all of its messages can be read.
            let room = codecs[name].map(supervisor.room) ?? share
            if room >= min(count, max(1, share / 2)) { most[name] = min(room, count) }
        }
        return most
    }

    private func submit(_ pipeline: inout IngestPipeline) {
        var refused: [CodecReply] = []
        for call in pipeline.takeCodecCalls() {
            guard let result = submit(call) else { continue }
            refused.append(CodecReply(position: call.position, result: result))
        }
        if !refused.isEmpty { pipeline.finish(refused) }
    }

    /// Gives one call; what became of it where it was not taken.
    private func submit(_ call: AwaitedCall) -> CodecReply.Result? {
        let request = call.request
        guard let codec = codecs[request.profileID] else {
            return .failed("the gateway has no codec for it")
        }
        do throws(CodecSupervisor.Refusal) {
            try supervisor.submit(
                CodecCall(
                    codec: codec,
                    tag: call.position,
                    port: request.port,
                    payload: request.payload,
                    receivedAtMilliseconds: request.receivedAtMilliseconds,
                    device: request.deviceAddress,
                    origin: "\(call.topic), position \(call.position) of the journal"
                )
            )
            return nil
        } catch {
            switch error {
            // One that is not run keeps its messages until it is mended or released.
            case .busy, .stopped, .quarantined: return .busy
            case .tooLong:
                return .failed("the payload is longer than \(CodecLimits.payloadBytes) bytes")
            }
        }
    }
}

extension CodecReply.Result {
    init(_ answer: CodecAnswer) {
        switch answer.outcome {
        case .decoded(let result):
            self = .data(result.data, warningCount: result.warnings.count)
        case .failed, .killed: self = .failed(answer.outcome.failure ?? "")
        case .quarantined: self = .busy
        }
    }
}

extension Logger {
    /// Says what happened with a codec.
    func log(_ event: CodecEvent) {
        switch event {
        case .killed(let codec, let device, let origin, let reason):
            error("the codec '\(codec)' failed on a message of \(device) (\(origin)): \(reason)")
        case .warned(let codec, let device, let origin, let words):
            warning(
                """
                the codec '\(codec)' warns of a message of \(device) (\(origin)): \(words); \
                further warnings are counted, langso codecs shows the last
                """
            )
        case .wrote(let text): warning("langso-codec wrote: \(text)")
        case .quarantined(_, let reason): error("\(reason)")
        case .released(let codec, let reason):
            notice("the codec '\(codec)' is run again: \(reason)")
        case .reloaded(let codec): notice("the codec '\(codec)' was read again")
        case .cannotStart(let reason): error("\(reason)")
        }
    }
}
