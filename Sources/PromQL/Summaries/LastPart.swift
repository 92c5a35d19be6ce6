internal import Telemetry

/// The latest value.
struct LastPart: SummaryPart {
    private(set) var last: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        last = pieces.lasts[index]
    }

    mutating func append(_ next: LastPart) {
        last = next.last
    }
}
