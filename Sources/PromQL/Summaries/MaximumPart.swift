internal import Telemetry

/// The largest value; NaN only when there is nothing else.
struct MaximumPart: SummaryPart, SamplePart {
    private(set) var maximum: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        maximum = pieces.maxima[index]
    }

    init(time: Int64, value: Double) { maximum = value }

    mutating func append(_ next: MaximumPart) {
        if next.maximum > maximum || maximum.isNaN { maximum = next.maximum }
    }
}
