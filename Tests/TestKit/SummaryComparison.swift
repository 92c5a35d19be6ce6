public import Telemetry

extension SampleSummary {
    /// The plain summary of samples in rising time, nil when none has a value.
    public init?(_ samples: some Sequence<Sample>) {
        var summary: SampleSummary?
        for sample in samples where sample.value.bitPattern != Sample.staleMarkerBits {
            let time = sample.time.milliseconds
            if summary == nil {
                summary = SampleSummary(time: time, value: sample.value)
            } else {
                summary?.add(time: time, value: sample.value)
            }
        }
        guard let summary else { return nil }
        self = summary
    }

    /// Whether two summaries are the same bit by bit; sums but for rounding, where one was put
    /// together from parts.
    public static func areSame(_ left: SampleSummary?, _ right: SampleSummary?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.count == right.count && left.firstTime == right.firstTime
            && left.lastTime == right.lastTime
            && isSame(left.first, right.first) && isSame(left.last, right.last)
            && isSame(left.minimum, right.minimum) && isSame(left.maximum, right.maximum)
            && isClose(left.sum.value, right.sum.value) && isClose(left.resetSum, right.resetSum)
    }

    private static func isSame(_ left: Double, _ right: Double) -> Bool {
        left.bitPattern == right.bitPattern
    }

    private static func isClose(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
        return left == right || abs(left - right) <= 1e-9 * max(abs(left), abs(right), 1)
    }
}

extension SummaryBuffer {
    /// The summary of a window, open where it begins, from a buffer with all fields; nil when none
    /// of its pieces belongs to the window.
    public func summary(after start: Int64, to end: Int64) -> SampleSummary? {
        var summary: SampleSummary?
        for index in times.indices where times[index] > start && times[index] <= end {
            let piece = SampleSummary(
                count: counts[index],
                sum: sums[index],
                minimum: minima[index],
                maximum: maxima[index],
                first: firsts[index],
                firstTime: firstTimes[index],
                last: lasts[index],
                lastTime: lastTimes[index],
                resetSum: resets[index]
            )
            if summary == nil { summary = piece } else { summary?.append(piece) }
        }
        return summary
    }
}
