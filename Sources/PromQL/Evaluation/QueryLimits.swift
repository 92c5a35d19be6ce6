public import Telemetry

/// What a query may cost; one that would cost more gets an error that names the limit.
public struct QueryLimits: Hashable, Sendable {
    /// Most samples that are read from the source; a summary of samples counts as one.
    public var maximumSamples: Int
    /// Most series that one selector may find.
    public var maximumSeries: Int
    /// Most steps of a range query; Prometheus takes 11 000 after the first.
    public var maximumSteps: Int
    /// Most values, series times steps, that one part of a query may hold; a value takes 8 bytes.
    public var maximumPoints: Int
    /// Longest time for one query.
    public var timeout: Milliseconds

    /// Creates limits; the standard ones suit a box with two cores and little memory.
    public init(
        maximumSamples: Int = 10_000_000,
        maximumSeries: Int = 100_000,
        maximumSteps: Int = 11_001,
        maximumPoints: Int = 5_000_000,
        timeout: Milliseconds = .seconds(30)
    ) {
        self.maximumSamples = maximumSamples
        self.maximumSeries = maximumSeries
        self.maximumSteps = maximumSteps
        self.maximumPoints = maximumPoints
        self.timeout = timeout
    }
}
