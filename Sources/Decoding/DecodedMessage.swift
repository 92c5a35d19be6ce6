public import Telemetry

/// What one message said: who spoke, when, and every reading in canonical units.
public struct DecodedMessage: Hashable, Sendable {
    /// The device as its family names it: an EUI in lower case, a topic part, a base name.
    public var deviceAddress: String
    /// Envelope family of the message.
    public var family: Family
    /// Identifier of the profile that read it.
    public var profileID: String
    /// What sort of message it is.
    public var kind: MessageKind
    /// The readings in the order of the profile; empty for messages that measure nothing.
    public var readings: [Reading]
    /// Time of measurement for every reading without a time of its own.
    public var time: Instant
    /// Whose clock ``time`` is from.
    public var timeOrigin: TimeOrigin
    /// When the message arrived, as given by the caller.
    public var receivedAt: Instant
    /// Whether the broker sent it as a kept value.
    public var isRetained: Bool
    /// Whether the broker may have sent it before.
    public var isRedelivery: Bool
    /// What tells the message from others of the same device; nil when it carries nothing of the
    /// sort.
    public var sequence: MessageSequence?
    /// What was odd but did not stop decoding, in the order found.
    public var notes: [DecodingNote]
    /// Members of the decoded object, or channels, that no field of the profile reads.
    public var unreadMemberCount: Int
    /// The first of them with their raw values, where ``DecoderSettings/listsUnreadMembers`` asks
    /// for them; ``DecodingLimits/unreadMembers`` at most.
    public var unreadMembers: [UnreadMember]
    /// Whether its sender repeats all it knows with each message, so that a value that did not
    /// change is no new measurement.
    public var repeatsKnownValues = false
    /// How often the device reports by its profile; nil when that is not known.
    public var expectedInterval: Milliseconds?
    /// What the same payload says of other devices, in its order; those have none of their own.
    public var companions: [DecodedMessage] = []
    /// Devices that are gone since the message arrived: their series end then.
    ///
    /// The device itself may be among them; those that neither directory nor rule gives a profile
    /// are left out.
    public var goneDevices: [String]
    /// Devices of which nobody knows how they are since the message arrived, as the bridge that
    /// they speak through is away: their series end then, and nothing says that they are gone.
    ///
    /// Those that neither directory nor rule gives a profile are left out.
    public var unknownDevices: [String] = []

    /// Whether its device was at no place any more when all of it was measured, and only the
    /// directory has a profile for it; said of messages that are taken again, and of what codecs
    /// answered.
    public var isOfNoPlace = false

    /// Whether the message only repeats a last known value: kept by the broker and without a clock
    /// of its own, it must not be stored as a new measurement.
    ///
    /// Readings with a time of their own are measurements nevertheless; see ``measurements``.
    public var isLastKnownValue: Bool { isRetained && timeOrigin == .receive }

    /// The readings that are measurements: all of them, but for a kept value only those with own
    /// time.
    public var measurements: [Reading] {
        isLastKnownValue ? readings.filter { $0.time != nil } : readings
    }

    /// What the device's clock said, where that cannot be and another time was taken.
    public var impossibleDeviceTime: Instant? {
        for case .impossibleTime(.device, let time) in notes { return time }
        return nil
    }

    /// Whether all that it says is of an instant or later; false where there is none.
    func isAll(since start: Instant?) -> Bool {
        guard let start else { return false }
        return time >= start && readings.allSatisfy { ($0.time ?? time) >= start }
    }

    /// Creates an empty message that arrived at a given time.
    init(receivedAt: Instant) {
        deviceAddress = ""
        family = .plainJSON
        profileID = ""
        kind = .measurement
        readings = []
        time = receivedAt
        timeOrigin = .receive
        self.receivedAt = receivedAt
        isRetained = false
        isRedelivery = false
        sequence = nil
        notes = []
        unreadMemberCount = 0
        unreadMembers = []
        goneDevices = []
    }
}

