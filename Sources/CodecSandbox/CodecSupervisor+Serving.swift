internal import Foundation

/// The thread of one worker.
extension CodecSupervisor {
    /// Pause after a worker could not be started, in seconds.
    private static let startPause: TimeInterval = 1

    /// How long a thread sleeps before it has the worker wake it, where that has several calls.
    ///
    /// Of short calls some twenty answers come in this time, and are then taken at once.
    private static let gathering = Duration.microseconds(200)

    /// What a worker is given at once.
    private struct Batch {
        var calls: [CodecCall] = []
        /// The codecs of the calls as they are now.
        var codecs: [Int: Codec] = [:]
        var answers: [CodecAnswer] = []
    }

    /// Serves until the supervisor stops.
    func serve(_ number: Int) {
        var worker: WorkerProcess?
        // Versions of the scripts that the worker has.
        var loaded: [Int: Int] = [:]
        while var batch = nextBatch(number) {
            if let last = worker.take() {
                // One that ended while it had nothing to do, as by a hand, is nobody's fault.
                if last.isRunning { worker = consume last } else { _ = end(last, number) }
            }
            if worker == nil {
                loaded = [:]
                worker = start(number)
            }
            guard var running = worker.take() else {
                putBack(batch.calls)
                continue
            }
            var following: Batch?
            do throws(WorkerProcess.Silence) {
                try exchange(&batch, &following, &running, &loaded, number)
                worker = consume running
            } catch {
                let ending = end(running, number)
                let behind = following?.calls ?? []
                settle(batch, failure: words(error, ending), behind: behind)
            }
        }
        if let last = worker.take() { _ = end(last, number) }
    }

    // MARK: A batch

    /// Waits for calls; nil at the end.
    private func nextBatch(_ number: Int) -> Batch? {
        condition.lock()
        defer { condition.unlock() }
        var hasLooked = false
        while !shared.isStopping {
            let hasCalls = shared.queues.hasCalls(for: number)
            let isOut = shared.codecs.contains { $0.quarantine != nil }
            guard hasCalls || isOut, !shared.isLooking else {
                condition.wait()
                hasLooked = false
                continue
            }
            // Before calls are taken: what has changed since the last ones is run as it is now.
            if !hasLooked, ContinuousClock.now >= shared.nextLook {
                lookAtFiles()
                hasLooked = true
                continue
            }
            if hasCalls { return takeBatch(number) }
            // The file of the one that is out may be mended.
            hasLooked = false
            let pause = ContinuousClock.now.duration(to: shared.nextLook) / .seconds(1)
            _ = condition.wait(until: Date(timeIntervalSinceNow: max(0.001, pause)))
        }
        return nil
    }

    /// Takes calls; under the lock.
    private func takeBatch(_ number: Int) -> Batch {
        var batch = Batch(calls: shared.queues.take(for: number))
        for call in batch.calls where batch.codecs[call.codec.index] == nil {
            batch.codecs[call.codec.index] = shared.codecs[call.codec.index]
        }
        return batch
    }

    /// More calls for a worker that has some; nil where none wait, files are to be looked at, or a
    /// codec of those that it has may hang: the following ones would wait until it is killed.
    private func followingBatch(_ number: Int, after batch: Batch) -> Batch? {
        condition.lock()
        defer { condition.unlock() }
        let isTried = batch.codecs.keys.allSatisfy { index in
            shared.codecs[index].kills == 0 && shared.figures.codecs[index].calls > 0
        }
        guard isTried else { return nil }
        let isDue = shared.isStopping || shared.isLooking || .now >= shared.nextLook
        return isDue || !shared.queues.hasCalls(for: number) ? nil : takeBatch(number)
    }

    /// Gives the worker a batch, and further ones while calls wait: it always has the following
    /// one while it answers one, so that it need not wait for this thread.
    ///
    /// When it throws, nothing of both batches is settled.
    private func exchange(
        _ batch: inout Batch,
        _ following: inout Batch?,
        _ worker: inout WorkerProcess,
        _ loaded: inout [Int: Int],
        _ number: Int
    ) throws(WorkerProcess.Silence) {
        give(batch, &worker, &loaded)
        while true {
            following = followingBatch(number, after: batch)
            if let following { give(following, &worker, &loaded) }
            try takeAnswers(&batch, &worker, isLast: following == nil)
            if let text = worker.takeErrors() { onEvent(.wrote(text: text)) }
            settle(batch, failure: nil)
            guard let next = following else { return }
            batch = next
            following = nil
        }
    }

