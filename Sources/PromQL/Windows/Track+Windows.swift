internal import Telemetry

extension Track {
    /// Numbers beyond these could make a sum or a square too large for a double in one order of
    /// adding and not in another.
    private static let largestSummable = 1e100

    /// The value of a function over each window.
    ///
    /// Where windows overlap, a sample is taken in when it enters one and forgotten when it has
    /// left, so that a step does not cost what its window holds; but for numbers that cannot be
    /// added in any order. What is added up is the same up to rounding as if each window were gone
    /// through by itself, all else is the same to the last bit.
    ///
    /// - Throws: ``QueryError`` of kind canceled or timeout.
    func column(
        of function: Function,
        over steps: WindowSteps,
        _ parameter: [Double],
        _ budget: QueryBudget
    ) throws(QueryError) -> Column {
        guard steps.overlap, isSlidable(function) else {
            return try rescanned(function, steps, parameter, budget)
        }
        try budget.spend(times.count + steps.ends.count)
        switch function {
        case .sumOverTime: return sliding(steps) { (part: SumPart, _) in part.sum.value }
        case .averageOverTime:
            return sliding(steps) { (part: SumPart, _) in part.sum.mean(of: Double(part.count)) }
        case .maximumOverTime: return sliding(steps) { (part: MaximumPart, _) in part.maximum }
        case .minimumOverTime: return sliding(steps) { (part: MinimumPart, _) in part.minimum }
        case .standardVarianceOverTime:
            return sliding(steps) { (part: SpreadPart, _) in part.variance }
        case .standardDeviationOverTime:
            return sliding(steps) { (part: SpreadPart, _) in part.variance.squareRoot() }
        case .deriv:
            return sliding(steps) { (part: LinePart, _) in part.line?.slope }
        case .predictLinear:
            return sliding(steps) { (part: LinePart, step) in
                part.line.map { line in
                    line.value(at: steps.grid[step]) + line.slope * parameter[step]
                }
            }
        case .rate: return changes(.rate, steps)
        case .increase: return changes(.increase, steps)
        case .changes:
            return counts(steps) { $0 != $1 && !($0.isNaN && $1.isNaN) }
        case .quantileOverTime: return try quantiles(steps, parameter, budget)
        case .resets: return counts(steps) { $1 < $0 }
        default: preconditionFailure("\(function.rawValue) does not slide")
        }
    }

    /// Whether a function need not go through each window by itself: the others do so, or look at
    /// one or two samples of it only.
    private func isSlidable(_ function: Function) -> Bool {
        switch function {
        case .maximumOverTime, .minimumOverTime, .changes, .resets, .quantileOverTime: return true
        case .sumOverTime, .averageOverTime, .standardVarianceOverTime,
            .standardDeviationOverTime, .rate, .increase:
            return values.allSatisfy { !$0.isFinite || abs($0) < Self.largestSummable }
        case .deriv, .predictLinear:
            return values.allSatisfy { abs($0) < Self.largestSummable }
        default: return false
        }
    }

    /// Goes through each window by itself.
    private func rescanned(
        _ function: Function,
        _ steps: WindowSteps,
        _ parameter: [Double],
        _ budget: QueryBudget
    ) throws(QueryError) -> Column {
        var column = Column(count: steps.ends.count)
        var places = WindowPlaces(steps)
        for step in 0..<column.count {
            let (low, high) = places.move(to: step, in: times)
            let looksAtAll = !function.looksAtEnds
            try budget.spend(looksAtAll ? high - low + 1 : 1)
            guard low < high else { continue }
            let end = steps.ends[step]
            let window = Window(
                times: times[low..<high],
                values: values[low..<high],
                start: end - steps.length,
                end: end,
                evaluation: steps.grid[step]
            )
            column[step] = window.value(of: function, parameter.isEmpty ? 0 : parameter[step])
        }
        return column
    }

