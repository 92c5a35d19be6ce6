/// The mean of numbers as they come, also where their sum is too large for a double.
///
/// From the number on with which the sum would be too large, the mean grows from number to number:
/// slower and less exact, but never too large.
/// - Source: Prometheus, promql/engine.go, aggregation (incrementalMean).
public struct RunningMean: Sendable {
    /// How many numbers there are.
    public private(set) var count = 0.0
    /// The sum, or the mean when that would be too large.
    private var total = CompensatedSum()
    private var isIncremental = false

    /// Creates the mean of no numbers.
    public init() {}

    /// Takes a number in.
    public mutating func add(_ number: Double) {
        count += 1
        if !isIncremental {
            guard total.sum.isFinite, number.isFinite, (total.sum + number).isInfinite else {
                return total.add(number)
            }
            isIncremental = true
            total.scale(by: 1 / (count - 1))
        }
        total.scale(by: (count - 1) / count)
        total.add(number / count)
    }

    /// The mean; NaN when there are no numbers.
    public var value: Double { isIncremental ? total.value : total.mean(of: count) }
}
