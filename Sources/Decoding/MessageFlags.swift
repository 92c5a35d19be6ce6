/// What the broker said about a message beside its bytes.
public struct MessageFlags: OptionSet, Hashable, Sendable {
    /// The flags as bits.
    public let rawValue: UInt8

    /// Creates flags from bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The broker kept the message and sends it as the last known value.
    public static let retained = MessageFlags(rawValue: 1)
    /// The broker may have sent the message before.
    public static let duplicate = MessageFlags(rawValue: 2)
}