/// What sort of message a family sent.
public enum MessageKind: String, Hashable, Sendable, CaseIterable {
    /// Readings of a device.
    case measurement
    /// A device joined its network, or the server saw it count from the beginning: its frame
    /// counter starts again.
    case join
    /// The network server's word on battery, link and place.
    case status
    /// A device came or went, as the broker or a last will says.
    case availability
    /// Acknowledgements, logs, and frames that a person simulated: nothing is measured.
    case other
}

/// What tells one message of a device from another, for finding duplicates.
///
/// Two messages of one device are the same frame when ``identifier`` is equal, or when ``session``
/// and ``counter`` both are.
public struct MessageSequence: Hashable, Sendable {
    /// Frame counter, 0 to 2^32 − 1; nil when the family has none.
    public var counter: UInt64?
    /// Hash of the session (device address or session key); counters start again with a new
    /// one.
    public var session: UInt64?
    /// Hash of the family's own key of the frame, as ChirpStack's `deduplicationId`.
    public var identifier: UInt64?

    /// Creates a sequence.
    public init(counter: UInt64? = nil, session: UInt64? = nil, identifier: UInt64? = nil) {
        self.counter = counter
        self.session = session
        self.identifier = identifier
    }
}

/// Something odd in a message that did not stop decoding.
public enum DecodingNote: Hashable, Sendable {
    /// A clock was outside the window of ``ClockPolicy``; the next best time was taken.
    case impossibleTime(TimeOrigin, Instant)
    /// A time could not be read; the next best time was taken.
    case unreadableTime(TimeOrigin)
    /// A local time without offset, and no zone is configured.
    case timeWithoutZone
    /// A channel that the profile does not know; the rest of the payload was not read.
    case unknownChannel(UInt8, type: UInt8)
    /// A value that the field's list of meanings does not have; no reading was made.
    case unknownMeaning(field: String)
    /// A floating point value that is no number; no reading was made.
    case notANumber(field: String)
    /// A unit that cannot be converted to the field's quantity; no reading was made.
    case unknownUnit(field: String)
    /// A SenML record of another base name than the pack's first; no reading was made.
    case foreignRecord
    /// A part of the message that speaks of another device and was refused, by the reason's code.
    case refusedPart(DecodingError.Reason)
    /// A device that sleeps between reports went offline, as it does; no reading was made.
    case asleep
    /// A description was learned, or forgotten.
    case learned
    /// A description was not learned in full; the text says what and why.
    case notLearned(String)

    /// The code, with what was not learned where that is it.
    public var words: String {
        if case .notLearned(let text) = self { return "\(code): \(text)" }
        return code
    }
    /// A SenML record of a sum or of bytes, which no quantity is made of, or one of a kept message
    /// whose time counts from when that was published; no reading was made.
    case recordWithoutReading
    /// A message with a number that came before; it is dropped.
    case repeatedSequence
    /// A last will of a connection before the present one; it is dropped.
    case staleDeath
    /// A metric that has no value now; no reading was made.
    case nullMetric
    /// A metric of a type that no reading is made of, or without the type or time it must have.
    case unreadMetric
    /// A payload whose key the network server does not have; nothing of it was read.
    case encryptedPayload
    /// The network server logged something about the device.
    case serverLog(ServerLogCode)

    /// Stable code for counting, as `impossible_time`.
    public var code: String {
        switch self {
        case .impossibleTime: "impossible_time"
        case .unreadableTime: "unreadable_time"
        case .timeWithoutZone: "time_without_zone"
        case .unknownChannel: "unknown_channel"
        case .unknownMeaning: "unknown_meaning"
        case .notANumber: "not_a_number"
        case .unknownUnit: "unknown_unit"
        case .foreignRecord: "foreign_record"
        case .refusedPart: "refused_part"
        case .asleep: "asleep"
        case .learned: "learned"
        case .notLearned: "not_learned"
        case .recordWithoutReading: "record_without_reading"
        case .repeatedSequence: "repeated_sequence"
        case .staleDeath: "stale_death"
        case .nullMetric: "null_metric"
        case .unreadMetric: "unread_metric"
        case .encryptedPayload: "encrypted_payload"
        case .serverLog(let code): "server_log_" + code.rawValue
        }
    }
}
