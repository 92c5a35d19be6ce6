/// One value of one series at one time.
public struct Sample: Hashable, Sendable {
    /// When it was measured.
    public var time: Instant
    /// What was measured, in the unit that the series' metric name says.
    public var value: Double

    /// Creates a sample.
    public init(time: Instant, value: Double) {
        self.time = time
        self.value = value
    }
}
