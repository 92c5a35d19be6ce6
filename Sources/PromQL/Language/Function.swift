/// The functions of PromQL.
///
/// - Source: Prometheus 3, "Query functions"; those for native histograms only are not among them.
public enum Function: String, CaseIterable, Hashable, Sendable {
    case abs, absent, ceil, changes, clamp, delta, deriv, exp, floor, idelta, increase, irate, ln
    case log10, log2, minute, month, pi, rate, resets, round, scalar, sgn, sort, sqrt, time
    case timestamp, vector, year, hour
    case absentOverTime = "absent_over_time"
    case averageOverTime = "avg_over_time"
    case clampMax = "clamp_max"
    case clampMin = "clamp_min"
    case countOverTime = "count_over_time"
    case dayOfMonth = "day_of_month"
    case dayOfWeek = "day_of_week"
    case dayOfYear = "day_of_year"
    case daysInMonth = "days_in_month"
    case firstOverTime = "first_over_time"
    case histogramAverage = "histogram_avg"
    case histogramFraction = "histogram_fraction"
    case histogramQuantile = "histogram_quantile"
    case labelJoin = "label_join"
    case labelReplace = "label_replace"
    case lastOverTime = "last_over_time"
    case maximumOverTime = "max_over_time"
    case minimumOverTime = "min_over_time"
    case predictLinear = "predict_linear"
    case presentOverTime = "present_over_time"
    case quantileOverTime = "quantile_over_time"
    case sortDescending = "sort_desc"
    case standardDeviationOverTime = "stddev_over_time"
    case standardVarianceOverTime = "stdvar_over_time"
    case sumOverTime = "sum_over_time"
    case acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan, tanh
    case degrees = "deg"
    case radians = "rad"
}
