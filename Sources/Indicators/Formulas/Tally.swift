/// Numerators and denominators of one part of a unit, which add up over the parts.
///
/// A figure of a unit is taken from the sum, never from the parts' quotients: an average of
/// percentages would give a hamlet the weight of a town.
struct Tally: Hashable, Sendable {
    /// What fulfils, among what is known.
    var numerator = 0.0
    /// All that is known.
    var known = 0.0
    /// What fulfils if everything unknown were bad.
    var low = 0.0
    /// What fulfils if everything unknown were good; meaningless when unbounded.
    var high = 0.0
    /// All, known or not.
    var total = 0.0
    /// The share of ``total`` that measurements cover in time.
    var covered = 0.0
    /// Whether nothing limits what the unknown part could add.
    var isUnbounded = false

    static func + (left: Tally, right: Tally) -> Tally {
        Tally(
            numerator: left.numerator + right.numerator,
            known: left.known + right.known,
            low: left.low + right.low,
            high: left.high + right.high,
            total: left.total + right.total,
            covered: left.covered + right.covered,
            isUnbounded: left.isUnbounded || right.isUnbounded
        )
    }

    /// A weight that fulfils, fails or is unknown, known for a share of the time.
    static func weight(_ weight: Double, _ state: Finding, coverage: Double) -> Tally {
        let isKnown = state != .unknown
        return Tally(
            numerator: state == .good ? weight : 0,
            known: isKnown ? weight : 0,
            low: state == .good ? weight : 0,
            high: state == .bad ? 0 : weight,
            total: weight,
            covered: weight * min(max(coverage, 0), 1)
        )
    }

    /// The figure that the sums give.
    func figure(scale: Double) -> Figure {
        var figure = Figure()
        guard total > 0 else { return figure }
        figure.coverage = min(covered / total, 1)
        guard known > 0 else { return figure }
        let lowest = scale * low / total
        let highest = isUnbounded ? nil : max(scale * high / total, lowest)
        // Sums of rounded parts may leave the bounds by the last bit.
        let value = max(scale * numerator / known, lowest)
        figure.low = lowest
        figure.high = highest
        figure.value = highest.map { min(value, $0) } ?? value
        figure.numerator = numerator
        figure.denominator = known
        return figure
    }
}

/// Whether something fulfils its condition, as far as is known.
enum Finding: Hashable, Sendable {
    case good
    case bad
    case unknown
}