    private func sliding<Part: SamplePart>(
        _ steps: WindowSteps,
        _ value: (Part, Int) -> Double?
    ) -> Column {
        var window = SlidingWindow<Part>(times: times, values: values)
        return Column(
            steps.ends.indices.map { step in
                let end = steps.ends[step]
                let part = window.move(after: end - steps.length, to: end)
                return part.flatMap { value($0, step) } ?? Column.missing
            }
        )
    }

    /// `rate` and `increase`: from the first sample to the last, and what was lost where the
    /// counter fell between two of a window.
    private func changes(_ kind: Change.Kind, _ steps: WindowSteps) -> Column {
        var (fallTimes, lost): ([Int64], [Double]) = ([], [])
        for index in values.indices.dropFirst() where values[index] < values[index - 1] {
            fallTimes.append(times[index])
            lost.append(values[index - 1])
        }
        var falls = SlidingWindow<SumPart>(times: fallTimes, values: lost)
        var places = WindowPlaces(steps)
        var column = Column(count: steps.ends.count)
        for step in 0..<column.count {
            let (low, high) = places.move(to: step, in: times)
            guard high - low > 1 else { continue }
            let end = steps.ends[step]
            // The first sample of a window has none before it there from which it could fall.
            let inside = falls.move(after: times[low], to: end)
            var amount = values[high - 1] - values[low]
            if let inside { amount += inside.sum.value }
            let change = Change(
                count: high - low,
                first: values[low],
                firstTime: times[low],
                lastTime: times[high - 1],
                amount: amount
            )
            column[step] = change.extrapolated(from: end - steps.length, to: end, kind)
        }
        return column
    }

    private func quantiles(
        _ steps: WindowSteps,
        _ shares: [Double],
        _ budget: QueryBudget
    ) throws(QueryError) -> Column {
        var sorted = SortedWindow()
        var places = WindowPlaces(steps)
        var known = 0..<0
        var column = Column(count: steps.ends.count)
        for step in 0..<column.count {
            let (low, high) = places.move(to: step, in: times)
            sorted.remove(values[known.lowerBound..<min(low, known.upperBound)])
            sorted.insert(values[max(low, known.upperBound)..<high])
            // Values that are moved cost little each, but a window may hold many.
            let moved = (low - known.lowerBound) + (high - known.upperBound)
            try budget.spend(moved * (1 + sorted.count / 64))
            known = low..<high
            if low < high { column[step] = Quantile.of(sorted, shares[step]) }
        }
        return column
    }

    /// How many neighbours of each window stand in a relation.
    private func counts(_ steps: WindowSteps, _ isCounted: (Double, Double) -> Bool) -> Column {
        var known = 0
        // Up to each sample from the very first.
        let before = values.indices.map { index in
            if index > 0, isCounted(values[index - 1], values[index]) { known += 1 }
            return known
        }
        var places = WindowPlaces(steps)
        var column = Column(count: steps.ends.count)
        for step in 0..<column.count {
            let (low, high) = places.move(to: step, in: times)
            if low < high { column[step] = Double(before[high - 1] - before[low]) }
        }
        return column
    }
}

/// Which samples lie in the window of each step, both ends only going forward.
private struct WindowPlaces {
    private let steps: WindowSteps
    private var low = 0
    private var high = 0

    init(_ steps: WindowSteps) { self.steps = steps }

    /// The places of the samples of a step's window.
    mutating func move(to step: Int, in times: [Int64]) -> (low: Int, high: Int) {
        let end = steps.ends[step]
        while high < times.count, times[high] <= end { high += 1 }
        while low < high, times[low] <= end - steps.length { low += 1 }
        return (low, high)
    }
}

extension Function {
    /// Whether it looks at the first samples of a window and the last ones only.
    fileprivate var looksAtEnds: Bool {
        switch self {
        case .countOverTime, .presentOverTime, .firstOverTime, .lastOverTime, .delta, .irate,
            .idelta:
            true
        default: false
        }
    }
}
