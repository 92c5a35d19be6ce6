/// One codec of a ``CodecSupervisor``, in the order they were given to it.
public struct CodecID: Hashable, Sendable {
    /// Its place, from 0.
    public let index: Int

    /// Creates an identifier.
    public init(_ index: Int) { self.index = index }
}

/// One payload to be decoded by a codec.
public struct CodecCall: Hashable, Sendable {
    /// Which codec decodes it.
    public var codec: CodecID
    /// The caller's own number of the call; comes back with the answer.
    public var tag: UInt64
    /// LoRaWAN port, 1 to 255.
    public var port: UInt8
    /// The payload, at most ``CodecLimits/payloadBytes``.
    public var payload: [UInt8]
    /// When the network server received it, in milliseconds since 1970, UTC.
    public var receivedAtMilliseconds: Int64
    /// Who sent it: the key of a kept context, and what a kill is reported with.
    public var device: String
    /// Where it came from, for people, as a topic.
    public var origin: String

    /// Creates a call.
    public init(
        codec: CodecID,
        tag: UInt64,
        port: UInt8,
        payload: [UInt8],
        receivedAtMilliseconds: Int64,
        device: String,
        origin: String
    ) {
        self.codec = codec
        self.tag = tag
        self.port = port
        self.payload = payload
        self.receivedAtMilliseconds = receivedAtMilliseconds
        self.device = device
        self.origin = origin
    }
}
