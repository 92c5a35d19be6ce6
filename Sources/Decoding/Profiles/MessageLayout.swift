/// One kind of message that a device sends: when it is that kind, and what stands in it.
///
/// A class, so that the decoder passes it on without copying.
final class MessageLayout: Sendable {
    enum Body: Sendable {
        /// Fields at fixed places of the payload, and rows of earlier values.
        case bytes([FieldLayout], history: [HistoryLayout])
        /// Payload made of channels, each with its identifier in front.
        case channels(ChannelTable)
        /// Payload made of groups without identifiers, some of which may be missing.
        case groups(GroupList)
        /// JSON members; `each` leads to an array whose elements are records of their own.
        case json([FieldLayout], each: EachRecord?)
        /// SenML records.
        case records([FieldLayout])
    }

    enum EachRecord: Sendable {
        case root
        case path(JSONPath)
    }

    let name: String
    let body: Body
    /// Places of fields that read records, by those records' names.
    let recordPlaces: KeyTable
    /// LoRaWAN ports; empty for any.
    let ports: [Int]
    /// What the topic ends with; empty for any.
    let topicEnding: [UInt8]
    /// All must hold.
    let conditions: [Condition]
    /// Payload lengths in bytes; nil for any.
    let length: ClosedRange<Int>?
    /// The first that the message has is taken.
    let times: [TimeSource]
    /// Whether a message without a possible time of its own is refused.
    let needsTime: Bool
    /// Whether each JSON record has its own time, so that the message as a whole has none.
    let hasRecordTimes: Bool
    let rejections: [Rejection]
    let derived: [DerivedLayout]

    init(
        name: String,
        body: Body,
        ports: [Int] = [],
        topicEnding: [UInt8] = [],
        conditions: [Condition] = [],
        length: ClosedRange<Int>? = nil,
        times: [TimeSource] = [],
        needsTime: Bool = false,
        rejections: [Rejection] = [],
        derived: [DerivedLayout] = []
    ) {
        self.name = name
        self.body = body
        if case .records(let fields) = body {
            recordPlaces = KeyTable(
                fields.map { field in
                    guard case .record(let key) = field.source else {
                        preconditionFailure("a field among records that reads no record")
                    }
                    return key
                }
            )
        } else {
            recordPlaces = .empty
        }
        if case .json(_, each: .some) = body {
            hasRecordTimes = true
        } else {
            hasRecordTimes = false
        }
        self.ports = ports
        self.topicEnding = topicEnding
        self.conditions = conditions
        self.length = length
        self.times = times
        self.needsTime = needsTime
        self.rejections = rejections
        self.derived = derived
    }
}

/// Channels of a payload, as Milesight, Cayenne LPP and others write them.
final class ChannelTable: Sendable {
    final class Channel: Sendable {
        /// First byte of the identifier; nil for any.
        let first: UInt8?
        /// Second byte of the identifier, when it has two.
        let second: UInt8
        /// Bytes that follow the identifier; nil when a length byte says so.
        let length: Int?
        let fields: [FieldLayout]
        /// Seconds since 1970 of an earlier record; nil for the time of the message.
        let time: ByteField?
        /// Whether the first byte names the channel of the readings.
        let namesChannel: Bool
        /// Whether only its length is known, so that it is passed over and counted as unread.
        let isUnread: Bool

        init(
            first: UInt8?,
            second: UInt8,
            length: Int?,
            fields: [FieldLayout],
            time: ByteField?,
            namesChannel: Bool,
            isUnread: Bool = false
        ) {
            self.first = first
            self.second = second
            self.length = length
            self.fields = fields
            self.time = time
            self.namesChannel = namesChannel
            self.isUnread = isUnread
        }
    }

    /// Bytes before the first channel.
    let skip: Int
    /// Bytes after the last channel, as a checksum.
    let trailer: Int
    /// Bytes of an identifier, 1 or 2.
    let identifierWidth: Int
    /// Whether a length byte follows each identifier, so that unknown ones can be passed over.
    let hasLengthByte: Bool
    let channels: [Channel]

    init(
        skip: Int,
        trailer: Int,
        identifierWidth: Int,
        hasLengthByte: Bool,
        channels: [Channel]
    ) {
        self.skip = skip
        self.trailer = trailer
        self.identifierWidth = identifierWidth
        self.hasLengthByte = hasLengthByte
        self.channels = channels
    }

    /// The channel of an identifier, or nil.
    func channel(_ first: UInt8, _ second: UInt8) -> Channel? {
        channels.first { channel in
            (channel.first == nil || channel.first == first)
                && (identifierWidth == 1 || channel.second == second)
        }
    }
}
