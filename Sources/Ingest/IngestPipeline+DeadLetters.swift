public import Decoding
public import RingStore
public import Telemetry

/// What came of decoding undecoded messages once more.
public struct DecodingRun: Hashable, Sendable {
    /// Messages tried.
    public var tried = 0
    /// Messages that could be decoded now; they are no dead letters any more.
    public var decoded = 0
    /// Messages that wait for their codecs now, and are no dead letters any more.
    public var awaiting = 0
    /// Messages that were decoded but for what they say of devices that are still unknown; they
    /// stay in the list under ``DeadLetters/unknownPart``.
    public var partial = 0
    /// Messages that still cannot.
    public var failed = 0
    /// Messages whose bytes have left the ring of the journal, or are damaged there.
    public var gone = 0

    /// Creates an empty account.
    public init() {}
}

extension IngestPipeline {
    /// Decodes what could not be decoded once more: after a profile was mended or a device
    /// registered.
    ///
    /// What could be decoded is on disk before the index forgets it: a crash in between leaves
    /// messages in the list that are stored already, and never takes one off that is not.
    /// - Parameters:
    ///   - journal: has their bytes.
    ///   - now: the time of the checkpoint.
    ///   - reasons: messages that were refused for one of these are left as they are.
    ///   - calls: how files are reached.
    /// - Throws: ``IngestError`` when the journal cannot be read or the store not written.
    /// - Returns: how many were tried, and what became of them.
    public mutating func decodeDeadLetters(
        _ journal: borrowing JournalReader,
        at now: Instant,
        leaving reasons: Set<DecodingError.Reason> = [],
        calls: any FileCalls = SystemFileCalls()
    ) throws(IngestError) -> DecodingRun {
        var done = DecodedLetters()
        do {
            try decodeAgain(journal, leaving: Set(reasons.map(\.rawValue)), &done)
        } catch {
            throw .journal(error)
        }
        guard !done.resolved.isEmpty || !done.partial.isEmpty else { return done.run }
        try checkpoint(at: now, calls: calls)
        deadLetters.resolve(done.resolved)
        for position in done.partial {
            deadLetters.insert(position, reason: DeadLetters.unknownPart)
        }
        try writeIndexes(calls)
        return done.run
    }

    /// What decoding letters again came to, of which the list learns after a checkpoint.
    private struct DecodedLetters {
        var run = DecodingRun()
        /// Those that are none any more.
        var resolved: Set<UInt64> = []
        /// Those that were stored where their boxes were not, and are now where they were, but for
        /// what they say of unknown devices.
        var partial: Set<UInt64> = []
    }

    private mutating func decodeAgain(
        _ journal: borrowing JournalReader,
        leaving reasons: Set<String>,
        _ done: inout DecodedLetters
    ) throws(JournalError) {
        var frames: [String: RecentFrames] = [:]
        let tail = try journal.tail()
        for entry in deadLetters.newest(DeadLetters.capacity).reversed()
        where !reasons.contains(entry.reason) {
            // Its codec was asked when it was taken again.
            if awaited.contains(entry.position) {
                done.resolved.insert(entry.position)
                continue
            }
            let record: JournalRecord
            do throws(JournalError) {
                record = try journal.record(at: entry.position, from: tail)
            } catch {
                guard error.loss != nil else { throw error }
                done.run.gone += 1
                done.resolved.insert(entry.position)
                continue
            }
            done.run.tried += 1
            do throws(DecodingError) {
                let message = try decode(record)
                if entry.isStored {
                    storeAgain(message, at: record.position, &frames)
                } else {
                    let isPartStored = entry.reason == DeadLetters.unknownPart
                    store(message, at: record.position, isPartStored ? .again : .fresh)
                }
                if decoder.unknownParts.isEmpty {
                    done.run.decoded += 1
                    done.resolved.insert(entry.position)
                } else {
                    done.run.partial += 1
                    if entry.isStored {
                        done.partial.insert(record.position)
                    } else {
                        deadLetters.insert(record.position, reason: DeadLetters.unknownPart)
                    }
                }
            } catch {
                askOnce(record, error, entry, &frames, &done)
            }
        }
    }

    /// Stores what was decoded when it came, and could not be when it was taken again: it leaves
    /// the places where its boxes were not.
    ///
    /// Its own frames are known since it came; repetitions are told among such messages alone.
    private mutating func storeAgain(
        _ message: DecodedMessage,
        at position: UInt64,
        _ frames: inout [String: RecentFrames]
    ) {
        for part in [message] + message.companions {
            var strays = StraySeries()
            clear(part, at: position, since: .distantPast, &strays)
            for gone in part.goneDevices {
                clearGone(gone, at: part.receivedAt, since: .distantPast, &strays)
            }
        }
        counters.decodedMessages += 1
        recordPosition = position
        retaken.storing = .movedLate
        for part in [message] + message.companions {
            if part.kind == .join { frames[part.deviceAddress] = nil }
            guard Self.isFirst(part.sequence, of: part.deviceAddress, &frames) else { continue }
            storeReadings(of: part, .again)
        }
        retaken.storing = nil
    }

    /// Has a message that could not be decoded wait for its codec, unless that is not why, or too
    /// many wait; one whose frame another one has asks nothing.
    private mutating func askOnce(
        _ record: JournalRecord,
        _ error: DecodingError,
        _ entry: DeadLetters.Entry,
        _ frames: inout [String: RecentFrames],
        _ done: inout DecodedLetters
    ) {
        if entry.isStored, error.code == .awaitsCodec, let request = decoder.codecRequest,
            !Self.isFirst(request.sequence, of: request.deviceAddress, &frames)
        {
            done.resolved.insert(entry.position)
            return
        }
        guard ask(record, error, isTakenUp: false, stored: entry.isStored ? .wrongly : nil) else {
            done.run.failed += 1
            return
        }
        done.run.awaiting += 1
        done.resolved.insert(entry.position)
    }

    /// Whether no frame before is the same; it is known from then on.
    private static func isFirst(
        _ frame: MessageSequence?,
        of address: String,
        _ frames: inout [String: RecentFrames]
    ) -> Bool {
        guard let frame else { return true }
        return frames[address, default: RecentFrames()].insert(frame)
    }

    /// Decodes a record that was read again: it changes nothing of what is known of its sender, but
    /// that a description which was refused is learned where no later one is.
    mutating func decode(_ record: JournalRecord) throws(DecodingError) -> DecodedMessage {
        try decoder.aside(learns: true) { (decoder) throws(DecodingError) in
            try decoder.decode(
                topic: record.topic.span,
                payload: record.payload.span,
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags)
            )
        }
    }

    /// Why a message cannot be decoded now, in words that say what to do; nil when it can, and for
    /// one of several devices the first that is unknown.
    public mutating func refusal(of record: JournalRecord) -> String? {
        if let words = awaited.words(of: record.position) { return words }
        do throws(DecodingError) {
            try decoder.aside { (decoder) throws(DecodingError) in
                let message = try decoder.decode(
                    topic: record.topic.span,
                    payload: record.payload.span,
                    receivedAt: record.receivedAt,
                    flags: []
                )
                if let address = decoder.unknownParts.first {
                    throw .unknownDevice(address: address, family: message.family)
                }
            }
            return nil
        } catch {
            return "\(error)"
        }
    }
}
