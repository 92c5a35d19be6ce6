internal import Glibc
internal import Telemetry

/// Classic histograms: cumulative buckets by upper bound.
///
/// - Source: Prometheus, promql/quantile.go, bucketQuantile and bucketFraction.
struct Histogram {
    /// Upper bound and cumulative count, in rising bounds; equal bounds are added up.
    private var buckets: [(bound: Double, count: Double)] = []

    /// Counts that were below the one before them.
    struct Falls: Hashable {
        /// The lowest bound of their buckets.
        fileprivate(set) var lowestBound: Double
        /// The highest bound of their buckets.
        fileprivate(set) var highestBound: Double
        /// The most that one was below.
        fileprivate(set) var largest: Double
    }

    /// The counts that had to be changed for the last quantile; nil when none had.
    private(set) var falls: Falls?

    /// Makes a histogram from buckets in any order.
    init(_ unsorted: [(bound: Double, count: Double)]) {
        for bucket in unsorted.sorted(by: { $0.bound < $1.bound }) {
            if let last = buckets.last, last.bound == bucket.bound {
                buckets[buckets.count - 1].count += bucket.count
            } else {
                buckets.append(bucket)
            }
        }
    }

    /// Makes the counts rise, and levels differences that only rounding can have made.
    private mutating func straighten() {
        guard var previous = buckets.first?.count else { return }
        for index in buckets.indices.dropFirst() {
            let (bound, count) = buckets[index]
            if Self.isNear(count, previous) {
                buckets[index].count = previous
            } else if count < previous {
                buckets[index].count = previous
                note(Falls(lowestBound: bound, highestBound: bound, largest: previous - count))
            } else {
                previous = count
            }
        }
    }

    /// Bounds come in rising order.
    private mutating func note(_ fall: Falls) {
        guard let falls else { return self.falls = fall }
        self.falls?.highestBound = fall.highestBound
        self.falls?.largest = max(falls.largest, fall.largest)
    }

    /// The upper bound that a label tells; nil when it tells none, or one too large for a number.
    static func bound(_ label: String?) -> Double? {
        guard let label, let bound = Double(label) else { return nil }
        return bound.isInfinite && label.contains(where: \.isNumber) ? nil : bound
    }

    /// Whether two counts differ by less than sums of rates do through rounding.
    private static func isNear(_ left: Double, _ right: Double) -> Bool {
        left == right || abs(left - right) < 1e-12 * (abs(left) + abs(right))
    }

    /// The value below which a share of the observations lies.
    mutating func quantile(_ share: Double) -> Double {
        if share.isNaN { return .nan }
        if share < 0 { return -.infinity }
        if share > 1 { return .infinity }
        guard buckets.last?.bound == .infinity else { return .nan }
        straighten()
        guard buckets.count > 1, let last = buckets.last else { return .nan }
        let total = last.count
        if total == 0 { return .nan }
        let rank = share * total
        let index = buckets.dropLast().firstIndex { $0.count >= rank } ?? buckets.count - 1
        if index == buckets.count - 1 { return buckets[buckets.count - 2].bound }
        if index == 0, buckets[0].bound <= 0 { return buckets[0].bound }
        let start = index == 0 ? 0 : buckets[index - 1].bound
        let before = index == 0 ? 0 : buckets[index - 1].count
        let inside = buckets[index].count - before
        return start + (buckets[index].bound - start) * ((rank - before) / inside)
    }

    /// The share of the observations between two values.
    func fraction(_ lower: Double, _ upper: Double) -> Double {
        guard let last = buckets.last, last.bound == .infinity else {
            return .nan
        }
        if last.count == 0 || lower.isNaN || upper.isNaN { return .nan }
        if lower >= upper { return 0 }
        return (rank(upper) - rank(lower)) / last.count
    }

    /// How many observations lie below a value, with linear interpolation.
    private func rank(_ value: Double) -> Double {
        if value == -.infinity { return 0 }
        var before = 0.0
        // All of the first bucket lies at its bound when that is not above zero.
        var start = buckets[0].bound > 0 ? 0 : -Double.infinity
        for (bound, count) in buckets {
            if value >= bound {
                before = count
                start = bound
                continue
            }
            // Nothing tells where in an endless bucket: all of it counts as at its end.
            if start.isInfinite { return count }
            if value <= start || bound.isInfinite { return before }
            return before + (count - before) * ((value - start) / (bound - start))
        }
        return before
    }
}
