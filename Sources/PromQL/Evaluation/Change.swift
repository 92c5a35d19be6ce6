/// How far a series went between its first and last sample in a window.
struct Change {
    /// How many samples there are.
    var count: Int
    /// The first value.
    var first: Double
    /// Its time in milliseconds.
    var firstTime: Int64
    /// Time of the last value in milliseconds.
    var lastTime: Int64
    /// From the first value to the last; for a counter with what it lost where it began anew.
    var amount: Double

    /// `rate`, `increase` and `delta`: the change over the window, carried on to its edges where
    /// the samples suggest that the series goes on; nil when there are too few samples.
    ///
    /// - Source: Prometheus, promql/functions.go, extrapolatedRate.
    func extrapolated(from start: Int64, to end: Int64, _ kind: Kind) -> Double? {
        guard count > 1, lastTime > firstTime else { return nil }
        // A summary that reaches over the edge of the window begins before it.
        var toStart = max(0, Double(firstTime - start) / 1000)
        var toEnd = Double(end - lastTime) / 1000
        let sampled = Double(lastTime - firstTime) / 1000
        let average = sampled / Double(count - 1)
        if toStart >= average * 1.1 { toStart = average / 2 }
        if kind.isCounter, amount > 0, first >= 0 {
            // A counter cannot have been below zero.
            toStart = min(toStart, sampled * (first / amount))
        }
        if toEnd >= average * 1.1 { toEnd = average / 2 }
        var factor = (sampled + toStart + toEnd) / sampled
        if kind == .rate { factor /= Double(end - start) / 1000 }
        return amount * factor
    }

    /// Which change is asked for.
    enum Kind {
        case rate, increase, delta

        /// Whether a value that falls begins anew from zero.
        var isCounter: Bool { self != .delta }
    }
}
