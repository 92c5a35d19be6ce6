internal import Telemetry

/// The smallest value; NaN only when there is nothing else.
struct MinimumPart: SummaryPart, SamplePart {
    private(set) var minimum: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        minimum = pieces.minima[index]
    }

    init(time: Int64, value: Double) { minimum = value }

    mutating func append(_ next: MinimumPart) {
        if next.minimum < minimum || minimum.isNaN { minimum = next.minimum }
    }
}
