internal import Telemetry

/// How counts of buckets that must rise were made to.
///
/// - Source: Prometheus, util/annotations/annotations.go, histogramQuantileForcedMonotonicityErr.
struct MonotonicityCorrection: Hashable, Sendable, CustomStringConvertible {
    /// Times of evaluation, in milliseconds since 1970.
    private(set) var first: Int64
    private(set) var last: Int64
    /// Bounds of the buckets whose counts were too small.
    private(set) var lowestBound: Double
    private(set) var highestBound: Double
    /// The most that a count lay below the one before it.
    private(set) var largestFall: Double
    /// How many histograms it was, one counted at each time.
    private(set) var count = 1

    /// What was done to one histogram at a time.
    init(at time: Int64, _ falls: Histogram.Falls) {
        first = time
        last = time
        lowestBound = falls.lowestBound
        highestBound = falls.highestBound
        largestFall = falls.largest
    }

    /// Both together, in either order.
    func merged(with other: Self) -> Self {
        var merged = self
        merged.first = min(first, other.first)
        merged.last = max(last, other.last)
        merged.lowestBound = min(lowestBound, other.lowestBound)
        merged.highestBound = max(highestBound, other.highestBound)
        merged.largestFall = max(largestFall, other.largestFall)
        merged.count += other.count
        return merged
    }

    /// What Prometheus puts behind the message.
    var description: String {
        let bounds = [lowestBound, highestBound].map(NumberFormat.general)
        return ", from buckets \(bounds[0]) to \(bounds[1]), with a max diff of "
            + NumberFormat.general(largestFall, digits: 2)
            + ", over \(count) samples from \(Self.seconds(first)) to \(Self.seconds(last))"
    }

    /// RFC 3339 in UTC, cut to whole seconds.
    private static func seconds(_ time: Int64) -> String {
        Instant(milliseconds: time / 1000 * 1000).rfc3339.replacing(".000Z", with: "Z")
    }
}
