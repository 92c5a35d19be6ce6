/// The windows over which a query evaluates a function: of one length, their ends evenly apart.
///
/// A window is open where it begins and closed where it ends. Times are milliseconds since 1970.
public struct WindowGrid: Hashable, Sendable {
    /// End of the first window.
    public let firstEnd: Int64
    /// From one end to the next, positive.
    public let step: Int64
    /// How many windows there are, at least one.
    public let count: Int
    /// Length of each, positive.
    public let length: Int64

    /// Creates windows.
    public init(firstEnd: Int64, step: Int64, count: Int, length: Int64) {
        precondition(step > 0 && count > 0 && length > 0, "windows have a length and an order")
        self.firstEnd = firstEnd
        self.step = step
        self.count = count
        self.length = length
    }

    /// End of the last window.
    public var lastEnd: Int64 { firstEnd + step * Int64(count - 1) }

    /// Times that lie in any window, both ends included.
    public var times: ClosedRange<Int64> { (firstEnd - length + 1)...lastEnd }

    /// Whether a stretch of time, open where it begins, lies inside or outside of each window as a
    /// whole.
    public func keepsWhole(after start: Int64, to end: Int64) -> Bool {
        !cuts(after: start, before: end, edgesFrom: firstEnd)
            && !cuts(after: start, before: end, edgesFrom: firstEnd - length)
    }

    /// Whether any of the edges `first + n * step` lies strictly between two times.
    private func cuts(after start: Int64, before end: Int64, edgesFrom first: Int64) -> Bool {
        let last = first + step * Int64(count - 1)
        if end <= first || start >= last { return false }
        if start < first { return true }
        // The first edge after the start.
        let next = first + ((start - first) / step + 1) * step
        return next < end
    }
}
