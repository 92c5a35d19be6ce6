/// What a recording and its messages may hold at most.
public enum ReplayLimits {
    /// Bytes of a file: 256 MiB, since it is held in memory.
    public static let fileBytes = 256 << 20
    /// Bytes of a line of JSON lines: 1 MiB.
    public static let lineBytes = 1 << 20
    /// Bytes of a payload: 256 KiB.
    public static let payloadBytes = 256 << 10
    /// Bytes of a topic.
    ///
    /// - Source: MQTT 5.0, section 1.5.4: a length of two bytes.
    public static let topicBytes = 65_535
    /// Containers inside each other in a JSON line: 64, more than any network server sends.
    public static let nesting = 64
    /// Messages that can be sorted by time: a million, since all are held in memory.
    public static let sortedMessages = 1_000_000
    /// Columns that `each` may name, and members that a payload may have.
    public static let members = 256
    /// Topics that are told apart in an hour that comes twice.
    public static let repeatedHourTopics = 100_000
}
