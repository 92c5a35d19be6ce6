public import ConfigurationText
public import Telemetry

/// What became of the records of a recording so far.
public struct RecordingCounts: Hashable, Sendable {
    /// Records that were read, refused ones among them.
    public internal(set) var recordsRead = 0
    /// Records of which a fault was thrown.
    public internal(set) var recordsRefused = 0
    /// Messages that were made.
    public internal(set) var messagesMade = 0
    /// Messages that were not made since `skip_when_missing` says so.
    public internal(set) var messagesSkipped = 0

    /// Creates counts of a recording that nobody has read yet.
    public init() {}
}

/// Reads a recording as messages, by a mapping.
///
/// Costs one pass over the file, a second one before it for a shift that depends on now, and all
/// messages in memory at the first call when the mapping sorts them. Messages come in the order of
/// the file, or by time when the mapping says so.
///
/// ```swift
/// var reader = RecordingReader(bytes, file: "bins.jsonl", mapping: mapping, now: now)
/// while true {
///     do {
///         guard let message = try reader.next() else { break }
///         print(message.time, message.topic)
///     } catch { print(error) }
/// }
/// ```
public struct RecordingReader: Sendable {
    private enum Stage {
        case unopened, reading, ended
    }

    private enum Item {
        case message(TimedMessage)
        case fault(ConfigurationFault)
    }

    /// What became of the records so far.
    public private(set) var counts = RecordingCounts()

    private let file: String
    private let mapping: ReplayMapping
    private let now: Instant
    private let byteCount: Int
    private var source: RecordSource
    private var repeatedHour = RepeatedHour()
    private var shift = Milliseconds.zero
    private var stage = Stage.unopened
    private var items: [Item] = []
    private var itemIndex = 0

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, at most ``ReplayLimits/fileBytes``; a larger one is a fault.
    ///   - file: how faults name it.
    ///   - mapping: how records become messages.
    ///   - now: what the mapping's shift takes as now.
    public init(_ bytes: [UInt8], file: String, mapping: ReplayMapping, now: Instant) {
        self.file = file
        self.mapping = mapping
        self.now = now
        byteCount = bytes.count
        source = RecordSource(bytes, file: file, format: mapping.format)
    }

    /// How much has been read, 0 to 1: the share of bytes, or of messages when they are sorted.
    public var progress: Double {
        if stage == .ended, itemIndex == items.count { return 1 }
        if mapping.isSorted {
            return items.isEmpty ? 0 : Double(itemIndex) / Double(items.count)
        }
        return byteCount == 0 ? 0 : Double(source.position) / Double(byteCount)
    }

    /// Makes the next message; nil at the end.
    ///
    /// - Throws: `ConfigurationFault` for a record that cannot be read, with its line; the next
    ///   call goes on behind it. When the file as a whole is of no use, such as without a column
    ///   that the mapping names, the calls throw each fault of it and then give nil.
    public mutating func next() throws(ConfigurationFault) -> TimedMessage? {
        while true {
            if itemIndex < items.count {
                itemIndex += 1
                switch items[itemIndex - 1] {
                case .message(let message): return message
                case .fault(let fault): throw fault
                }
            }
            switch stage {
            case .ended: return nil
            case .unopened: open()
            case .reading:
                items.removeAll(keepingCapacity: true)
                itemIndex = 0
                if mapping.isSorted { readSorted() } else if !readRecord() { stage = .ended }
            }
        }
    }

    // MARK: The file

    private mutating func open() {
        stage = .ended
        guard byteCount <= ReplayLimits.fileBytes else {
            items = [
                .fault(
                    ConfigurationFault(
                        file: file,
                        message: "the file has \(byteCount) bytes, the limit is "
                            + "\(ReplayLimits.fileBytes)"
                    )
                )
            ]
            return
        }
        let faults = source.readHeader(requiring: mapping.columns)
        guard faults.isEmpty else {
            items = faults.map { .fault($0) }
            return
        }
        stage = .reading
        if case .span(let span) = mapping.clock.shift {
            shift = span
        } else if let (first, last) = firstAndLast() {
            shift = mapping.clock.span(first: first, last: last, now: now)
        }
    }

    /// The earliest and the latest time of the file; nil when no record has one.
    private func firstAndLast() -> (Instant, Instant)? {
        var copy = self
        var ends: (Instant, Instant)?
        while true {
            do throws(ConfigurationFault) {
                guard let record = try copy.source.next() else { return ends }
                let time = try copy.time(of: record)
                ends = ends.map { (min($0.0, time), max($0.1, time)) } ?? (time, time)
            } catch {
                // The fault is thrown when the record's turn comes.
                continue
            }
        }
    }

    /// Reads all records: faults first, then messages by time, equal times as in the file.
    private mutating func readSorted() {
        stage = .ended
        while readRecord() {
            guard items.count <= ReplayLimits.sortedMessages else {
                items = [
                    .fault(
                        ConfigurationFault(
                            file: file,
                            message: "the file gives more than \(ReplayLimits.sortedMessages) "
                                + "messages, too many to sort; sort the file instead"
                        )
                    )
                ]
                return
            }
        }
        var messages: [(index: Int, message: TimedMessage)] = []
        var faults: [Item] = []
        for item in items {
            switch item {
            case .message(let message): messages.append((messages.count, message))
            case .fault: faults.append(item)
            }
        }
        messages.sort { ($0.message.time, $0.index) < ($1.message.time, $1.index) }
        items = faults + messages.map { .message($0.message) }
    }

    // MARK: One record

    /// Reads a record and notes what it gives; false at the end.
    private mutating func readRecord() -> Bool {
        do throws(ConfigurationFault) {
            guard let record = try source.next() else { return false }
            let messages = try self.messages(of: record)
            counts.messagesMade += messages.count
            items += messages.map { .message($0) }
        } catch {
            counts.recordsRefused += 1
            items.append(.fault(error))
        }
        counts.recordsRead += 1
        return true
    }

    private mutating func messages(of record: Record) throws(ConfigurationFault)
        -> [TimedMessage]
    {
        let read = try time(of: record)
        do throws(RecordProblem) {
            let time = try mapping.clock.moved(read, by: shift)
            var messages: [TimedMessage] = []
            var skippedCount = 0
            for part in exploded(record) {
                guard let payload = try mapping.payload.payload(of: part, at: time) else {
                    skippedCount += 1
                    continue
                }
                let topic = try mapping.topic.topic(of: part)
                messages.append(TimedMessage(time: time, topic: topic, payload: payload))
            }
            counts.messagesSkipped += skippedCount
            return messages
        } catch {
            throw fault(error, record)
        }
    }

    private func exploded(_ record: Record) -> [Record] {
        guard let explosion = mapping.explosion else { return [record] }
        return explosion.columns.map { column in
            var part = record
            part.added[explosion.nameColumn] = column.name
            part.added[explosion.valueColumn] =
                record.value(of: .column(column.column))?.text ?? ""
            return part
        }
    }

    private mutating func time(of record: Record) throws(ConfigurationFault) -> Instant {
        do throws(RecordProblem) {
            // The topic tells devices apart, which an hour that comes twice needs.
            let topic = try mapping.topic.topic(of: exploded(record).first ?? record)
            return try mapping.clock.time(of: record, topic: topic, repeatedHour: &repeatedHour)
        } catch {
            throw fault(error, record)
        }
    }

    private func fault(_ problem: RecordProblem, _ record: Record) -> ConfigurationFault {
        ConfigurationFault(
            file: file,
            line: record.line,
            field: problem.field,
            message: problem.message
        )
    }
}
