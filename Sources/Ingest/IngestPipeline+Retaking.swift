internal import Decoding
public import RingStore
public import Telemetry

/// Messages that are stored once more, because it became known that they meant something else.
extension IngestPipeline {
    /// Most records of a slice: some 20 ms, in which no message is taken.
    public static let retakenRecords = 4096
    /// Readings after which a slice ends, at the end of their message: as long as the records.
    public static let retakenReadings = 16_384

    /// Stores what some boxes said again, by the directory of now, one slice of it.
    ///
    /// For a change that is noted after its time: what came since then is stored with the index of
    /// the old meter, at the place of before, or under the address of a box that nobody knew. What
    /// a box said then leaves the series of places where it was not; samples of the right place are
    /// overwritten. Messages that no codec has answered yet are asked for. What was never decoded
    /// is left to ``decodeDeadLetters(_:at:leaving:calls:)``.
    ///
    /// Call it until the retaking is done; after a crash, begin a new one: it changes nothing that
    /// is right already.
    /// - Parameters:
    ///   - journal: has their bytes.
    ///   - retaking: which boxes, and how far it is.
    ///   - now: the time of the checkpoint that ends it.
    ///   - most: records of the slice.
    ///   - readings: how many of them end the slice, with the message that they are in.
    ///   - calls: how files are reached.
    /// - Throws: ``IngestError`` when the journal cannot be read or the store not written; begin a
    ///   new one later.
    public mutating func retake(
        _ journal: borrowing JournalReader,
        _ retaking: inout Retaking,
        at now: Instant,
        most: Int = retakenRecords,
        readings: Int = retakenReadings,
        calls: any FileCalls = SystemFileCalls()
    ) throws(IngestError) {
        guard !retaking.isDone else { return }
        retaken.isUnderWay = true
        do throws(JournalError) {
            if retaking.step == .waiting { try begin(&retaking, journal) }
            let work = (most, readings)
            guard try takeSlice(&retaking, journal, work) else { return }
        } catch {
            retaken.isUnderWay = false
            throw .journal(error)
        }
        if retaking.step == .clearing {
            begin(.storing, &retaking)
            return
        }
        retaken.isUnderWay = false
        try checkpoint(at: now, calls: calls)
        retaking.report.tooOld = retaken.tooOld
        retaking.step = .done
    }

    private mutating func begin(
        _ retaking: inout Retaking,
        _ journal: borrowing JournalReader
    ) throws(JournalError) {
        retaking.store(directory.holders(ofPlacesOf: retaking.boxes))
        var (first, arrival) = try journal.start(since: retaking.since)
        let began = arrival ?? .distantPast
        if retaking.stored.keys.contains(where: { decoder.isReborn($0, since: began) }) {
            (first, arrival) = try journal.start(since: .distantPast)
        }
        retaking.first = first
        // Of a stretch whose first record is damaged nobody knows when it began: no birth of now
        // may read what was said in it.
        retaking.began = arrival ?? .distantPast
        if let arrival, arrival > retaking.since, try !journal.holdsEverything() {
            retaking.report.heldSince = arrival
        }
        begin(.clearing, &retaking)
    }

    private mutating func begin(_ step: Retaking.Step, _ retaking: inout Retaking) {
        retaking.step = step
        retaking.next = retaking.first
        retaking.end = position
        retaking.memory = decoder.replayMemory(since: retaking.began)
        retaking.frames.removeAll()
        // What is yet to be stored of an earlier one leaves what it stored.
        if step == .clearing {
            retaken.begin(of: Set(retaking.boxes.keys), keepsRight: holdsWrong)
        }
    }

    /// Takes the next records; true when the step is through.
    private mutating func takeSlice(
        _ retaking: inout Retaking,
        _ journal: borrowing JournalReader,
        _ most: (records: Int, readings: Int)
    ) throws(JournalError) -> Bool {
        var (records, readings) = (0, 0)
        defer {
            deadLetters.resolve(retaking.readable)
            retaking.readable.removeAll()
        }
        do throws(JournalError) {
            retaking.next = max(retaking.next, try journal.tail())
            guard retaking.next < retaking.end else { return true }
            let end = retaking.end
            var isCut = false
            retaking.next = try journal.scan(from: retaking.next, to: end) {
                record throws(JournalError) in
                records += 1
                readings += takeAgain(record, &retaking)
                isCut = records >= most.records || readings >= most.readings
                return !isCut
            }
            return retaking.next >= end || !isCut
        } catch {
            switch error {
            // The next slice begins where the ring begins then.
            case .overwritten(_, let tail) where tail > retaking.next: return false
            // The header of its segment is damaged.
            case .overwritten(let place, _), .damaged(_, let place, _):
                if retaking.step == .clearing { retaking.report.damagedPlaces += 1 }
                retaking.next = journal.nextSegment(after: max(place, retaking.next))
                return false
            default: throw error
            }
        }
    }

