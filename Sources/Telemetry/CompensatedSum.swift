/// A sum that keeps what rounding drops.
///
/// - Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
///   1974; Prometheus uses the same (kahansum).
public struct CompensatedSum: Hashable, Sendable {
    private(set) var sum = 0.0
    private var rest = 0.0

    /// Creates the sum of no numbers.
    public init() {}

    /// Adds a number.
    public mutating func add(_ number: Double) {
        let total = sum + number
        if total.isInfinite {
            rest = 0
        } else if abs(sum) >= abs(number) {
            rest += (sum - total) + number
        } else {
            rest += (number - total) + sum
        }
        sum = total
    }

    /// Adds what another sum has come to, and what rounding had dropped there.
    public mutating func add(_ other: CompensatedSum) {
        add(other.sum)
        if sum.isFinite { rest += other.rest }
    }

    /// The sum with what rounding had dropped.
    public var value: Double { sum.isInfinite ? sum : sum + rest }

    /// The sum divided by a count; infinite where the sum is too large for a double.
    public func mean(of count: Double) -> Double {
        if sum.isInfinite { return sum }
        // The rounded sum and what it lacks are the same in whatever order numbers were added;
        // divided apart, so that what rounding drops is not lost again in a large sum.
        let rounded = sum + rest
        if rounded.isInfinite { return sum / count + rest / count }
        return rounded / count + (rest - (rounded - sum)) / count
    }

    /// The sum of some numbers.
    public static func sum(_ values: some Sequence<Double>) -> Double {
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.value
    }

    /// The mean of some numbers, also where their sum is too large for a double.
    public static func mean(_ values: some Sequence<Double>) -> Double {
        var mean = RunningMean()
        for value in values { mean.add(value) }
        return mean.value
    }

    /// The population variance; NaN when a value is infinite or no number.
    public static func variance(_ values: some Sequence<Double>) -> Double {
        var variance = RunningVariance()
        for value in values { variance.add(value) }
        return variance.value
    }

    /// Multiplies the sum.
    mutating func scale(by factor: Double) {
        sum *= factor
        rest *= factor
    }
}
