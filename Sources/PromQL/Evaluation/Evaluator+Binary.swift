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
                try change(series, binary) { binary.result($1, numbers[$0]) }
            )
        case (.scalar(let numbers), .vector(let series)):
            return .vector(
                try change(series, binary) { step, value in
                    // A comparison that holds gives the vector's value, whatever side it is on.
                    binary.result(numbers[step], value).map {
                        binary.dropsName ? $0 : value
                    }
                }
            )
        case (.vector(let left), .vector(let right)):
            if binary.operation.isSet { return .vector(combineSets(binary, left, right, grid)) }
            return .vector(try match(binary, left, right, grid))
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
    ) -> [GridSeries] {
        func presence(_ series: [GridSeries]) -> [Labels: [Bool]] {
            var presence: [Labels: [Bool]] = [:]
            for one in series {
                let key = one.labels.matched(binary.matching)
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
            let steps = other[one.labels.matched(binary.matching)]
            one.column.update { step, value in
                (steps?[step] ?? false) == keepsPresent ? value : nil
            }
            return one
        }
        if isOr {
            // The same series on both sides at different steps is one series.
            var places = Dictionary(
                uniqueKeysWithValues: left.indices.map { (left[$0].labels, $0) }
            )
            var joined = left
            for one in output where !one.column.isEmpty {
                guard let place = places[one.labels] else {
                    places[one.labels] = joined.count
                    joined.append(one)
                    continue
                }
                for step in 0..<grid.count where joined[place].column[step] == nil {
                    joined[place].column[step] = one.column[step]
                }
            }
            output = joined
        }
        return output.filter { !$0.column.isEmpty }
    }
}

extension Labels {
    /// The labels by which vectors are matched.
    func matched(_ matching: Grouping) -> Labels { grouped(matching) }
}