    private func give(_ batch: Batch, _ worker: inout WorkerProcess, _ loaded: inout [Int: Int]) {
        var bytes: [UInt8] = []
        for (index, codec) in batch.codecs where loaded[index] != codec.version {
            CodecFrame.load(
                codec: UInt32(index),
                keepsContexts: codec.file.keepsContexts,
                variables: codec.file.variablesJSON,
                script: codec.script.text
            ).append(to: &bytes)
            loaded[index] = codec.version
        }
        for call in batch.calls {
            CodecFrame.call(
                codec: UInt32(call.codec.index),
                port: call.port,
                milliseconds: call.receivedAtMilliseconds,
                device: call.device,
                payload: call.payload
            ).append(to: &bytes)
        }
        worker.send(bytes)
    }

    private func takeAnswers(
        _ batch: inout Batch,
        _ worker: inout WorkerProcess,
        isLast: Bool
    ) throws(WorkerProcess.Silence) {
        let patience = WorkerProcess.Patience(
            time: settings.longestCall,
            processorTime: settings.patience
        )
        for call in batch.calls {
            let isAlone = isLast && batch.answers.count == batch.calls.count - 1
            let frame = try worker.receive(patience, after: isAlone ? .zero : Self.gathering)
            guard case .answer(let sort, let microseconds, let words) = frame,
                let outcome = CodecAnswer.Outcome(sort, words)
            else { throw .garbled }
            batch.answers.append(
                CodecAnswer(
                    codec: call.codec,
                    tag: call.tag,
                    outcome: outcome,
                    seconds: Double(microseconds) / 1e6
                )
            )
        }
    }

    /// Notes what came, judges the call during which the worker ended, has the rest wait again,
    /// and those that the worker had behind them.
    private func settle(_ batch: Batch, failure: String?, behind: [CodecCall] = []) {
        var answers = batch.answers
        var events: [CodecEvent] = []
        locked { shared in
            for answer in answers {
                let index = answer.codec.index
                shared.queues.note(answer.seconds, of: answer.codec)
                shared.figures.codecs[index].calls += 1
                shared.figures.codecs[index].seconds += answer.seconds
                if case .failed = answer.outcome { shared.figures.codecs[index].failures += 1 }
            }
            events += noteWarnings(&shared, batch)
            guard let failure, !shared.isStopping else { return }
            let rest = batch.calls[answers.count...] + behind
            guard let culprit = rest.first else { return }
            shared.queues.putBack(rest.dropFirst())
            answers.append(
                CodecAnswer(
                    codec: culprit.codec,
                    tag: culprit.tag,
                    outcome: .killed(failure),
                    seconds: 0
                )
            )
            events.append(
                .killed(
                    codec: shared.codecs[culprit.codec.index].file.name,
                    device: culprit.device,
                    origin: culprit.origin,
                    reason: failure
                )
            )
            shared.queues.note(settings.patience / .seconds(1), of: culprit.codec)
            noteKill(&shared, culprit, failure, &answers, &events)
        }
        events.forEach(onEvent)
        if !answers.isEmpty { onAnswers(answers) }
    }

    /// Counts the warnings of a batch and keeps the last of each codec; the events are the first.
    private func noteWarnings(_ shared: inout Shared, _ batch: Batch) -> [CodecEvent] {
        var events: [CodecEvent] = []
        for (call, answer) in zip(batch.calls, batch.answers) {
            let warnings = answer.outcome.warnings
            guard let last = warnings.last else { continue }
            let index = call.codec.index
            let text = String(last.prefix(CodecLimits.remarkCharacters))
            shared.figures.codecs[index].warnings += UInt64(warnings.count)
            shared.figures.codecs[index].lastWarning = text
            guard !shared.codecs[index].hasWarned else { continue }
            shared.codecs[index].hasWarned = true
            events.append(
                .warned(
                    codec: shared.codecs[index].file.name,
                    device: call.device,
                    origin: call.origin,
                    warning: text
                )
            )
        }
        return events
    }