    /// Takes one record again; how many readings it has.
    private mutating func takeAgain(
        _ record: borrowing RecordView,
        _ retaking: inout Retaking
    ) -> Int {
        guard record.kind == .message, var memory = retaking.memory.take() else { return 0 }
        defer { retaking.memory = memory }
        let isDecoded = isStored(record.position)
        do throws(DecodingError) {
            let message = try decoder.replay(by: &memory) { decoder throws(DecodingError) in
                try decoder.decode(
                    topic: record.topic,
                    payload: record.payload,
                    receivedAt: record.receivedAt,
                    flags: MessageFlags(record.flags)
                )
            }
            let count = takeAgain(message, at: record.position, isDecoded, &retaking)
            if count > 0, retaking.step == .storing { retaking.report.stored += 1 }
            noteReadable(message, at: record.position, &retaking)
            return message.companions.reduce(message.readings.count) { $0 + $1.readings.count }
        } catch {
            guard isDecoded else { return 0 }
            if error.code == .awaitsCodec, let request = decoder.codecRequest {
                askAgain(record, request, &retaking)
            } else if retaking.step == .storing,
                retaking.isCleared(decoder.senderAddress, at: record.receivedAt)
            {
                failAgain(record.position, record.receivedAt, error.reason, &retaking)
            }
            return 0
        }
    }

    /// Takes a message off the undecodable ones that an earlier taking made one of, once all that
    /// it says has left the places where its boxes were not and is stored again.
    private mutating func noteReadable(
        _ message: DecodedMessage,
        at position: UInt64,
        _ retaking: inout Retaking
    ) {
        guard retaking.step == .storing, deadLetters.entry(of: position)?.isStored ?? false,
            ([message] + message.companions).allSatisfy({
                retaking.isCleared($0.deviceAddress, at: $0.receivedAt)
            })
        else { return }
        if decoder.unknownParts.isEmpty {
            retaking.readable.insert(position)
        } else {
            deadLetters.insert(position, reason: DeadLetters.unknownPart)
        }
    }

    /// Takes what a message says of the boxes; how many of them it speaks of.
    private mutating func takeAgain(
        _ message: DecodedMessage,
        at position: UInt64,
        _ isDecoded: Bool,
        _ retaking: inout Retaking
    ) -> Int {
        var count = 0
        for var part in [message] + message.companions {
            let address = part.deviceAddress
            if part.kind == .join { retaking.frames[address]?.removeAll() }
            // What could not be decoded when it came was no frame that others repeat.
            guard isDecoded, retaking.claims(part.sequence, of: address),
                !part.isUnnumberedRedelivery
            else { continue }
            let arrival = part.receivedAt
            part.goneDevices.removeAll { !retaking.isTaken($0, at: arrival) }
            part.unknownDevices.removeAll { !retaking.isTaken($0, at: arrival) }
            let isOwn = retaking.isTaken(address, at: arrival)
            guard isOwn || !part.goneDevices.isEmpty || !part.unknownDevices.isEmpty else {
                continue
            }
            count += 1
            recordPosition = position
            switch retaking.step {
            case .clearing:
                retaken.isClearing = true
                defer { retaken.isClearing = false }
                if isOwn, let since = retaking.boxes[address] {
                    clear(part, at: position, since: since, &retaking.strays)
                }
                for gone in part.goneDevices {
                    guard let since = retaking.boxes[gone] else { continue }
                    clearGone(gone, at: arrival, since: since, &retaking.strays)
                }
            case .storing:
                let isMoved = retaking.boxes[address] != nil
                retaken.storing = isMoved ? .moved : .others
                if isOwn { storeReadings(of: part, .again) } else { end(devicesOf: part) }
                retaken.storing = nil
                if isMoved { retaking.report.counts[address, default: 0] += 1 }
            default: break
            }
        }
        return count
    }

    /// Has a message wait for its codec once more.
    private mutating func askAgain(
        _ record: borrowing RecordView,
        _ request: CodecRequest,
        _ retaking: inout Retaking
    ) {
        let isNew = retaking.claims(request.sequence, of: request.deviceAddress)
        guard retaking.step == .storing,
            retaking.isTaken(request.deviceAddress, at: record.receivedAt)
        else { return }
        let wasLetter = deadLetters.entry(of: record.position) != nil
        guard isNew else {
            // Its codec is asked for the frame that it repeats.
            if wasLetter { retaking.readable.insert(record.position) }
            return
        }
        guard awaited.contains(record.position) || !awaited.isFull(request.profileID) else {
            // Decoding what could not be decoded takes it up.
            let reason = DecodingError.Reason.codecBusy.rawValue
            return failAgain(record.position, record.receivedAt, reason, &retaking)
        }
        retaken.noteWrong(arrivedAt: record.receivedAt)
        retaking.report.awaiting += 1
        if retaking.boxes[request.deviceAddress] != nil {
            retaking.report.counts[request.deviceAddress, default: 0] += 1
        }
        awaited.add(
            record.position,
            AwaitedMessages.Message(
                topic: Array(record.topic),
                payload: Array(record.payload),
                receivedAt: record.receivedAt,
                flags: MessageFlags(record.flags),
                request: request
            ),
            stored: wasLetter
                || retaking.isCleared(request.deviceAddress, at: record.receivedAt)
                ? .wrongly : .rightly
        )
    }

    private mutating func failAgain(
        _ position: UInt64,
        _ arrival: Instant,
        _ reason: String,
        _ retaking: inout Retaking
    ) {
        retaken.noteWrong(arrivedAt: arrival)
        retaking.report.undecoded[reason, default: 0] += 1
        noteUndecoded(reason)
        deadLetters.insert(position, reason: reason, isStored: true)
    }
}

extension DecodedMessage {
    /// Whether the broker delivers it again and nothing in it tells: without a clock or a number of
    /// its own it would be measured a second time at its second arrival.
    var isUnnumberedRedelivery: Bool {
        isRedelivery && timeOrigin == .receive && sequence == nil
    }
}
