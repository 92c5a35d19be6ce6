/// One value of one series at one time.
public struct Sample: Hashable, Sendable {
    /// Bits of the NaN that says a series has ended here.
    ///
    /// - Source: Prometheus, model/value/value.go, `StaleNaN`.
    public static let staleMarkerBits: UInt64 = 0x7FF0_0000_0000_0002

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
