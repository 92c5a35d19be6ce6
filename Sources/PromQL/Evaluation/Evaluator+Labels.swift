internal import Telemetry

extension Evaluator {
    /// `label_replace(v, dst, replacement, src, regex)`.
    func replaceLabel(
        _ arguments: [Expression],
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        var series = try vector(arguments[0], grid)
        let destination = try string(arguments[1], grid)
        let replacement = try string(arguments[2], grid)
        let name = try string(arguments[3], grid)
        let text = try string(arguments[4], grid)
        try checkName(destination, "invalid destination label name in label_replace()")
        let pattern: CapturePattern
        do {
            // The first alone tells what is wrong with a pattern, and where.
            _ = try RegularExpression(text)
            pattern = try CapturePattern(text)
        } catch {
            throw QueryError(
                .execution,
                "invalid regular expression in label_replace(): \(error)"
            )
        }
        for index in series.indices {
            try budget.spend(text.utf8.count)
            let value = series[index].labels[name] ?? ""
            guard let result = try pattern.expand(replacement, matching: value) else { continue }
            series[index].labels = series[index].labels.setting(destination, to: result)
        }
        return try merge(series)
    }

    /// `label_join(v, dst, separator, src…)`.
    func joinLabels(_ arguments: [Expression], _ grid: Grid) throws(QueryError) -> [GridSeries] {
        var series = try vector(arguments[0], grid)
        let destination = try string(arguments[1], grid)
        let separator = try string(arguments[2], grid)
        try checkName(destination, "invalid destination label name in label_join()")
        var names: [String] = []
        for argument in arguments.dropFirst(3) {
            names.append(try string(argument, grid))
            try checkName(names[names.count - 1], "invalid source label name in label_join()")
        }
        for index in series.indices {
            let values = names.map { series[index].labels[$0] ?? "" }
            series[index].labels = series[index].labels.setting(
                destination,
                to: values.joined(separator: separator)
            )
        }
        return try merge(series)
    }

    /// Any text but the empty one names a label, as since Prometheus 3.
    private func checkName(_ name: String, _ message: String) throws(QueryError) {
        guard name.isEmpty else { return }
        throw QueryError(.execution, "\(message): \(Labels.quoted(name))")
    }
}