    private func noteKill(
        _ shared: inout Shared,
        _ culprit: CodecCall,
        _ failure: String,
        _ answers: inout [CodecAnswer],
        _ events: inout [CodecEvent]
    ) {
        let index = culprit.codec.index
        shared.figures.codecs[index].kills += 1
        shared.codecs[index].kills += 1
        guard shared.codecs[index].kills >= CodecLimits.kills,
            shared.codecs[index].quarantine == nil
        else { return }
        let name = shared.codecs[index].file.name
        let reason =
            "the codec '\(name)' is not run any more after \(CodecLimits.kills) kills, the last by "
            + "a message of \(culprit.device) (\(culprit.origin)): \(failure); its messages wait; "
            + "mend its file \(shared.codecs[index].file.path), or let it run again as it is by "
            + "langso codecs release \(name)"
        shared.codecs[index].quarantine = reason
        shared.nextLook = .now
        events.append(.quarantined(codec: name, reason: reason))
        for call in shared.queues.takeAll(of: culprit.codec) {
            answers.append(
                CodecAnswer(
                    codec: call.codec,
                    tag: call.tag,
                    outcome: .quarantined(reason),
                    seconds: 0
                )
            )
        }
    }

    private func words(_ silence: WorkerProcess.Silence, _ ending: String) -> String {
        switch silence {
        case .overTime:
            "no answer after \(settings.patience / .seconds(1)) s of processor time, the worker "
                + "was killed"
        case .late: "no answer after \(settings.longestCall / .seconds(1)) s, the worker was killed"
        case .ended: "the worker ended while it ran the script: \(ending)"
        case .garbled: "the worker gave an answer that is none"
        }
    }

    // MARK: Workers

    private func start(_ number: Int) -> WorkerProcess? {
        do throws(CodecError) {
            let program = try CodecProgram.find(settings.program)
            let worker = try WorkerProcess.start(
                program,
                patience: settings.startPatience
            )
            locked { shared in
                shared.sockets[number] = worker.socket
                shared.figures.starts += 1
                // A stop that came meanwhile did not know of it.
                if shared.isStopping { shutdown(worker.socket, Int32(SHUT_RDWR)) }
            }
            return worker
        } catch {
            onEvent(.cannotStart(reason: "\(error)"))
            condition.lock()
            let end = Date(timeIntervalSinceNow: Self.startPause)
            while !shared.isStopping, condition.wait(until: end) {}
            condition.unlock()
            return nil
        }
    }

    private func end(_ worker: consuming WorkerProcess, _ number: Int) -> String {
        _ = locked { $0.sockets.removeValue(forKey: number) }
        return worker.end()
    }

    private func putBack(_ calls: [CodecCall]) { locked { $0.queues.putBack(calls) } }

    // MARK: Files

    /// Reads the files that have changed; a codec that was taken out is run again then.
    ///
    /// Under the lock, which is not held while files are read.
    private func lookAtFiles() {
        shared.isLooking = true
        let codecs = shared.codecs
        condition.unlock()
        let changed = codecs.indices.compactMap { index -> (Int, CodecScript)? in
            let codec = codecs[index]
            guard CodecScript.Stamp(of: codec.file.path) != codec.script.stamp else { return nil }
            // A file in the middle of being written is read the next time.
            return (try? CodecScript(path: codec.file.path)).map { (index, $0) }
        }
        condition.lock()
        shared.isLooking = false
        shared.nextLook = .now + settings.fileInterval
        var events: [CodecEvent] = []
        for (index, script) in changed {
            let name = shared.codecs[index].file.name
            events.append(
                shared.codecs[index].quarantine == nil
                    ? .reloaded(codec: name)
                    : .released(codec: name, reason: "its file has changed")
            )
            shared.codecs[index].take(script)
        }
        condition.broadcast()
        guard !events.isEmpty else { return }
        condition.unlock()
        events.forEach(onEvent)
        condition.lock()
    }
}

extension CodecSupervisor.Codec {
    /// Takes a changed script; nothing of what the old one did counts against it.
    mutating func take(_ script: CodecScript) {
        self.script = script
        version += 1
        kills = 0
        hasWarned = false
        quarantine = nil
    }
}

extension CodecAnswer.Outcome {
    /// What the script warned of.
    var warnings: [String] {
        switch self {
        case .decoded(let result), .failed(let result): result.warnings
        case .killed, .quarantined: []
        }
    }

    /// What an answer of a worker says; nil when it says nothing that is known.
    init?(_ sort: CodecFrame.Sort, _ words: [UInt8]) {
        switch sort {
        case .failure:
            self = .failed(CodecResult(errors: [String(decoding: words, as: UTF8.self)]))
        case .result:
            guard let result = CodecResult(words: words) else { return nil }
            self = result.errors.isEmpty ? .decoded(result) : .failed(result)
        }
    }
}
