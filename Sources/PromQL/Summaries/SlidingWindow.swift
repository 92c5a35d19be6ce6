internal import Telemetry

/// A window that slides over the pieces of a series, both ends only forward.
///
/// What a window knows is put together from two halves: the pieces after a middle, taken in as they
/// come, and the pieces before it, for each of which it is known what lies from there up to the
/// middle. So a piece is taken in at most twice, in however many windows it lies, and nothing is
/// ever subtracted: sums are as exact as if each window were added up by itself. Where windows do
/// not overlap each piece is taken in once.
/// - Source: K. Tangwongsan, M. Hirzel, S. Schneider, "In-order sliding-window aggregation in
///   worst-case constant time", VLDB Journal 30, 2021, section 3.1 (two-stacks).
struct SlidingWindow<Part: WindowPart> {
    private var low = 0
    private var high = 0
    /// What lies from each piece before the middle up to it; that of the lowest piece is last.
    private var before: [Part] = []
    /// What lies after the middle.
    private var after: Part?

    /// Moves to a window, open where it begins, and gives what lies in it; nil for nothing.
    ///
    /// - Precondition: neither end lies before that of the last call; the pieces are the same.
    mutating func move(
        after start: Int64,
        to end: Int64,
        over pieces: borrowing SummaryBuffer
    ) -> Part? {
        leave(start, pieces)
        while high < pieces.count, pieces.times[high] <= end {
            let next = Part(pieces, high)
            if after == nil { after = next } else { after?.append(next) }
            high += 1
        }
        guard var part = before.last else { return after }
        if let after { part.append(after) }
        return part
    }

    /// Leaves out the pieces up to a time.
    private mutating func leave(_ start: Int64, _ pieces: borrowing SummaryBuffer) {
        let middle = low + before.count
        while low < high, pieces.times[low] <= start {
            low += 1
            if !before.isEmpty { before.removeLast() }
        }
        if low == high {
            after = nil
            while low < pieces.count, pieces.times[low] <= start { low += 1 }
            high = low
        } else if low > middle {
            moveMiddle(pieces)
        }
    }

    /// Makes the end of the window its middle.
    private mutating func moveMiddle(_ pieces: borrowing SummaryBuffer) {
        after = nil
        for index in (low..<high).reversed() {
            var part = Part(pieces, index)
            if let next = before.last { part.append(next) }
            before.append(part)
        }
    }
}
