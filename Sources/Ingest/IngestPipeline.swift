public import Decoding
public import QualityControl
public import RingStore
public import Telemetry

/// One message in, samples out: topic → family → profile → readings → quality → series.
///
/// One thread owns it, with the store inside. It is deterministic: the same records of the journal
/// give the same samples, so that recovery is nothing but taking them again. A message that cannot
/// be decoded is noted in ``deadLetters`` and stays in the journal.
///
/// Costs about 4 µs for a LoRaWAN message with five readings, nearly all of it decoding and
/// appending; nothing is allocated for a sample whose series is known.
public struct IngestPipeline: ~Copyable {
    /// The store that samples go to.
    public var store: RingStore
    /// What became of everything so far.
    public internal(set) var counters = IngestCounters()
    /// Messages that could not be decoded.
    public internal(set) var deadLetters = DeadLetters()
    /// Messages that wait for codecs.
    var awaited: AwaitedMessages
    /// Whether records are taken that were taken before a start.
    var isRecovering = false
    /// Position in the journal behind the last record taken.
    public private(set) var position: UInt64
    /// Where the record lies whose samples are being stored.
    var recordPosition: UInt64
    /// What the decoder remembered at the last checkpoints.
    var decoderMemory = CheckpointStates()
    /// What the decoder had learned at the last checkpoints.
    var learnedFile = LearnedFile()
    /// Judges the readings.
    var quality: QualityControl
    /// What it remembered at the last checkpoints.
    var qualityMemory = CheckpointStates()
    /// Times of measurement of the samples that changed the store; see ``takeChanges(next:)``.
    private var changes = ChangedTimes(since: .distantPast)

    /// Devices whose messages somebody waits for.
    var watched: Set<String> = []
    /// What they said since somebody asked.
    var heard: [HeardMessage] = []
    /// Bytes of their topics and payloads.
    var heardBytes = 0

    /// What was stored again and has to be remembered.
    var retaken = RetakenSamples()
    /// Whether a message may yet turn out to stand where its box was not: its codec is asked once
    /// more, or was since the last checkpoint, or it is among the undecodable ones since it was
    /// taken again.
    var holdsWrong: Bool { awaited.holdsAgain || deadLetters.holdsStored }
    /// Version of what was stored again that is on disk; nil when nothing of it is.
    var writtenRetaken: Int?

    var decoder: MessageDecoder
    var directory: IngestDirectory
    var slots: [DeviceSlot] = []
    var slotByKey: [SlotKey: Int] = [:]
    /// Most slots.
    var slotLimit = maximumSlots
    /// Whose the last slot is, once there are as many as there may be.
    var lastKey: SlotKey?
    private var ownRecords = SampleRecordReader()
    /// The gateway's own series by their numbers in the journal, as far as they were found.
    private var ownSeries: [SeriesID?] = []
    /// Version of the decoder's lessons that is on disk; nil when none of them is.
    var writtenLessons: UInt64?

    /// Most device addresses that are remembered; devices above it are looked up for each message.
    static let maximumSlots = 50_000

    /// The series that says when a device spoke: its value is the time of measurement in seconds.
    public static let heartbeatMetric = "device_message_timestamp_seconds"
    /// The series that rejected readings go to, never to the metric itself.
    public static let rejectedMetric = "langso_rejected_reading"

    /// Creates a pipeline over a store.
    public init(
        store: consuming RingStore,
        decoder: MessageDecoder,
        directory: IngestDirectory = IngestDirectory(),
        quality: QualityPolicy = QualityPolicy()
    ) {
        self.quality = QualityControl(policy: quality)
        position = store.journalPosition
        recordPosition = store.journalPosition
        awaited = AwaitedMessages(codecCount: decoder.library.profiles.count { $0.codec != nil })
        self.store = store
        self.decoder = decoder
        self.directory = directory
    }

    /// Takes all records of a committed batch in their order.
    public mutating func take(_ batch: RecordBatch) {
        batch.forEach { record in take(record) }
    }

