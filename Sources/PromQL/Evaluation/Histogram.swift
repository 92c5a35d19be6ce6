internal import Glibc
internal import Telemetry

/// Classic histograms: cumulative buckets by upper bound.
///
/// - Source: Prometheus, promql/quantile.go, bucketQuantile and bucketFraction.
struct Histogram {
    /// Upper bound and cumulative count, in rising bounds; equal bounds are added up.
    private var buckets: [(bound: Double, count: Double)] = []

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
            let count = buckets[index].count
            if count < previous || Self.isNear(count, previous) {
                buckets[index].count = previous
            } else {
                previous = count
            }
        }
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
        straighten()
        guard buckets.count > 1, let last = buckets.last, last.bound == .infinity else {
            return .nan
        }
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

extension Evaluator {
    /// `histogram_quantile` and `histogram_fraction` over series with the label `le`.
    func histogram(
        _ function: Function,
        _ arguments: [Expression],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var numbers: [[Double]] = []
        for argument in arguments.dropLast() { numbers.append(try scalar(argument, grid)) }
        guard let operand = arguments.last, function != .histogramAverage else { return [] }
        let series = try vector(operand, grid)
        var places: [Labels: Int] = [:]
        var groups: [(labels: Labels, members: [(bound: Double, series: Int)])] = []
        for (index, one) in series.enumerated() {
            guard let bound = one.labels["le"].flatMap({ Double($0) }), !bound.isNaN else {
                continue
            }
            let key = one.labels.removing("le")
            let place = places[key] ?? groups.count
            if place == groups.count {
                places[key] = place
                groups.append((key, []))
            }
            groups[place].members.append((bound, index))
        }
        var output: [GridSeries] = []
        for group in groups {
            var column = Column(count: grid.count)
            for step in 0..<grid.count {
                let buckets = group.members.compactMap { member in
                    series[member.series].column[step].map { (bound: member.bound, count: $0) }
                }
                guard !buckets.isEmpty else { continue }
                var histogram = Histogram(buckets)
                column[step] =
                    function == .histogramQuantile
                    ? histogram.quantile(numbers[0][step])
                    : histogram.fraction(numbers[0][step], numbers[1][step])
            }
            output.append(GridSeries(labels: group.labels.withoutMetricName, column: column))
        }
        return try merge(output)
    }
}
