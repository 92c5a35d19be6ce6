/// The larger and the smaller of two numbers where both are given by the query; the extremes of
/// many values are found by comparing them.
///
/// - Source: Go, math.Max and math.Min, special cases; Prometheus, promql/functions.go, clamp, and
///   promql/durations.go, evaluateDurationExpr.
enum Extreme {
    /// The larger of two: infinity beside NaN, NaN beside anything else, and 0 beside -0.
    static func larger(_ left: Double, _ right: Double) -> Double {
        if left == .infinity || right == .infinity { return .infinity }
        if left.isNaN || right.isNaN { return .nan }
        if left == 0, right == 0 { return left.sign == .minus ? right : left }
        return max(left, right)
    }

    /// The smaller of two: minus infinity beside NaN, NaN beside anything else, and -0 beside 0.
    static func smaller(_ left: Double, _ right: Double) -> Double {
        if left == -.infinity || right == -.infinity { return -.infinity }
        if left.isNaN || right.isNaN { return .nan }
        if left == 0, right == 0 { return left.sign == .minus ? left : right }
        return min(left, right)
    }
}