    /// Takes one record of the journal.
    public mutating func take(_ record: borrowing RecordView) {
        switch record.kind {
        case .message:
            counters.messages += 1
            do throws(DecodingError) {
                let message = try decode(record)
                store(message, at: record.position)
                hearAnswer(message, record)
                if !decoder.unknownParts.isEmpty {
                    deadLetters.note(record.position, reason: DeadLetters.unknownPart)
                } else if isRecovering {
                    // After a crash the list of dead letters may be newer than the store.
                    deadLetters.resolve([record.position])
                }
            } catch {
                if noteAwaiting(record, error) { break }
                counters.undecodedMessages[error.reason, default: 0] += 1
                deadLetters.note(record.position, reason: error.reason)
            }
        case .samples:
            do throws(SampleRecordFault) {
                try readOwn(record)
                recordPosition = record.position
                storeOwn()
            } catch {
                counters.noteRefusal("unreadable_record", "\(error)")
            }
        case .segmentEnd: break
        }
        position = max(position, record.end)
    }

    /// Notes the frame of a record that is in the store already, so that a repetition of it is
    /// known for one, and the series that it defines for the records after it.
    public mutating func remember(_ record: borrowing RecordView) {
        // What cannot be read defines nothing; the records after it that need it will say so.
        if record.kind == .samples { try? readOwn(record) }
        // What was never stored is no frame that others repeat: decoding it again must not take it
        // for one.
        guard record.kind == .message, isStored(record.position) else { return }
        guard let message = try? decode(record) else {
            if let request = decoder.codecRequest {
                slots[slot(of: request.deviceAddress)].notePlace(record.position)
                _ = claimFrame(of: request)
            }
            return
        }
        if message.kind != .other {
            slots[slot(of: message.deviceAddress)].notePlace(record.position)
        }
        remember(message)
        for companion in message.companions { remember(companion) }
    }

    /// Whether a message was decoded when it came, wholly or in what it says of known devices.
    func isStored(_ position: UInt64) -> Bool {
        guard let entry = deadLetters.entry(of: position) else { return true }
        return entry.isStored || entry.reason == DeadLetters.unknownPart
    }

    private mutating func remember(_ message: DecodedMessage) {
        if message.kind == .join { slots[slot(of: message.deviceAddress)].frames.removeAll() }
        guard let frame = message.sequence else { return }
        _ = slots[slot(of: message.deviceAddress)].frames.insert(frame)
    }

    /// The times of measurement that changed since the last call.
    ///
    /// Rules that have judged them already may have to judge them again.
    /// - Parameter start: from where on times are to be told apart from older ones until the next
    ///   call; up to the first call none are.
    /// - Returns: the earliest ones.
    public mutating func takeChanges(next start: Instant) -> ChangedTimes {
        defer { changes = ChangedTimes(since: start) }
        return changes
    }

    /// Notes a time of measurement that changed by samples which are not a device's own messages.
    public mutating func noteChange(_ time: Instant) { changes.note(time) }

    // MARK: One message

    mutating func decode(_ record: borrowing RecordView) throws(DecodingError) -> DecodedMessage {
        try decoder.decode(
            topic: record.topic,
            payload: record.payload,
            receivedAt: record.receivedAt,
            flags: MessageFlags(record.flags)
        )
    }

    /// In which way a message comes to be stored.
    enum Taking {
        /// For the first time.
        case fresh
        /// After its codec answered: its frame is its own since it was asked.
        case answered
        /// Once more: it is no news, and whoever takes it again has told repetitions from it.
        case again
    }

    /// Stores what a message said, and what it said of other devices.
    ///
    /// - Parameters:
    ///   - message: what it said.
    ///   - position: where it lies in the journal.
    ///   - taking: in which way it comes.
    ///   - storing: whose samples these are, where a change moved its box.
    mutating func store(
        _ message: DecodedMessage,
        at position: UInt64,
        _ taking: Taking = .fresh,
        as storing: RetakenSamples.Storing? = nil
    ) {
        recordPosition = position
        retaken.storing = storing ?? (holdsWrong || retaken.isUnderWay ? .others : nil)
        defer { retaken.storing = nil }
        if taking != .again { counters.decodedMessages += 1 }
        storeReadings(of: message, taking)
        let next: Taking = taking == .again ? .again : .fresh
        for companion in message.companions { storeReadings(of: companion, next) }
    }

