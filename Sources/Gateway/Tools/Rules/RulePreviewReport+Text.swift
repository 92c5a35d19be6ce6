internal import PromQL
internal import Telemetry

extension RulePreviewReport {
    /// Most places that are named of one rule.
    static let shownPlaces = 10

    /// The report for people, line by line.
    public var lines: [String] {
        var lines = ["\(file): \(from) to \(to), judged \(steps) times"]
        let rows = rules.flatMap { rule in
            [Self.row(rule.name, "tried", rule.tried), Self.row("", "current", rule.current)]
        }
        lines += TextTable.lines([["rule", "", "alarms", "total", "longest", "places"]] + rows)
        for rule in rules { lines += Self.places(of: rule) }
        if failedEvaluations > 0 { lines.append("\(failedEvaluations) evaluations failed") }
        if failedBeside > 0 {
            lines.append("\(failedBeside) evaluations of other rules failed beside them")
        }
        return lines + failures.map { "failed: \($0)" }
    }

    private static func row(_ name: String, _ side: String, _ figures: Figures?) -> [String] {
        guard let figures else { return [name, side, "no such rule", "", "", ""] }
        return [
            name, side, "\(figures.alarms)", text(figures.totalSeconds),
            text(figures.longestSeconds), "\(figures.places.count)",
        ]
    }

    private static func text(_ seconds: Double) -> String {
        DurationText.print(Milliseconds(Int64((seconds * 1000).rounded())))
    }

    /// The places of a rule, those first that one side alone has.
    private static func places(of rule: Rule) -> [String] {
        let tried = rule.tried.places.map { ($0.name, $0) }
        let current = (rule.current?.places ?? []).map { ($0.name, $0) }
        let (newNames, oldNames) = (Set(tried.map(\.0)), Set(current.map(\.0)))
        let parts = [
            ("only tried", tried.filter { !oldNames.contains($0.0) }),
            ("only current", current.filter { !newNames.contains($0.0) }),
            ("both", tried.filter { oldNames.contains($0.0) }),
        ]
        return parts.compactMap { title, places in
            guard !places.isEmpty else { return nil }
            var shown = places.prefix(shownPlaces).map { name, place in
                "\(name) \(place.alarms) × \(text(place.seconds / Double(max(1, place.alarms))))"
            }
            if places.count > shownPlaces { shown.append("and \(places.count - shownPlaces) more") }
            return "\(rule.name), \(title): \(shown.joined(separator: ", "))"
        }
    }
}

extension RulePreviewReport.Place {
    /// The device, or all labels where there is none.
    var name: String {
        labels["device"] ?? "\(Labels(labels.map { Label($0.key, $0.value) }))"
    }
}
