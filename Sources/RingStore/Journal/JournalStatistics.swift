/// Figures about a journal since it was opened.
public struct JournalStatistics: Hashable, Sendable {
    /// Records committed.
    public var committedRecords: UInt64 = 0
    /// Bytes committed, ends and headers of segments included.
    public var committedBytes: UInt64 = 0
    /// Commits that reached the disk.
    public var commits: UInt64 = 0
    /// Commits that the disk refused.
    public var failedCommits: UInt64 = 0
    /// Bytes after the last whole record that recovery cleared: what a crash had cut off.
    public var clearedBytes: UInt64 = 0
    /// Bytes of the ring.
    public var sizeBytes: UInt64 = 0

    /// Creates figures of nothing.
    public init() {}
}
