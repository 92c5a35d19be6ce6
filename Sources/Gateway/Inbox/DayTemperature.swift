internal import Telemetry

/// The temperature of the day: what unknown devices' temperatures of the air are compared with.
enum DayTemperature {
    /// How far back stations are looked at.
    static let age = Milliseconds.hours(3)

    /// The median of what known stations last said of the air's temperature, in degrees Celsius.
    ///
    /// Reads one sample a station, on the thread of whoever asks.
    /// - Returns: nil when no station said anything in the last three hours; a series that has
    ///   ended, or whose last value is no number, says nothing.
    /// - Throws: `SeriesSourceError` when the source cannot be read.
    static func median(
        of source: some SeriesSource,
        at now: Instant
    ) throws(SeriesSourceError) -> Double? {
        guard let metric = Quantity.named("air.temperature")?.metricName else { return nil }
        let range = (now - age)...now
        let name = LabelMatcher(Labels.metricNameLabel, .equal(metric))
        var values: [Double] = []
        for series in try source.select([name], in: range) {
            // A stale marker is no number either.
            guard let last = try source.last(series.id, in: range), last.value.isFinite else {
                continue
            }
            values.append(last.value)
        }
        values.sort()
        return values.isEmpty ? nil : values[values.count / 2]
    }
}
