/// Sums of a ``BrokerSession`` since it was created; they never go down.
public struct ConnectionCounters: Hashable, Sendable {
    /// Messages that the sink took.
    public var messages: UInt64 = 0
    /// Bytes of topic and payload of those messages.
    public var bytes: UInt64 = 0
    /// Messages among them that the broker had retained.
    public var retainedMessages: UInt64 = 0
    /// Messages that were too large for the sink.
    public var tooLargeMessages: UInt64 = 0
    /// Batches read.
    public var batches: UInt64 = 0
    /// Messages in the largest batch.
    public var largestBatch: UInt64 = 0
    /// Commits that succeeded.
    public var commits: UInt64 = 0
    /// Commits that failed.
    public var commitFailures: UInt64 = 0
    /// Attempts to connect.
    public var connectionAttempts: UInt64 = 0
    /// Connections that the broker accepted.
    public var connections: UInt64 = 0
    /// Connections that broke.
    public var connectionsLost: UInt64 = 0
    /// Times that the sink asked for a pause.
    public var pauses: UInt64 = 0

    /// Creates zeros.
    public init() {}
}
