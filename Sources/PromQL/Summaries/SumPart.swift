internal import Telemetry

/// How many samples there are, and their sum.
struct SumPart: SummaryPart, SamplePart {
    private(set) var count: Int
    private(set) var sum = CompensatedSum()

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        count = pieces.counts[index]
        sum.add(pieces.sums[index])
    }

    init(time: Int64, value: Double) {
        count = 1
        sum.add(value)
    }

    mutating func append(_ next: SumPart) {
        count += next.count
        sum.add(next.sum)
    }
}
