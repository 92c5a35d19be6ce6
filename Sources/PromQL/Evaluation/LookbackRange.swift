internal import Telemetry

/// How far back an instant selector looks for a series' last sample, in milliseconds.
struct LookbackRange: Sendable {
    /// For series of which nothing is known.
    let shortest: Int64
    /// For those of the slowest devices.
    let longest: Int64

    /// Reports of a device for which its last one counts: one that is lost leaves no gap.
    private static let reports: Int64 = 2

    /// How far back it looks for one series.
    func lookback(of series: SeriesReference, _ source: any SeriesSource) -> Int64 {
        guard longest > shortest, let interval = source.reportingInterval(of: series) else {
            return shortest
        }
        return min(max(Grid.clamped(interval.count) * Self.reports, shortest), longest)
    }
}