    /// Stores what a message said of its own device.
    mutating func storeReadings(of message: DecodedMessage, _ taking: Taking) {
        let address = message.deviceAddress
        if retaken.storing != nil { retaken.box = address }
        let box = slot(of: address)
        if taking == .again {
            guard !message.isUnnumberedRedelivery else { return }
        } else {
            noteOddities(of: message)
            guard isNew(message, in: box, taking) else { return }
        }
        let index = slot(of: address, in: box, at: message.time)
        if message.isLastKnownValue {
            if taking != .again { counters.lastKnownMessages += 1 }
        } else if message.kind != .availability, message.kind != .other {
            beat(index, at: message.time)
            if taking != .again { judgeClock(of: message, in: index) }
        }
        storeMeasurements(of: message, in: box, index)
        end(devicesOf: message)
    }

    private mutating func noteOddities(of message: DecodedMessage) {
        if message.unreadMemberCount > 0 {
            counters.unreadMembers[message.profileID, default: 0] += UInt64(
                message.unreadMemberCount
            )
        }
        for note in message.notes { counters.notes[note.code, default: 0] += 1 }
    }

    /// Whether a message repeats no other one; its frame is known from then on.
    private mutating func isNew(_ message: DecodedMessage, in box: Int, _ taking: Taking) -> Bool {
        guard !message.isUnnumberedRedelivery else {
            counters.duplicateMessages += 1
            return false
        }
        if message.kind == .join { slots[box].frames.removeAll() }
        if taking == .fresh, let frame = message.sequence, !slots[box].frames.insert(frame) {
            counters.duplicateMessages += 1
            return false
        }
        if let frame = message.sequence, slots[box].frames.falls(frame) {
            counters.notes[IngestCounters.counterFell, default: 0] += 1
        }
        if message.kind != .other {
            slots[box].notePlace(recordPosition)
            hear(message)
        }
        return true
    }

    private mutating func storeMeasurements(
        of message: DecodedMessage,
        in box: Int,
        _ index: Int
    ) {
        let address = message.deviceAddress
        slots[index].begin()
        for reading in message.measurements {
            let time = reading.time ?? message.time
            // A logger's message may reach back over a change of its place.
            let index = reading.time == nil ? index : slot(of: address, in: box, at: time)
            guard let series = series(of: reading, of: address, in: index) else { continue }
            let value = slots[index].stored(reading.value, of: reading.quantity)
            let sample = Sample(time: time, value: value)
            if message.repeatsKnownValues,
                isRepetition(reading, sample, in: series, of: message)
            {
                counters.repeatedReadings += 1
                continue
            }
            if isKept(reading, at: time, of: address, in: index) {
                put(series, sample, isMeasured: true)
            }
        }
    }

    /// Notes the frame of a message that waits for a codec; false when it is known already.
    mutating func claimFrame(of request: CodecRequest) -> Bool {
        guard let frame = request.sequence else { return true }
        return slots[slot(of: request.deviceAddress)].frames.insert(frame)
    }

    /// Forgets the frame of a message that waited for its codec, and was not stored.
    mutating func releaseFrame(of request: CodecRequest) {
        guard let frame = request.sequence else { return }
        slots[slot(of: request.deviceAddress)].frames.remove(frame)
    }

    /// What is known of a device; nil when it is not among those that are remembered.
    func slot(known address: String) -> DeviceSlot? {
        slotByKey[SlotKey(address: address)].map { slots[$0] }
    }

