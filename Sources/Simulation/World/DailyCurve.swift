internal import Telemetry

/// How something that people do is spread over the day: one weight an hour, their mean 1.
struct DailyCurve: Sendable {
    private let weights: [Double]
    /// Share of the day's whole that lies before each hour, 25 values from 0 to 1.
    private let shares: [Double]
    private let zoneOffset: Milliseconds

    /// Creates a curve of 24 weights, from midnight; only their proportions count.
    init(_ hours: [Double], zoneOffset: Milliseconds) {
        precondition(hours.count == 24, "a day has 24 hours, not \(hours.count)")
        let sum = hours.reduce(0, +)
        weights = hours.map { 24 * $0 / sum }
        var share = 0.0
        shares =
            [0]
            + hours.map { hour in
                share += hour / sum
                return share
            }
        self.zoneOffset = zoneOffset
    }

    /// Use of water: lowest from 02:00 to 04:00, peaks in the morning and before supper.
    static func water(zoneOffset: Milliseconds) -> DailyCurve {
        DailyCurve(
            [
                0.40, 0.32, 0.30, 0.30, 0.36, 0.90, 1.70, 1.60, 1.20, 1.00, 1.05, 1.25,
                1.05, 0.85, 0.85, 0.95, 1.20, 1.65, 1.80, 1.45, 1.15, 0.90, 0.70, 0.50,
            ],
            zoneOffset: zoneOffset
        )
    }

    /// Waste brought to bins: after breakfast and after supper.
    static func waste(zoneOffset: Milliseconds) -> DailyCurve {
        DailyCurve(
            [
                0.20, 0.10, 0.10, 0.10, 0.30, 1.00, 2.00, 1.90, 1.30, 1.00, 1.10, 1.40,
                1.00, 0.70, 0.70, 0.90, 1.30, 2.00, 2.40, 2.00, 1.20, 0.70, 0.40, 0.20,
            ],
            zoneOffset: zoneOffset
        )
    }

    /// The weight at an instant, between the hours in straight lines; the mean of a day is 1.
    func weight(at instant: Instant) -> Double {
        let hours = hourOfDay(instant)
        let hour = min(Int(hours), 23)
        let part = hours - Double(hour)
        return weights[hour] * (1 - part) + weights[(hour + 1) % 24] * part
    }

    /// How many day's wholes lie between two instants; never negative for a later end.
    func days(from start: Instant, to end: Instant) -> Double {
        let first = CivilDate(start, offset: zoneOffset).daysSince1970
        let last = CivilDate(end, offset: zoneOffset).daysSince1970
        return Double(last - first) + share(end) - share(start)
    }

    private func share(_ instant: Instant) -> Double {
        let hours = hourOfDay(instant)
        let hour = min(Int(hours), 23)
        return shares[hour] + (shares[hour + 1] - shares[hour]) * (hours - Double(hour))
    }

    private func hourOfDay(_ instant: Instant) -> Double {
        let midnight = CivilDate(instant, offset: zoneOffset).midnight(offset: zoneOffset)
        return (instant - midnight).seconds / 3600
    }
}
