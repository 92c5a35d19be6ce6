/// A sample in memory: its time and the bit pattern of its value.
struct HeadSample: Hashable, Sendable {
    /// Milliseconds since 1970.
    var time: Int64
    /// Bit pattern of the value.
    var bits: UInt64
}
