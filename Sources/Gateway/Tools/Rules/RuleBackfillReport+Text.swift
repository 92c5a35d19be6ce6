extension RuleBackfillReport {
    /// The report for people, line by line.
    public var lines: [String] {
        let source = files.isEmpty ? "rules of the gateway" : files.joined(separator: ", ")
        var lines = ["\(source): \(from) to \(to)"]
        let heads = ["group", "rule", "evaluated", "written", "replaced", "ended", "failed"]
        let rows = groups.flatMap { group in
            group.rules.enumerated().map { index, rule in
                [index == 0 ? group.name : "", rule.name] + rule.figures.columns
            }
        }
        lines += TextTable.lines([heads] + rows + [["all", ""] + total.columns])
        lines.append(summary)
        for group in groups {
            for rule in group.rules {
                guard let failure = rule.firstFailure else { continue }
                lines.append("failed first at \(failure.time): \(rule.name): \(failure.reason)")
            }
        }
        if refused > 0 { lines.append("\(refused) samples refused by the store") }
        return lines + refusals.map { "refused: \($0)" }
    }

    private var summary: String {
        let count = total.written + total.replaced + total.ended
        if count == 0 { return "nothing to write: \(total.unchanged) samples are there already" }
        return isDryRun ? "\(count) samples would be written" : "\(count) samples written"
    }
}

extension RuleBackfillReport.Figures {
    fileprivate var columns: [String] {
        [evaluations, written, replaced, ended, failedEvaluations].map(String.init)
    }
}
