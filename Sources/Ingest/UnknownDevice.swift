public import Decoding
public import Telemetry

/// Who sent messages that the gateway has no profile for.
public struct UnknownSender: Hashable, Sendable {
    /// The family that names the device; nil where no family does, and the topic stands for it.
    public let family: Family?
    /// The device as its family names it, else the topic.
    public let address: String

    /// Creates a sender.
    public init(family: Family?, address: String) {
        self.family = family
        self.address = address
    }

    /// What goes before the topic of a sender without a family.
    private static let topicPrefix = "topic"

    /// Family and address in one text, as `chirpstack:0102030405060708` or `topic:a/b`.
    public var text: String { "\(family?.rawValue ?? Self.topicPrefix):\(address)" }

    /// Reads what ``text`` gave; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let name = String(text[..<colon])
        let address = String(text[text.index(after: colon)...])
        guard !address.isEmpty else { return nil }
        if name == Self.topicPrefix {
            self.init(family: nil, address: address)
        } else if let family = Family(rawValue: name) {
            self.init(family: family, address: address)
        } else {
            return nil
        }
    }
}

/// A device that sends and that nobody has told the gateway of.
public struct UnknownDevice: Hashable, Sendable {
    /// Who it is.
    public let sender: UnknownSender
    /// Topic of its newest message, UTF-8.
    public internal(set) var topic: String
    /// Messages that are in the list of undecodable ones.
    public internal(set) var messageCount = 0
    /// When the first of them arrived.
    public internal(set) var firstAt: Instant
    /// When the newest arrived.
    public internal(set) var lastAt: Instant
    /// Why they could not be decoded, with how many each; codes of `DecodingError`.
    public internal(set) var reasons: [String: Int] = [:]
    /// Where the newest lie in the journal, the oldest first; `GuessLimits.frames` at most.
    public internal(set) var positions: [UInt64] = []
    /// Whether its messages speak of other devices too.
    public internal(set) var isPart = false
}
