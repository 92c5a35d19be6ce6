internal import Glibc
internal import Telemetry

extension Evaluator {
    /// Evaluates a function.
    func call(
        _ function: Function,
        _ arguments: [Expression],
        _ places: CallPlaces?,
        _ grid: Grid
    ) throws(QueryError) -> GridValue {
        switch function {
        case .time: return .scalar((0..<grid.count).map { Double(grid[$0]) / 1000 })
        case .pi: return .scalar([Double](repeating: .pi, count: grid.count))
        case .scalar: return .scalar(try single(arguments[0], grid))
        case .vector:
            let column = Column(try scalar(arguments[0], grid))
            return .vector([GridSeries(labels: .empty, column: column)])
        case .absent: return .vector(try absent(arguments[0], grid))
        case .absentOverTime: return .vector(try absentOverTime(arguments[0], grid))
        case .timestamp: return .vector(try timestamps(arguments[0], grid))
        case .sort, .sortDescending:
            // What is the same at every step is evaluated at one time, as an instant query is.
            if grid.isRange, !arguments[0].isStepInvariant {
                report.annotations.add(.sortInRangeQuery(places.site))
            }
            return .vector(
                sorted(try vector(arguments[0], grid), isDescending: function != .sort)
            )
        case .labelReplace: return .vector(try replaceLabel(arguments, grid))
        case .labelJoin: return .vector(try joinLabels(arguments, grid))
        case .histogramQuantile, .histogramFraction, .histogramAverage:
            return .vector(try histogram(function, arguments, places, grid))
        case .clamp, .clampMin, .clampMax, .round:
            return .vector(try bounded(function, arguments, grid))
        default: break
        }
        if let part = DatePart(function) {
            return .vector(try dates(part, arguments.first, grid))
        }
        if let apply = Self.elementary[function] {
            return .vector(try map(vector(arguments[0], grid), apply))
        }
        return .vector(try overWindows(function, arguments, places, grid))
    }

    /// Functions of one number.
    static let elementary: [Function: @Sendable (Double) -> Double] = [
        .abs: { abs($0) }, .ceil: { $0.rounded(.up) }, .floor: { $0.rounded(.down) },
        .exp: { Glibc.exp($0) }, .sqrt: { $0.squareRoot() }, .ln: { Glibc.log($0) },
        .log2: { Glibc.log2($0) }, .log10: { Glibc.log10($0) },
        .sgn: { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
        .sin: { Glibc.sin($0) }, .cos: { Glibc.cos($0) }, .tan: { Glibc.tan($0) },
        .asin: { Glibc.asin($0) }, .acos: { Glibc.acos($0) }, .atan: { Glibc.atan($0) },
        .sinh: { Glibc.sinh($0) }, .cosh: { Glibc.cosh($0) }, .tanh: { Glibc.tanh($0) },
        .asinh: { Glibc.asinh($0) }, .acosh: { Glibc.acosh($0) }, .atanh: { Glibc.atanh($0) },
        .degrees: { $0 * 180 / .pi }, .radians: { $0 * .pi / 180 },
    ]

    private func single(_ argument: Expression, _ grid: Grid) throws(QueryError) -> [Double] {
        let series = try vector(argument, grid)
        return (0..<grid.count).map { step in
            let values = series.compactMap { $0.column[step] }
            return values.count == 1 ? values[0] : .nan
        }
    }

    private func timestamps(_ argument: Expression, _ grid: Grid) throws(QueryError) -> [GridSeries]
    {
        var inner = argument
        while case .parentheses(let next) = inner { inner = next }
        var series: [GridSeries]
        if case .selector(let selector) = inner {
            series = try instantVector(selector, grid, givesTime: true)
        } else {
            series = try vector(argument, grid)
            for index in series.indices {
                series[index].column.update { step, _ in Double(grid[step]) / 1000 }
            }
        }
        return try map(series) { $0 }
    }

    private func sorted(_ series: [GridSeries], isDescending: Bool) -> [GridSeries] {
        // Only one step can be in order; a range is sorted by labels at the end.
        guard series.allSatisfy({ $0.column.count == 1 }) else { return series }
        return series.sorted { left, right in
            let (first, second) = (left.column[0] ?? .nan, right.column[0] ?? .nan)
            if first.isNaN || second.isNaN { return !first.isNaN && second.isNaN }
            return isDescending ? first > second : first < second
        }
    }

    private func bounded(
        _ function: Function,
        _ arguments: [Expression],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var series = try vector(arguments[0], grid)
        var numbers: [[Double]] = []
        for argument in arguments.dropFirst() { numbers.append(try scalar(argument, grid)) }
        for index in series.indices {
            series[index].column.update { step, value in
                switch function {
                case .clampMin: return Extreme.larger(value, numbers[0][step])
                case .clampMax: return Extreme.smaller(value, numbers[0][step])
                case .round:
                    // Dividing by the inverse keeps decimal steps such as 0.1 exact.
                    let inverse = numbers.isEmpty ? 1 : 1 / numbers[0][step]
                    return (value * inverse + 0.5).rounded(.down) / inverse
                default:
                    guard
                        numbers[0][step] <= numbers[1][step] || numbers[0][step].isNaN
                            || numbers[1][step].isNaN
                    else { return nil }
                    return Extreme.larger(
                        numbers[0][step],
                        Extreme.smaller(numbers[1][step], value)
                    )
                }
            }
        }
        return try map(series) { $0 }
    }

    // MARK: Absence

    private func absent(_ argument: Expression, _ grid: Grid) throws(QueryError) -> [GridSeries] {
        let series = try vector(argument, grid)
        var column = Column(count: grid.count)
        for step in 0..<grid.count where !series.contains(where: { $0.column[step] != nil }) {
            column[step] = 1
        }
        return column.isEmpty
            ? [] : [GridSeries(labels: labelsOfAbsence(argument), column: column)]
    }

    private func absentOverTime(
        _ argument: Expression,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        let present = try overWindows(.presentOverTime, [argument], nil, grid)
        var column = Column(count: grid.count)
        for step in 0..<grid.count where !present.contains(where: { $0.column[step] != nil }) {
            column[step] = 1
        }
        return column.isEmpty
            ? [] : [GridSeries(labels: labelsOfAbsence(argument), column: column)]
    }

    /// The labels that the missing series would have had, as far as the selector tells.
    private func labelsOfAbsence(_ argument: Expression) -> Labels {
        let matchers: [LabelMatcher]
        switch argument {
        case .selector(let selector), .matrix(let selector, _): matchers = selector.matchers
        case .parentheses(let inner): return labelsOfAbsence(inner)
        default: return .empty
        }
        var labels: [Label] = []
        for matcher in matchers where matcher.name != Labels.metricNameLabel {
            guard case .equal(let value) = matcher.test, !value.isEmpty,
                matchers.filter({ $0.name == matcher.name }).count == 1
            else { continue }
            labels.append(Label(matcher.name, value))
        }
        return Labels(labels)
    }
}
