internal import Telemetry

extension Evaluator {
    /// Evaluates an aggregation.
    func aggregate(_ aggregation: Aggregation, _ grid: Grid) throws(QueryError) -> [GridSeries] {
        switch aggregation.operation {
        case .sum: return try fold(SumFold.self, aggregation, grid)
        case .avg: return try fold(MeanFold.self, aggregation, grid)
        case .min: return try fold(MinimumFold.self, aggregation, grid)
        case .max: return try fold(MaximumFold.self, aggregation, grid)
        case .count: return try fold(CountFold.self, aggregation, grid)
        case .group: return try fold(PresenceFold.self, aggregation, grid)
        case .stdvar: return try fold(VarianceFold.self, aggregation, grid)
        case .stddev: return try fold(DeviationFold.self, aggregation, grid)
        case .quantile, .topk, .bottomk, .countValues: break
        }
        if aggregation.operation == .countValues {
            return try countValues(aggregation, vector(aggregation.operand, grid), grid)
        }
        var parameter: [Double] = []
        if let expression = aggregation.parameter { parameter = try scalar(expression, grid) }
        let series = try vector(aggregation.operand, grid)
        if parameter.contains(where: \.isNaN), aggregation.operation != .quantile {
            throw QueryError(.execution, "Parameter value is NaN")
        }
        let groups = group(series, aggregation.grouping)
        if aggregation.operation != .quantile {
            return try extremes(aggregation.operation, series, groups, parameter, grid)
        }
        noteInvalidExtremes(parameter, aggregation.places.site(ofArgument: 0))
        return try quantiles(series, groups, parameter, grid)
    }

    /// Takes each series into its group as it is worked out.
    private func fold<Fold: StepFold>(
        _: Fold.Type,
        _ aggregation: Aggregation,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var places: [Labels: Int] = [:]
        var folds: [(labels: Labels, fold: Fold)] = []
        try forEachSeries(of: aggregation.operand, grid) { (series) throws(QueryError) in
            let key = series.labels.grouped(aggregation.grouping)
            let place = places[key] ?? folds.count
            if place == folds.count {
                places[key] = place
                folds.append((key, Fold(count: grid.count)))
                try budget.checkPoints(folds.count, grid.count, size: Fold.valuesPerStep)
            }
            try budget.spend(grid.count)
            folds[place].fold.add(series.column)
        }
        return folds.map { GridSeries(labels: $0.labels, column: $0.fold.column) }
    }

    private func group(
        _ series: [GridSeries],
        _ grouping: Grouping
    ) -> [(labels: Labels, members: [Int])] {
        if case .by(let names) = grouping, names.isEmpty, !series.isEmpty {
            return [(.empty, Array(series.indices))]
        }
        var places: [Labels: Int] = [:]
        var groups: [(labels: Labels, members: [Int])] = []
        for (member, one) in series.enumerated() {
            let key = one.labels.grouped(grouping)
            if let place = places[key] {
                groups[place].members.append(member)
            } else {
                places[key] = groups.count
                groups.append((key, [member]))
            }
        }
        return groups
    }

    /// Says which quantiles are none: NaN, the largest and the smallest.
    ///
    /// - Source: Prometheus, promql/engine.go, rangeEvalAgg and newFParams.
    private func noteInvalidExtremes(_ shares: [Double], _ site: AnnotationSite) {
        guard !shares.allSatisfy(Quantile.isShare) else { return }
        var invalid: [Double] = []
        if shares.contains(where: \.isNaN) {
            // Beside NaN only infinities are seen.
            invalid = [.nan] + [.infinity, -.infinity].filter { shares.contains($0) }
        } else {
            if let largest = shares.max(), largest > 1 { invalid.append(largest) }
            if let smallest = shares.min(), smallest < 0 { invalid.append(smallest) }
        }
        for share in invalid { report.annotations.add(.invalidQuantile(share, site)) }
    }

