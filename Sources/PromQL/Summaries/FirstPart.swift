internal import Telemetry

/// The earliest value.
struct FirstPart: SummaryPart {
    let first: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        first = pieces.firsts[index]
    }

    mutating func append(_ next: FirstPart) {}
}
