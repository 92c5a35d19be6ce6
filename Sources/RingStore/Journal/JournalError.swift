/// What can go wrong with the journal.
public enum JournalError: Error, Hashable, Sendable {
    /// The file system refused.
    case file(FileError)
    /// Settings are outside their limits.
    case invalidSettings(reason: String)
    /// The segments of a journal on disk do not hold the largest message.
    case segmentsTooSmall(path: String, bytes: UInt64, least: UInt64)
    /// A record is larger than the journal takes.
    case recordTooLarge(bytes: Int, limit: Int)
    /// Going on would overwrite records that are not in the store yet.
    case full(head: UInt64, protected: UInt64)
    /// A position that the ring has overwritten, or that was never written.
    case overwritten(position: UInt64, tail: UInt64)
    /// Committed bytes failed their check.
    case damaged(path: String, position: UInt64, reason: String)
    /// The file is not a journal of this version.
    case notAJournal(path: String, reason: String)
}

extension JournalError: CustomStringConvertible {
    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .invalidSettings(let reason): "cannot use the journal's settings: \(reason)"
        case .segmentsTooSmall(let path, let bytes, let least):
            "cannot write to \(path): its segments of \(bytes) bytes do not hold the largest "
                + "message, which takes \(least); name a new data folder, and keep the old one "
                + "for langso query --data"
        case .recordTooLarge(let bytes, let limit):
            "cannot write a record of \(bytes) bytes to the journal: its limit is \(limit) bytes"
        case .full(let head, let protected):
            "cannot write to the journal at \(head): everything since \(protected) is not in the "
                + "store yet; let the store catch up, or configure a larger journal"
        case .overwritten(let position, let tail):
            "cannot read the journal at \(position): it begins at \(tail) now, older records "
                + "have given way to newer ones"
        case .damaged(let path, let position, let reason):
            "cannot read \(path) at position \(position): \(reason); restore the data folder "
                + "from a copy, or go on without what is damaged"
        case .notAJournal(let path, let reason):
            "cannot open \(path) as a journal: \(reason)"
        }
    }
}
