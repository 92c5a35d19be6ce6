internal import Telemetry

extension Evaluator {
    /// Evaluates an operator between two expressions.
    func combine(_ binary: Binary, _ grid: Grid) throws(QueryError) -> GridValue {
        let left = try evaluate(binary.left, grid)
        let right = try evaluate(binary.right, grid)
        switch (left, right) {
        case (.scalar(let left), .scalar(let right)):
            return .scalar(
                (0..<grid.count).map { binary.result(left[$0], right[$0]) ?? .nan }
            )
        case (.vector(let series), .scalar(let numbers)):
            return .vector(
                try change(series, binary, binary.change(by: numbers))
            )
        case (.scalar(let numbers), .vector(let series)):
            return .vector(
                try change(series, binary, binary.change(of: numbers))
            )
        case (.vector(let left), .vector(let right)):
            if binary.operation.isSet {
                return .vector(try combineSets(binary, left, right, grid))
            }
            let matching = VectorMatching(binary, left: left, right: right, count: grid.count)
            let matched = try matching.run { (work) throws(QueryError) in try budget.spend(work) }
            return .vector(try merge(matched))
        default: throw QueryError(.execution, "a string stands where a number is due")
        }
    }

    private func change(
        _ series: [GridSeries],
        _ binary: Binary,
        _ result: (Int, Double) -> Double?
    ) throws(QueryError) -> [GridSeries] {
        var output = series
        for index in output.indices {
            output[index].column.update(result)
            if binary.dropsName { output[index].labels = output[index].labels.withoutMetricName }
        }
        output.removeAll { $0.column.isEmpty }
        return try merge(output)
    }

    private func combineSets(
        _ binary: Binary,
        _ left: [GridSeries],
        _ right: [GridSeries],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        func presence(_ series: [GridSeries]) -> [Labels: [Bool]] {
            var presence: [Labels: [Bool]] = [:]
            for one in series {
                let key = one.labels.grouped(binary.matching)
                var steps = presence[key] ?? [Bool](repeating: false, count: grid.count)
                for step in steps.indices where one.column[step] != nil { steps[step] = true }
                presence[key] = steps
            }
            return presence
        }
        let isOr = binary.operation == .or
        let other = presence(isOr ? left : right)
        let keepsPresent = binary.operation == .and
        var output = (isOr ? right : left).map { one in
            var one = one
            let steps = other[one.labels.grouped(binary.matching)]
            one.column.update { step, value in
                (steps?[step] ?? false) == keepsPresent ? value : nil
            }
            return one
        }
        output.removeAll { $0.column.isEmpty }
        // The same series on both sides at different steps is one series.
        return isOr ? try merge(left + output) : output
    }
}
