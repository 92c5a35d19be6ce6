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
    private let times: [Int64]
    /// What each piece says; before the middle, what all pieces from there up to it say.
    private var parts: [Part]
    private var low = 0
    private var middle = 0
    private var high = 0
    /// What the pieces from the middle on say.
    private var after: Part?

    /// Moves to a window, open where it begins, and gives what lies in it; nil for nothing.
    ///
    /// - Precondition: neither end lies before that of the last call.
    mutating func move(after start: Int64, to end: Int64) -> Part? {
        // Windows that do not overlap leave all pieces behind at once.
        if low < high, times[high - 1] <= start { low = high }
        while low < high, times[low] <= start { low += 1 }
        if low == high {
            while low < times.count, times[low] <= start { low += 1 }
            (middle, high, after) = (low, low, nil)
        } else if low > middle {
            for index in (low..<high - 1).reversed() { parts[index].append(parts[index + 1]) }
            (middle, after) = (high, nil)
        }
        takeIn(to: end)
        guard low < middle else { return after }
        var part = parts[low]
        if let after { part.append(after) }
        return part
    }

    /// Takes in the pieces up to the end of a window.
    private mutating func takeIn(to end: Int64) {
        guard high < times.count, times[high] <= end else { return }
        var (part, next) = (parts[high], high + 1)
        if var known = after {
            known.append(part)
            part = known
        }
        while next < times.count, times[next] <= end {
            part.append(parts[next])
            next += 1
        }
        (after, high) = (part, next)
    }
}

extension SlidingWindow where Part: SummaryPart {
    /// Begins before all pieces.
    init(over pieces: borrowing SummaryBuffer) {
        times = pieces.times
        parts = [Part](capacity: times.count) { output in
            for index in 0..<pieces.times.count { output.append(Part(pieces, index)) }
        }
    }
}

extension SlidingWindow where Part: SamplePart {
    /// Begins before all samples, of which there are as many times as values.
    init(times: [Int64], values: [Double]) {
        self.times = times
        parts = [Part](capacity: times.count) { output in
            for index in times.indices {
                output.append(Part(time: times[index], value: values[index]))
            }
        }
    }
}