    /// The series that a reading goes to, and ``DeviceSlot/lastPlace`` with it.
    mutating func series(
        of reading: Reading,
        of address: String,
        in index: Int
    ) -> SeriesID? {
        let quantity = reading.quantity.id
        if reading.quality == .rejected {
            let reason = reading.qualityReason?.rawValue ?? "rejected"
            counters.rejectedReadings[reason, default: 0] += 1
            return markSeries(Self.rejectedMetric, reason, reading, in: index)
        }
        if let known = slots[index].known(quantity, reading.channel, nil) { return known }
        let labels = seriesLabels(reading.channel, in: index)
            .setting(Labels.metricNameLabel, to: reading.quantity.metricName)
        guard let series = found(labels) else { return nil }
        slots[index].note(
            .init(
                quantity: quantity,
                channel: reading.channel,
                mark: nil,
                series: series,
                place: place(of: reading, of: address, in: index)
            )
        )
        return series
    }

    func seriesLabels(_ channel: String?, in index: Int) -> Labels {
        let labels = slots[index].labels
        return channel.map { labels.setting("channel", to: $0) } ?? labels
    }

    private mutating func beat(_ index: Int, at time: Instant) {
        let series: SeriesID
        if let known = slots[index].heartbeat {
            series = known
        } else {
            let labels = slots[index].labels
                .setting(Labels.metricNameLabel, to: Self.heartbeatMetric)
            guard let made = found(labels) else { return }
            slots[index].heartbeat = made
            series = made
        }
        put(series, Sample(time: time, value: time.secondsSince1970), isMeasured: true)
    }

    // MARK: Counts of other parts

    mutating func noteUndecoded(_ reason: String) {
        counters.undecodedMessages[reason, default: 0] += 1
    }

    mutating func noteDuplicate() { counters.duplicateMessages += 1 }

    mutating func noteCodecWarnings(_ count: UInt64) {
        counters.notes["codec_warning", default: 0] += count
    }

    // MARK: Samples

    private mutating func readOwn(
        _ record: borrowing RecordView
    ) throws(SampleRecordFault) {
        try ownRecords.read(record)
        for number in ownRecords.defined {
            let missing = Int(number) + 1 - ownSeries.count
            if missing > 0 { ownSeries.append(contentsOf: repeatElement(nil, count: missing)) }
            ownSeries[Int(number)] = nil
        }
    }

    /// Stores the samples of the record that was read last.
    private mutating func storeOwn() {
        for index in ownRecords.samples.indices {
            let own = ownRecords.samples[index]
            guard let series = ownSeries(own.series) else { continue }
            put(series, own.sample, isMeasured: false)
        }
    }

    private mutating func ownSeries(_ number: UInt32) -> SeriesID? {
        if let known = ownSeries[Int(number)] { return known }
        let series = found(ownRecords.labels(of: number))
        ownSeries[Int(number)] = series
        return series
    }

    /// Puts a sample into the series that has these labels.
    mutating func put(_ labels: Labels, _ time: Instant, _ value: Double) {
        guard let series = found(labels) else { return }
        put(series, Sample(time: time, value: value), isMeasured: true)
    }

    /// Counts a refusal; see ``IngestCounters``.
    mutating func noteRefusal(_ reason: String, _ words: @autoclosure () -> String) {
        counters.noteRefusal(reason, words())
    }

    mutating func found(_ labels: Labels) -> SeriesID? {
        do throws(StoreError) {
            return try store.series(for: labels)
        } catch {
            counters.noteRefusal(error.refusalReason, "\(error) (the series was \(labels))")
            return nil
        }
    }

    mutating func put(_ series: SeriesID, _ sample: Sample, isMeasured: Bool) {
        let outcome = store.append(series, sample, journaledAt: recordPosition)
        retaken.note(series, sample.time, outcome)
        guard isMeasured || outcome == .tooOld else {
            counters.ownSamples += 1
            return
        }
        switch outcome {
        case .stored: counters.storedSamples += 1
        case .overwritten: counters.overwrittenSamples += 1
        case .late: counters.lateSamples += 1
        case .unchanged:
            counters.unchangedSamples += 1
            return
        case .tooOld:
            counters.tooOldSamples += 1
            return
        }
        noteChange(sample.time)
    }
}

extension MessageFlags {
    /// What the journal noted of a delivery.
    init(_ flags: RecordFlags) {
        self = []
        if flags.contains(.retained) { insert(.retained) }
        if flags.contains(.duplicate) { insert(.duplicate) }
    }
}
