internal import Metering
internal import Telemetry

/// The gateway's own metrics on their way into its store.
struct OwnFigures {
    private var before: Set<Labels> = []

    /// The values of families as samples of one time, and for each series that was there the last
    /// time and is not any more the marker that ends it.
    mutating func samples(_ families: [MetricFamily], at time: Instant) -> LabelledSamples {
        var samples = LabelledSamples()
        samples.append(families, at: time)
        let now = Set(samples.series.map(\.labels))
        let marker = Sample(time: time, value: Double(bitPattern: Sample.staleMarkerBits))
        for ended in before.subtracting(now).sorted() { samples.append(ended, marker) }
        before = now
        return samples
    }
}
