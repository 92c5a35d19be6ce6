internal import Telemetry

/// How many samples there are.
struct CountPart: SummaryPart {
    private(set) var count: Int

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        count = pieces.counts[index]
    }

    mutating func append(_ next: CountPart) {
        count += next.count
    }
}
