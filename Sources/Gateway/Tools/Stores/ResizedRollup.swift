/// What `langso store resize` did with a rollup tier.
public struct ResizedRollup: Codable, Sendable {
    /// Which, as `5m`.
    public var tier: String
    /// Its bytes before; 0 when it was not there.
    public var bytesBefore: UInt64
    /// Its bytes now; 0 when it is no more.
    public var bytes: UInt64
    /// Time before which its summaries were dropped, RFC 3339 in UTC; nil when none were.
    public var droppedBefore: String?
}
