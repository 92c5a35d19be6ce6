internal import Telemetry

/// How many samples there are, and their sum.
struct SumPart: WindowPart {
    private(set) var count: Int
    private(set) var sum = CompensatedSum()

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        count = pieces.counts[index]
        sum.add(pieces.sums[index])
    }

    mutating func append(_ next: SumPart) {
        count += next.count
        sum.add(next.sum)
    }
}
