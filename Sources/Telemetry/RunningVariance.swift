/// The population variance of numbers as they come.
///
/// - Source: B. P. Welford, 1962.
public struct RunningVariance: Sendable {
    /// How many numbers there are.
    public private(set) var count = 0.0
    private var mean = CompensatedSum()
    private var squares = CompensatedSum()
    private var isFinite = true

    /// Creates the variance of no numbers.
    public init() {}

    /// Takes a number in.
    public mutating func add(_ number: Double) {
        count += 1
        isFinite = isFinite && number.isFinite
        let before = number - mean.value
        mean.add(before / count)
        squares.add(before * (number - mean.value))
    }

    /// The variance; NaN when a number is infinite or none, and when there are none.
    public var value: Double { isFinite ? squares.value / count : .nan }
}
