internal import Decoding
public import RingStore
internal import Telemetry

/// Messages whose payload a codec decodes.
///
/// The pipeline waits for none: a message is noted, its request can be fetched by
/// ``takeCodecCalls()``, and the reply comes back through ``finish(_:)``, in any order. What the
/// reply says is stored as if the message had said it by itself. Storing is idempotent on series
/// and time, so that a message that is asked a second time after a crash changes nothing.
extension IngestPipeline {
    /// Name of the file with the index of messages that wait, beside the store.
    public static let awaitedFile = "awaiting-codec"

    /// The requests since the last call, in the order of the journal.
    public mutating func takeCodecCalls() -> [AwaitedCall] {
        guard !awaited.outgoing.isEmpty else { return [] }
        defer { awaited.outgoing.removeAll(keepingCapacity: true) }
        return awaited.outgoing.compactMap { position in
            awaited.messages[position].map { message in
                AwaitedCall(
                    position: position,
                    request: message.request,
                    topic: String(decoding: message.topic, as: UTF8.self)
                )
            }
        }
    }

    /// Stores what codecs decoded, and makes dead letters of what they did not.
    public mutating func finish(_ replies: [CodecReply]) {
        defer { awaited.forgetFailed() }
        for reply in replies {
            if reply.result == .busy {
                awaited.putAside(reply.position)
                continue
            }
            // A message that was answered already, or was never asked.
            guard let message = awaited.messages.removeValue(forKey: reply.position) else {
                continue
            }
            do throws(DecodingError) {
                store(try decode(message, reply.result), claimsFrame: false)
                awaited.answered.insert(reply.position)
            } catch {
                fail(reply.position, error)
            }
        }
    }

    /// How many messages wait for codecs, and how many of them are not in memory.
    public var awaitedCounts: (all: Int, aside: Int) {
        let all = awaited.index.entries.count - awaited.answered.count
        return (all, awaited.index.entries.count - awaited.messages.count - awaited.answered.count)
    }

    /// Whether ``takeUpAwaited(_:)`` would take messages up.
    public var canTakeUpAwaited: Bool { awaited.canTakeUp }

    /// Reads messages from the journal again that wait and are not in memory, as many as there is
    /// room for.
    ///
    /// - Throws: `JournalError` when the journal cannot be read.
    public mutating func takeUpAwaited(
        _ journal: borrowing JournalReader
    ) throws(JournalError) {
        let tail = try journal.tail()
        defer { awaited.forgetFailed() }
        for entry in awaited.index.entries {
            guard awaited.messages.count < AwaitedMessages.memoryCapacity else { return }
            let position = entry.position
            guard awaited.messages[position] == nil, !awaited.answered.contains(position) else {
                continue
            }
            guard position >= tail else {
                noteUndecoded("journal_overwritten")
                awaited.leave(position, because: "the journal does not hold it any more")
                continue
            }
            let record = try journal.record(at: position)
            do throws(DecodingError) {
                store(try decode(record), claimsFrame: false)
                // The profile has done without its codec since.
                awaited.answered.insert(position)
            } catch {
                if !ask(record, error) { fail(position, error) }
            }
        }
    }

    // MARK: For the other parts

    /// Has a record wait when that is why it could not be decoded; false when it is not.
    mutating func noteAwaiting(_ record: borrowing RecordView, _ error: DecodingError) -> Bool {
        guard error.code == .awaitsCodec, let request = decoder.codecRequest else { return false }
        guard claimFrame(of: request) else {
            noteDuplicate()
            return true
        }
        guard !awaited.isFull else {
            // It stays in the journal, and decoding the dead letters again takes it up.
            let reason = DecodingError.Reason.codecBusy.rawValue
            noteUndecoded(reason)
            deadLetters.insert(record.position, reason: reason)
            return true
        }
        awaited.add(
            record.position,
            AwaitedMessages.Message(
                topic: Array(record.topic),
                payload: Array(record.payload),
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags),
                request: request
            )
        )
        return true
    }

    /// Has a record that was read again wait; false when it does not wait for a codec.
    mutating func ask(_ record: JournalRecord, _ error: DecodingError) -> Bool {
        guard error.code == .awaitsCodec, let request = decoder.codecRequest else { return false }
        // Its frame is its own, even where it is known already.
        _ = claimFrame(of: request)
        awaited.add(
            record.position,
            AwaitedMessages.Message(
                topic: record.topic,
                payload: record.payload,
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags),
                request: request
            )
        )
        return true
    }

    private mutating func decode(
        _ message: AwaitedMessages.Message,
        _ result: CodecReply.Result
    ) throws(DecodingError) -> DecodedMessage {
        let profile = message.request.profileID
        switch result {
        case .data(let data, let warningCount):
            if warningCount > 0 { noteCodecWarnings(UInt64(warningCount)) }
            return try decoder.decode(
                topic: message.topic,
                payload: message.payload,
                receivedAt: message.receivedAt,
                flags: message.flags,
                codecData: data
            )
        case .failed(let words): throw .codecFailed(profile: profile, words: words)
        case .quarantined(let words): throw .codecQuarantined(profile: profile, words: words)
        case .busy: throw .codecBusy(profile: profile)
        }
    }

    private mutating func fail(_ position: UInt64, _ error: DecodingError) {
        noteUndecoded(error.reason)
        awaited.leave(position, because: "\(error)")
        deadLetters.insert(position, reason: error.reason)
    }
}
