internal import Telemetry

/// From where to where a series goes, and from where it fell back on the way.
struct ChangePart: SummaryPart {
    private var count: Int
    private let first: Double
    private let firstTime: Int64
    private var last: Double
    private var lastTime: Int64
    /// Sum of the values from which a counter fell back; without meaning for other series.
    private var resets: Double

    init(_ pieces: borrowing SummaryBuffer, _ index: Int) {
        count = pieces.counts[index]
        first = pieces.firsts[index]
        firstTime = pieces.firstTimes[index]
        last = pieces.lasts[index]
        lastTime = pieces.lastTimes[index]
        resets = pieces.fields.contains(.resets) ? pieces.resets[index] : 0
    }

    mutating func append(_ next: ChangePart) {
        count += next.count
        resets += next.resets
        if next.first < last { resets += last }
        last = next.last
        lastTime = next.lastTime
    }

    /// How far a counter rose, or another series went.
    func change(isCounter: Bool) -> Change {
        Change(
            count: count,
            first: first,
            firstTime: firstTime,
            lastTime: lastTime,
            amount: isCounter ? last - first + resets : last - first
        )
    }
}
