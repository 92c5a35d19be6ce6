internal import Foundation

/// Runs payload codecs in worker processes: starts them, gives them calls, kills those that hang,
/// and takes a codec out that has had to be killed three times.
///
/// Nothing waits for a codec: ``submit(_:)`` returns at once, answers come in batches on a thread
/// of the supervisor. Each worker has such a thread, which sleeps while nothing waits. A codec that
/// is slow delays its own calls: the workers' time is shared fairly over codecs, see
/// `CodecQueues`. Workers are started at the first call. All methods may be called from any thread.
///
/// A fresh context costs some 0.4 ms a call, a kept one 15 µs.
public final class CodecSupervisor: @unchecked Sendable {
    // Unchecked: everything mutable is under the condition's lock.

    /// Takes answers, on a thread of the supervisor, which waits for it.
    public typealias AnswerSink = @Sendable ([CodecAnswer]) -> Void
    /// Hears of kills and the like, on a thread of the supervisor.
    public typealias EventSink = @Sendable (CodecEvent) -> Void

    /// Why a call was not taken.
    public enum Refusal: Error, Hashable, Sendable {
        /// Too many calls wait; try again later.
        case busy
        /// The codec is not run any more, or cannot be read; the words say why.
        case quarantined(String)
        /// The payload is longer than ``CodecLimits/payloadBytes``.
        case tooLong
        /// The supervisor has stopped.
        case stopped
    }

    struct Codec {
        let file: CodecFile
        /// As it was read last.
        var script: CodecScript
        /// Rises with each reading, so that workers see that theirs is old.
        var version = 1
        /// Workers that ended while they ran it, since it was read or released.
        var kills = 0
        /// Whether it has warned since it was read.
        var hasWarned = false
        var quarantine: String?
    }

    struct Shared {
        var codecs: [Codec] = []
        var queues = CodecQueues()
        var figures = CodecFigures()
        /// Sockets of the workers that run, for shutting them at the end.
        var sockets: [Int: Int32] = [:]
        var threads = 0
        var isStopping = false
        /// When the codecs' files are looked at again, and whether a thread does so now.
        var nextLook = ContinuousClock.now
        var isLooking = false
    }

    let settings: CodecSettings
    let condition = NSCondition()
    var shared = Shared()
    let onAnswers: AnswerSink
    let onEvent: EventSink

    /// Creates a supervisor; nothing is started yet.
    ///
    /// - Parameters:
    ///   - codecs: in the order of their ``CodecID/index``; each file is read.
    ///   - settings: how they are run.
    ///   - onEvent: hears of kills and the like.
    ///   - onAnswers: takes answers.
    /// - Throws: ``CodecError/unreadable(path:reason:)`` for a file that cannot be read,
    ///   ``CodecError/variablesTooLong(codec:bytes:limit:)`` or
    ///   ``CodecError/tooManyCodecs(limit:)``.
    public init(
        _ codecs: [CodecFile],
        settings: CodecSettings = CodecSettings(),
        onEvent: @escaping EventSink = { _ in },
        onAnswers: @escaping AnswerSink
    ) throws(CodecError) {
        guard codecs.count <= CodecLimits.codecs else {
            throw .tooManyCodecs(limit: CodecLimits.codecs)
        }
        var settings = settings
        let cores = ProcessInfo.processInfo.activeProcessorCount
        settings.workerCount = min(max(1, settings.workerCount), cores)
        self.settings = settings
        self.onEvent = onEvent
        self.onAnswers = onAnswers
        for (index, file) in codecs.enumerated() {
            let bytes = file.variablesJSON.utf8.count
            guard bytes <= CodecLimits.variablesBytes else {
                throw .variablesTooLong(
                    codec: file.name,
                    bytes: bytes,
                    limit: CodecLimits.variablesBytes
                )
            }
            shared.codecs.append(Codec(file: file, script: try CodecScript(path: file.path)))
            shared.figures.codecs.append(CodecFigures.Codec(name: file.name))
            // A device's context lies in one worker.
            shared.queues.addLane(worker: file.keepsContexts ? index % settings.workerCount : nil)
        }
    }

    /// Has a payload decoded.
    ///
    /// - Throws: ``Refusal`` when the call is not taken; no answer comes then.
    public func submit(_ call: CodecCall) throws(Refusal) {
        condition.lock()
        defer { condition.unlock() }
        guard !shared.isStopping else { throw .stopped }
        guard call.payload.count <= CodecLimits.payloadBytes else { throw .tooLong }
        let index = call.codec.index
        if let reason = shared.codecs[index].quarantine {
            startThreads()
            throw .quarantined(reason)
        }
        guard shared.queues.room(for: call.codec) > 0 else {
            shared.figures.refused += 1
            throw .busy
        }
        shared.queues.add(call)
        startThreads()
        // Not to any one thread: a kept context lies in one worker, whose thread it must wake.
        condition.broadcast()
    }

    /// Has a codec run again that was taken out.
    ///
    /// - Returns: whether it had been; otherwise nothing has changed.
    @discardableResult
    public func release(_ codec: CodecID) -> Bool {
        let name = locked { shared -> String? in
            guard shared.codecs[codec.index].quarantine != nil else { return nil }
            shared.codecs[codec.index].quarantine = nil
            shared.codecs[codec.index].kills = 0
            return shared.codecs[codec.index].file.name
        }
        guard let name else { return false }
        onEvent(.released(codec: name, reason: "by an operator"))
        return true
    }

    /// Figures at this moment.
    public var figures: CodecFigures {
        locked { shared in
            var figures = shared.figures
            for index in shared.codecs.indices {
                figures.codecs[index].waiting = shared.queues.count(of: CodecID(index))
                figures.codecs[index].quarantine = shared.codecs[index].quarantine
            }
            figures.workers = shared.sockets.count
            return figures
        }
    }

    /// How many more calls of a codec may wait; none of one that is not run, or after ``stop()``.
    public func room(for codec: CodecID) -> Int {
        locked { shared in
            guard !shared.isStopping, shared.codecs[codec.index].quarantine == nil else { return 0 }
            return shared.queues.room(for: codec)
        }
    }

    /// Most calls of one codec that wait.
    public var share: Int { locked { $0.queues.share } }

    /// Ends all workers and returns when they have ended; calls that wait get no answer.
    public func stop() {
        condition.lock()
        shared.isStopping = true
        // A worker in the middle of a call is not waited for.
        for socket in shared.sockets.values { shutdown(socket, Int32(SHUT_RDWR)) }
        condition.broadcast()
        while shared.threads > 0 { condition.wait() }
        condition.unlock()
    }

    func locked<Result>(_ body: (inout Shared) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body(&shared)
    }

    /// Starts the workers' threads, once; under the lock.
    private func startThreads() {
        guard shared.threads == 0 else { return }
        for number in 0..<settings.workerCount {
            shared.threads += 1
            let thread = Thread { [self] in
                serve(number)
                locked { $0.threads -= 1 }
                condition.broadcast()
            }
            thread.name = "codec"
            thread.start()
        }
    }
}
