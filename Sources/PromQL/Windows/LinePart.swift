internal import Telemetry

/// The line that lies nearest to samples by the squares of their distances from it.
///
/// What is summed are distances from means, so that the times may lie far from zero; two parts are
/// put together as those of ``SpreadPart``.
struct LinePart: SamplePart {
    private var count = 1.0
    /// Milliseconds of the first sample; times are seconds since.
    private let origin: Int64
    private let first: Double
    /// Whether all values are the same, so that rounding gives no slope.
    private var isLevel = true
    private var meanTime = CompensatedSum()
    private var mean = CompensatedSum()
    private var squares = CompensatedSum()
    private var products = CompensatedSum()

    init(time: Int64, value: Double) {
        origin = time
        first = value
        mean.add(value)
    }

    mutating func append(_ next: LinePart) {
        isLevel = isLevel && next.isLevel && first == next.first
        let total = count + next.count
        let shift = Double(next.origin - origin) / 1000
        let span = shift + next.meanTime.value - meanTime.value
        let distance = next.mean.value - mean.value
        let weight = count * next.count / total
        squares.add(next.squares)
        squares.add(span * span * weight)
        products.add(next.products)
        products.add(span * distance * weight)
        meanTime.add(span * (next.count / total))
        mean.add(distance * (next.count / total))
        count = total
    }

    /// A line through time.
    struct Line {
        /// Change per second.
        let slope: Double
        fileprivate let origin: Int64
        fileprivate let meanTime: Double
        fileprivate let mean: Double

        /// Its value at a time in milliseconds.
        func value(at time: Int64) -> Double {
            mean + slope * (Double(time - origin) / 1000 - meanTime)
        }
    }

    /// The line, or nil for a single sample.
    var line: Line? {
        guard count > 1 else { return nil }
        return Line(
            slope: isLevel ? 0 : products.value / squares.value,
            origin: origin,
            meanTime: meanTime.value,
            mean: isLevel ? first : mean.value
        )
    }
}
