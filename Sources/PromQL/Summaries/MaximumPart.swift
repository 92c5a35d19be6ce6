internal import Telemetry

/// The largest value; NaN only when there is nothing else.
struct MaximumPart: WindowPart {
    private(set) var maximum: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        maximum = pieces.maxima[index]
    }

    mutating func append(_ next: MaximumPart) {
        if next.maximum > maximum || maximum.isNaN { maximum = next.maximum }
    }
}
