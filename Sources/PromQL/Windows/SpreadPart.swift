internal import Telemetry

/// How far values lie from their mean.
/// - Source: T. F. Chan, G. H. Golub, R. J. LeVeque, "Updating formulae and a pairwise algorithm
///   for computing sample variances", 1979, equation 2.1.
struct SpreadPart: SamplePart {
    private var count = 1.0
    private var mean = CompensatedSum()
    /// Squares of the distances from the mean.
    private var squares = CompensatedSum()
    private var isFinite: Bool

    init(time: Int64, value: Double) {
        mean.add(value)
        isFinite = value.isFinite
    }

    mutating func append(_ next: SpreadPart) {
        isFinite = isFinite && next.isFinite
        guard isFinite else { return }
        let total = count + next.count
        let distance = next.mean.value - mean.value
        mean.add(distance * (next.count / total))
        squares.add(next.squares)
        squares.add(distance * distance * (count * next.count / total))
        count = total
    }

    /// The population variance; NaN when a value is infinite or no number.
    var variance: Double { isFinite ? squares.value / count : .nan }
}