    private func quantiles(
        _ series: [GridSeries],
        _ groups: [(labels: Labels, members: [Int])],
        _ shares: [Double],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var output: [GridSeries] = []
        for group in groups {
            try budget.spend(group.members.count * grid.count)
            var column = Column(count: grid.count)
            for step in 0..<grid.count {
                let values = group.members.compactMap { series[$0].column[step] }
                if !values.isEmpty { column[step] = Quantile.of(values, shares[step]) }
            }
            output.append(GridSeries(labels: group.labels, column: column))
        }
        return output
    }

    private func extremes(
        _ operation: Aggregation.Operator,
        _ series: [GridSeries],
        _ groups: [(labels: Labels, members: [Int])],
        _ parameter: [Double],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        let counts = try wholeNumbers(parameter)
        var kept = series.map { GridSeries(labels: $0.labels, column: Column(count: grid.count)) }
        var order: [Int] = []
        for group in groups {
            for step in 0..<grid.count where counts[step] > 0 {
                let present = group.members.compactMap { member in
                    series[member].column[step].map { (member, $0) }
                }
                try budget.spend(group.members.count)
                let ranked = present.sorted { left, right in
                    // NaN comes last either way.
                    if left.1.isNaN || right.1.isNaN { return !left.1.isNaN && right.1.isNaN }
                    return operation == .topk ? left.1 > right.1 : left.1 < right.1
                }
                for (member, value) in ranked.prefix(counts[step]) {
                    kept[member].column[step] = value
                    if grid.count == 1 { order.append(member) }
                }
            }
        }
        if grid.count == 1 { return order.map { kept[$0] } }
        return kept.filter { !$0.column.isEmpty }
    }

    /// The parameter of `topk` and `bottomk` at each step, cut to a whole number.
    private func wholeNumbers(_ parameter: [Double]) throws(QueryError) -> [Int] {
        var output: [Int] = []
        output.reserveCapacity(parameter.count)
        for number in parameter {
            guard let count = Int(exactly: number.rounded(.towardZero)) else {
                let direction = number < 0 ? "underflows" : "overflows"
                throw QueryError(
                    .execution,
                    "Scalar value \(NumberFormat.prometheus(number)) \(direction) int64"
                )
            }
            output.append(count)
        }
        return output
    }

    private func countValues(
        _ aggregation: Aggregation,
        _ series: [GridSeries],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        let name =
            try aggregation.parameter.map { (text) throws(QueryError) in
                try string(text, grid)
            } ?? ""
        guard !name.isEmpty else {
            throw QueryError(.execution, "invalid label name \(Labels.quoted(name))")
        }
        var places: [Labels: Int] = [:]
        var output: [GridSeries] = []
        for one in series {
            // A series mostly has few values; their labels are made once.
            var known: [UInt64: Int] = [:]
            for step in 0..<grid.count {
                guard let value = one.column[step] else { continue }
                let place: Int
                if let seen = known[value.bitPattern] {
                    place = seen
                } else {
                    let labels = one.labels.setting(name, to: NumberFormat.prometheus(value))
                        .grouped(aggregation.grouping.including(name))
                    place = places[labels] ?? output.count
                    if place == output.count {
                        places[labels] = place
                        try budget.checkPoints(place + 1, grid.count)
                        output.append(
                            GridSeries(labels: labels, column: Column(count: grid.count))
                        )
                    }
                }
                known[value.bitPattern] = place
                output[place].column[step] = (output[place].column[step] ?? 0) + 1
            }
            try budget.spend(grid.count)
        }
        return output
    }
}

extension Grouping {
    /// This grouping with a label among those that make the groups.
    fileprivate func including(_ name: String) -> Grouping {
        guard case .by(let names) = self else { return self }
        return .by(names + [name])
    }
}

extension Labels {
    /// The labels that make a group.
    func grouped(_ grouping: Grouping) -> Labels {
        switch grouping {
        case .by(let names): Labels(alreadySorted: sorted.filter { names.contains($0.name) })
        case .without(let names):
            Labels(
                alreadySorted: sorted.filter {
                    $0.name != Labels.metricNameLabel && !names.contains($0.name)
                }
            )
        }
    }
}
