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
        awaited.takeOutgoing().map { position, message in
            AwaitedCall(
                position: position,
                request: message.request,
                topic: String(decoding: message.topic, as: UTF8.self)
            )
        }
    }

    /// Stores what codecs decoded, and makes dead letters of what they did not.
    public mutating func finish(_ replies: [CodecReply]) {
        var stored: Set<UInt64> = []
        for reply in replies {
            if reply.result == .busy {
                awaited.putAside(reply.position)
                continue
            }
            // A message that was answered already, or was never asked.
            guard let message = awaited.take(reply.position) else { continue }
            do throws(DecodingError) {
                let decoded = try decode(message, reply.result)
                // It may stand where its box was thought to be when it was taken first.
                let before = awaited.takeAgain(reply.position)
                if before == .wrongly {
                    clear(decoded, at: reply.position, since: .distantPast)
                }
                guard !decoded.isOfNoPlace else {
                    // A crash may undo that it left the places: it is asked again then.
                    let codec = message.request.profileID
                    awaited.noteAnswered(reply.position, codec, before: store.journalPosition)
                    let address = decoded.deviceAddress
                    throw .unknownDevice(address: address, family: decoded.family)
                }
                storeAwaited(decoded, at: reply.position, message.request.profileID, before)
                stored.insert(reply.position)
            } catch {
                // Another copy of its frame may fare better, and so may it when it is decoded
                // again.
                releaseFrame(of: message.request)
                fail(reply.position, error)
            }
        }
        // A crash may have left them in both lists.
        deadLetters.resolve(stored)
    }

    /// How many messages wait for codecs, and how many of them are not in memory.
    public var awaitedCounts: (all: Int, aside: Int) { awaited.counts }

    /// How many messages wait that are not in memory, by the profile whose codec they wait for;
    /// profiles without any are absent.
    public var awaitedAside: [String: Int] { awaited.aside }

    /// Reads messages from the journal again that wait and are not in memory, the oldest of each
    /// codec first, as many as there is room for.
    ///
    /// What the journal does not hold any more, or holds damaged, is counted and given up.
    ///
    /// - Parameters:
    ///   - journal: holds their bytes.
    ///   - most: how many messages may be taken up, by the profile whose codec they wait for; none
    ///     of those that are absent.
    /// - Throws: `JournalError` when the journal's file cannot be read; those that were not read
    ///   wait on.
    public mutating func takeUpAwaited(
        _ journal: borrowing JournalReader,
        most: [String: Int]
    ) throws(JournalError) {
        let tail = try journal.tail()
        for (codec, count) in most.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<count {
                guard let position = awaited.takeAside(codec) else { break }
                do throws(JournalError) {
                    let record = try journal.record(at: position, from: tail)
                    takeUp(record, codec)
                } catch {
                    guard let loss = error.loss else {
                        awaited.putBack(position, codec)
                        throw error
                    }
                    noteUndecoded(loss)
                    _ = awaited.takeAgain(position)
                    awaited.note("\(error)", of: position)
                }
            }
        }
    }

    private mutating func takeUp(_ record: JournalRecord, _ codec: String) {
        do throws(DecodingError) {
            // The profile has done without its codec since.
            let message = try decode(record)
            let before = awaited.takeAgain(record.position)
            if before == .wrongly {
                clear(message, at: record.position, since: .distantPast)
            }
            storeAwaited(message, at: record.position, codec, before)
            deadLetters.resolve([record.position])
        } catch {
            if !ask(record, error, isTakenUp: true) { fail(record.position, error) }
        }
    }

    // MARK: For the other parts

    /// Has a record wait when that is why it could not be decoded; false when it is not.
    mutating func noteAwaiting(_ record: borrowing RecordView, _ error: DecodingError) -> Bool {
        guard error.code == .awaitsCodec, let request = decoder.codecRequest else { return false }
        // After a crash the list may be newer than the store.
        if isRecovering, awaited.contains(record.position) {
            // A repetition that comes later in the journal is one.
            _ = claimFrame(of: request)
            return true
        }
        guard claimFrame(of: request) else {
            noteDuplicate()
            return true
        }
        guard isRecovering || !awaited.isFull(request.profileID) else {
            // It stays in the journal, and decoding the dead letters again takes it up.
            releaseFrame(of: request)
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

    /// Has a record that was read again wait; false when it does not wait for a codec, or when too
    /// many wait for it already.
    mutating func ask(
        _ record: JournalRecord,
        _ error: DecodingError,
        isTakenUp: Bool,
        stored: AwaitedMessages.Stored? = nil
    ) -> Bool {
        guard error.code == .awaitsCodec, let request = decoder.codecRequest,
            isTakenUp || !awaited.isFull(request.profileID)
        else { return false }
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
            ),
            isTakenUp: isTakenUp,
            stored: stored
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
        case .busy: throw .codecBusy(profile: profile)
        }
    }

    /// Stores a message that waited; its frame is its own already.
    private mutating func storeAwaited(
        _ message: DecodedMessage,
        at position: UInt64,
        _ codec: String,
        _ before: AwaitedMessages.Stored?
    ) {
        store(message, at: position, .answered, as: before == .wrongly ? .movedLate : nil)
        awaited.noteAnswered(position, codec, before: store.journalPosition)
    }

    private mutating func fail(_ position: UInt64, _ error: DecodingError) {
        noteUndecoded(error.reason)
        awaited.note("\(error)", of: position)
        // What it said before stays where it is stored until it can be decoded.
        let isStored = awaited.takeAgain(position) != nil
        deadLetters.insert(position, reason: error.reason, isStored: isStored)
    }
}

extension JournalReader {
    /// Reads one record, unless it lies before the tail as it was when it was looked at last.
    func record(at position: UInt64, from tail: UInt64) throws(JournalError) -> JournalRecord {
        guard position >= tail else { throw .overwritten(position: position, tail: tail) }
        return try record(at: position)
    }
}

extension JournalError {
    /// The reason under which a record is counted that is lost for good; nil where another attempt
    /// may read it.
    var loss: String? {
        switch self {
        case .overwritten: "journal_overwritten"
        case .damaged: "journal_damaged"
        default: nil
        }
    }
}
