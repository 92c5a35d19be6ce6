/// How much is read from a broker before it is committed and its acknowledgements leave.
///
/// A batch ends at the first of these, or when nothing more is waiting. The presets are what was
/// measured: at 1,000 messages a commit with `fdatasync` no longer slows a full stream, and 20 ms
/// is less than anybody notices.
public struct BatchLimits: Hashable, Sendable {
    /// Most messages, 1 to ``largestMessageCount``.
    public var messageCount: Int
    /// Most bytes of topics and payloads; the message that passes the limit is the last.
    public var byteCount: Int
    /// Longest time from the first message to the commit.
    public var duration: Duration

    /// The protocol tells messages under way apart by 16 bits, so no more can be held back.
    public static let largestMessageCount = 65_535

    /// Creates limits.
    public init(
        messageCount: Int = 1_000,
        byteCount: Int = 4 << 20,
        duration: Duration = .milliseconds(20)
    ) {
        self.messageCount = messageCount
        self.byteCount = byteCount
        self.duration = duration
    }
}
