public import Decoding

/// A message that waits for its codec.
public struct AwaitedCall: Hashable, Sendable {
    /// Where the message lies in the journal.
    public let position: UInt64
    /// What the codec is to be asked.
    public let request: CodecRequest
    /// Topic of the message.
    public let topic: String
}

/// What became of a message that waited for its codec.
public struct CodecReply: Hashable, Sendable {
    /// Where the message lies in the journal.
    public let position: UInt64
    /// What became of it.
    public let result: Result

    /// What became of a message.
    public enum Result: Hashable, Sendable {
        /// The codec gave values: a JSON object in UTF-8; and so many warnings.
        case data([UInt8], warningCount: Int)
        /// The codec gave none; why, in words.
        case failed(String)
        /// The codec does not take it now, because too many wait or it is not run at all; it is
        /// taken up later.
        case busy
    }

    /// Creates a reply.
    public init(position: UInt64, result: Result) {
        self.position = position
        self.result = result
    }
}
