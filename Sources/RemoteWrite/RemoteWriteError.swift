/// Why a request of remote write is not taken.
public enum RemoteWriteError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The headers name a kind of body that is not read; the sender may try another (415).
    case unsupported(String)
    /// The body would be longer than is read at once.
    case tooLarge(bytes: Int, limit: Int)
    /// The message has more of something than is read at once.
    case tooMany(String, limit: Int)
    /// The body is no snappy block, or not as long as it says.
    case malformedBlock
    /// The message is not what its kind says; the text tells what and where.
    case malformedMessage(String)

    /// What kind of request is not taken, for whoever counts them.
    public enum Reason: String, CaseIterable, Sendable {
        /// Of a kind that is not read.
        case unsupported
        /// Longer, or with more in it, than is read at once.
        case tooLarge = "too_large"
        /// Not what it says it is.
        case malformed
    }

    /// What kind of request it is about.
    public var reason: Reason {
        switch self {
        case .unsupported: .unsupported
        case .tooLarge, .tooMany: .tooLarge
        case .malformedBlock, .malformedMessage: .malformed
        }
    }

    /// What was attempted, why it failed, and what to do.
    public var description: String {
        switch self {
        case .unsupported(let text): text
        case .tooLarge(let bytes, let limit):
            "cannot read a request of \(bytes) bytes, the limit is \(limit); send fewer samples in "
                + "each (max_samples_per_send)"
        case .tooMany(let what, let limit):
            "cannot read a request of more than \(limit) \(what); send fewer samples in each "
                + "(max_samples_per_send)"
        case .malformedBlock:
            "cannot unpack the body: it is no snappy block, or not as long as it says; the block "
                + "format is meant, not the framed one"
        case .malformedMessage(let text): "cannot read the message: \(text)"
        }
    }
}
