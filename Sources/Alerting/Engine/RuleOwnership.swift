internal import Telemetry

/// Which stored series are those of which rule.
///
/// A recording rule has the series of its name, an alerting rule those of `ALERTS` and
/// `ALERTS_FOR_STATE` with its name; of both only those that carry the labels that the rule sets,
/// as far as these are plain texts. So rules of one name in two files, each with a label of its
/// own, are told apart. Where several rules could have given a series it is the first one's.
struct RuleOwnership: Sendable {
    /// A rule as owner of series.
    struct Owner: Sendable {
        let rule: RuleID
        /// How far before the evaluation its samples lie.
        let offset: Milliseconds
        fileprivate let fixed: [(name: String, value: String)]
    }

    private var recording: [String: [Owner]] = [:]
    private var alerting: [String: [Owner]] = [:]

    init(_ groups: [RuleGroup]) {
        for group in groups {
            for rule in group.rules {
                let owner = Owner(
                    rule: rule.id,
                    offset: group.queryOffset,
                    fixed: rule.labels.compactMap { label in
                        label.template.plainText.map { (label.name, $0) }
                    }
                )
                if case .recording = rule.kind {
                    recording[rule.name, default: []].append(owner)
                } else {
                    alerting[rule.name, default: []].append(owner)
                }
            }
        }
    }

    /// The owner of a series; nil when no rule gives it.
    func owner(of labels: Labels) -> Owner? {
        let name = labels.metricName ?? ""
        let isAlert = name == AlertEngine.alertsMetric || name == AlertEngine.stateMetric
        let owners = isAlert ? alerting[labels["alertname"] ?? ""] : recording[name]
        return owners?.first { owner in
            owner.fixed.allSatisfy { (labels[$0.name] ?? "") == $0.value }
        }
    }
}
