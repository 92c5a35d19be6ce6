/// A message that tells a device something.
public struct OutgoingCommand: Hashable, Sendable {
    /// Topic without wildcards.
    public let topic: String
    /// The payload.
    public let payload: [UInt8]
    /// Whether it goes at QoS 0, as the network server or the standard asks, rather than at 1.
    public let isAtMostOnce: Bool

    /// Creates a message.
    public init(topic: String, payload: [UInt8], isAtMostOnce: Bool) {
        self.topic = topic
        self.payload = payload
        self.isAtMostOnce = isAtMostOnce
    }

    /// The payload as text; nil where it is none.
    public var text: String? { String(validating: payload, as: UTF8.self) }

    /// The payload as text, or as hexadecimal digits where it is none.
    public var shownPayload: String { text ?? Self.hexadecimal(payload) }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// In the log a payload is `text` where it can be read, else `hex`.
extension OutgoingCommand: Codable {
    private enum Key: CodingKey {
        case topic, text, hex, atMostOnce
    }

    /// Writes the message.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(topic, forKey: .topic)
        try container.encode(isAtMostOnce, forKey: .atMostOnce)
        if let text {
            try container.encode(text, forKey: .text)
        } else {
            try container.encode(Self.hexadecimal(payload), forKey: .hex)
        }
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        topic = try container.decode(String.self, forKey: .topic)
        isAtMostOnce = try container.decode(Bool.self, forKey: .atMostOnce)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            payload = Array(text.utf8)
            return
        }
        let digits = Array(try container.decode(String.self, forKey: .hex))
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
            UInt8(String(digits[place...(place + 1)]), radix: 16)
        }
        guard bytes.count * 2 == digits.count else {
            throw Swift.DecodingError.dataCorruptedError(
                forKey: .hex,
                in: container,
                debugDescription: "not hexadecimal bytes"
            )
        }
        payload = bytes
    }
}
