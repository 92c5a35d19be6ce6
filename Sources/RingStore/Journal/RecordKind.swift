/// What a record of the journal holds.
public enum RecordKind: UInt8, Sendable {
    /// A message as the broker delivered it: topic and payload.
    case message = 1
    /// Samples that the gateway knows by itself, as ``SampleRecord`` describes them; no topic.
    case samples = 2
    /// The end of a segment: its payload is the segment's SHA-256. Readers never see it.
    case segmentEnd = 255
}

/// What the broker said about a message.
public struct RecordFlags: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// Creates flags from their bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The broker had kept the message for new subscribers.
    public static let retained = RecordFlags(rawValue: 1)
    /// The broker may have delivered the message before.
    public static let duplicate = RecordFlags(rawValue: 2)
}
