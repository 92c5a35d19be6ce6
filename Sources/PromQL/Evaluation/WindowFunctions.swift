internal import Glibc
internal import Telemetry

/// The samples of one series in one window.
struct Window {
    /// Times in milliseconds, rising.
    var times: ArraySlice<Int64>
    /// Values, as many as times.
    var values: ArraySlice<Double>
    /// Where the window begins; this time is not in it.
    var start: Int64
    /// Where the window ends; this time is in it.
    var end: Int64
    /// The time of evaluation; `offset` and `@` do not move it.
    var evaluation: Int64

    var first: Double { values[values.startIndex] }
    var last: Double { values[values.endIndex - 1] }
    var firstTime: Int64 { times[times.startIndex] }
    var lastTime: Int64 { times[times.endIndex - 1] }
}

extension Window {
    /// `rate`, `increase` and `delta`.
    func extrapolated(_ kind: Change.Kind) -> Double? {
        var amount = last - first
        if kind.isCounter {
            var lost = CompensatedSum()
            var previous = first
            for value in values {
                if value < previous { lost.add(previous) }
                previous = value
            }
            amount += lost.value
        }
        let change = Change(
            count: values.count,
            first: first,
            firstTime: firstTime,
            lastTime: lastTime,
            amount: amount
        )
        return change.extrapolated(from: start, to: end, kind)
    }

    /// `irate` and `idelta`: the change between the last two samples.
    func instantaneous(isRate: Bool) -> Double? {
        guard values.count > 1 else { return nil }
        let previous = values[values.endIndex - 2]
        let span = lastTime - times[times.endIndex - 2]
        guard span > 0 else { return nil }
        guard isRate else { return last - previous }
        return (last < previous ? last : last - previous) / (Double(span) / 1000)
    }

    /// Slope per second and value at a time of the line with the least squares.
    func regression(at time: Int64) -> (slope: Double, value: Double)? {
        guard values.count > 1 else { return nil }
        if values.allSatisfy({ $0 == first }) {
            return first.isInfinite ? (.nan, .nan) : (0, first)
        }
        var (sumX, sumY, sumXY, sumXX) = (
            CompensatedSum(), CompensatedSum(), CompensatedSum(), CompensatedSum()
        )
        for (stamp, value) in zip(times, values) {
            let x = Double(stamp - time) / 1000
            sumX.add(x)
            sumY.add(value)
            sumXY.add(x * value)
            sumXX.add(x * x)
        }
        let count = Double(values.count)
        let covariance = sumXY.value - sumX.value * sumY.value / count
        let variance = sumXX.value - sumX.value * sumX.value / count
        let slope = covariance / variance
        return (slope, sumY.value / count - slope * sumX.value / count)
    }

    /// How often the value changed; NaN after NaN is no change.
    var changes: Double {
        var count = 0.0
        for (left, right) in zip(values, values.dropFirst())
        where left != right && !(left.isNaN && right.isNaN) { count += 1 }
        return count
    }

    /// How often a counter began anew.
    var resets: Double {
        var count = 0.0
        for (left, right) in zip(values, values.dropFirst()) where right < left { count += 1 }
        return count
    }

    /// The largest or smallest value; NaN only when there is nothing else.
    func extreme(_ isBetter: (Double, Double) -> Bool) -> Double {
        var best = first
        for value in values where isBetter(value, best) || best.isNaN { best = value }
        return best
    }
}

extension Evaluator {
    /// Evaluates a function of a range vector over the window of each step.
    func overWindows(
        _ function: Function,
        _ arguments: [Expression],
        _ places: CallPlaces?,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        if let chain = try chain(of: function, arguments, places, grid) {
            let output = try collect(chain)
            return chain.matchers.nameMetric ? output : try merge(output)
        }
        let operand = arguments[function == .quantileOverTime ? 1 : 0]
        let parameter = try parameter(of: function, arguments, grid)
        let steps = try windowSteps(of: operand, grid)
        var speaker = WindowNotice(function, parameter, places).map(WindowNoticeSpeaker.init)
        var output: [GridSeries] = []
        try tracks(of: operand, grid) { (track) throws(QueryError) in
            let column = try track.column(of: function, over: steps, parameter, budget)
            guard !column.isEmpty else { return }
            let said = speaker?.speak(of: column, track.labels, to: &report.annotations)
            try budget.spend(said ?? 0)
            let labels = function.dropsName ? track.labels.withoutMetricName : track.labels
            output.append(GridSeries(labels: labels, column: column))
            try budget.checkPoints(output.count, grid.count)
        }
        return try merge(output)
    }

    /// The number that a function takes besides its windows, at each step; empty for none.
    func parameter(
        of function: Function,
        _ arguments: [Expression],
        _ grid: Grid
    ) throws(QueryError) -> [Double] {
        switch function {
        case .quantileOverTime: try scalar(arguments[0], grid)
        case .predictLinear: try scalar(arguments[1], grid)
        default: []
        }
    }
}

extension Function {
    /// Whether it is evaluated over the windows of each series by itself.
    var takesWindows: Bool {
        self != .absentOverTime && signature.arguments.contains(.matrix)
    }

    /// Whether values over windows no longer are what the metric's name says.
    var dropsName: Bool { self != .lastOverTime && self != .firstOverTime }
}

extension Window {
    /// The value of a function of a range vector; nil when there are too few samples.
    func value(of function: Function, _ parameter: Double) -> Double? {
        switch function {
        case .rate: extrapolated(.rate)
        case .increase: extrapolated(.increase)
        case .delta: extrapolated(.delta)
        case .irate: instantaneous(isRate: true)
        case .idelta: instantaneous(isRate: false)
        case .deriv: regression(at: firstTime)?.slope
        case .predictLinear:
            regression(at: evaluation).map { $0.slope * parameter + $0.value }
        case .changes: changes
        case .resets: resets
        case .sumOverTime: CompensatedSum.sum(values)
        case .averageOverTime: CompensatedSum.mean(values)
        case .countOverTime: Double(values.count)
        case .firstOverTime: first
        case .lastOverTime: last
        case .presentOverTime: 1
        case .maximumOverTime: extreme(>)
        case .minimumOverTime: extreme(<)
        case .standardVarianceOverTime: CompensatedSum.variance(values)
        case .standardDeviationOverTime: CompensatedSum.variance(values).squareRoot()
        case .quantileOverTime: Quantile.of(Array(values), parameter)
        default: nil
        }
    }
}
