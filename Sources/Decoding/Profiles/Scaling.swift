/// How a raw number becomes a value: `(raw + bias) × multiplier ÷ divisor + offset`.
///
/// A divisor stands beside the multiplier so that tenths stay exact: 252 ÷ 10 is 25.2, 252 × 0.1 is
/// not.
struct Scaling: Hashable, Sendable {
    var bias = 0.0
    var multiplier = 1.0
    var divisor = 1.0
    var offset = 0.0

    /// The value of a raw number.
    func value(of raw: Double) -> Double {
        (raw + bias) * multiplier / divisor + offset
    }

    /// The scaling that applies another one after this one; the other must have no bias.
    func followed(by next: Scaling) -> Scaling {
        let (multiplier, divisor) = Self.reduced(
            multiplier * next.multiplier,
            divisor * next.divisor
        )
        return Scaling(
            bias: bias,
            multiplier: multiplier,
            divisor: divisor,
            offset: offset * next.multiplier / next.divisor + next.offset
        )
    }

    /// A fraction in its lowest terms, when both parts are whole numbers that doubles hold exactly.
    static func reduced(_ numerator: Double, _ denominator: Double) -> (Double, Double) {
        guard let top = Int64(exactly: numerator), let bottom = Int64(exactly: denominator),
            top > 0, bottom > 0
        else { return (numerator, denominator) }
        var (one, other) = (top, bottom)
        while other != 0 { (one, other) = (other, one % other) }
        return (Double(top / one), Double(bottom / one))
    }
}
