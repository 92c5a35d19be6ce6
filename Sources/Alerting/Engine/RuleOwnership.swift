internal import Telemetry

/// Which stored series are those of which rule.
///
/// A recording rule has the series of its name, an alerting rule those of `ALERTS` and
/// `ALERTS_FOR_STATE` with its name; of both only those that carry the labels that the rule sets,
/// as far as these are plain texts. So rules of one name in two files, each with a label of its
/// own, are told apart. Where several rules could have given a series it is the first one's, and
/// none of theirs where one of other groups could have given it that has as many such labels.
struct RuleOwnership: Sendable {
    /// A rule as owner of series.
    struct Owner: Sendable {
        let rule: RuleID
        /// How far before the evaluation its samples lie.
        let offset: Milliseconds
        /// Time between the evaluations of its group.
        let interval: Milliseconds
        fileprivate let fixed: [(name: String, value: String)]

        fileprivate init(_ rule: Rule, of group: RuleGroup) {
            self.rule = rule.id
            offset = group.queryOffset
            interval = group.interval
            fixed = rule.labels.compactMap { label in
                label.template.plainText.map { (label.name, $0) }
            }
        }

        /// Whether an evaluation of its group gives samples of a time.
        func isDue(for time: Instant) -> Bool {
            let (moment, step) = (time + offset, RuleBackfill.step)
            return moment.milliseconds % step.count == 0
                && AlertEngine.slot(moment, interval.count)
                    > AlertEngine.slot(moment - step, interval.count)
        }

        /// Whether it could have given a series of its name.
        fileprivate func gives(_ labels: Labels) -> Bool {
            fixed.allSatisfy { (labels[$0.name] ?? "") == $0.value }
        }
    }

    /// The rules of some groups by what they give.
    private struct Table {
        private var recording: [String: [Owner]] = [:]
        private var alerting: [String: [Owner]] = [:]

        init(_ groups: [RuleGroup]) {
            for group in groups {
                for rule in group.rules {
                    let owner = Owner(rule, of: group)
                    if case .recording = rule.kind {
                        recording[rule.name, default: []].append(owner)
                    } else {
                        alerting[rule.name, default: []].append(owner)
                    }
                }
            }
        }

        /// Rules that give series of the name, or alerts of the name, that labels have.
        func owners(of labels: Labels) -> [Owner] {
            let name = labels.metricName ?? ""
            let isAlert = name == AlertEngine.alertsMetric || name == AlertEngine.stateMetric
            let owners = isAlert ? alerting[labels["alertname"] ?? ""] : recording[name]
            return (owners ?? []).filter { $0.gives(labels) }
        }

        func owners(like rule: Rule) -> [Owner] {
            switch rule.kind {
            case .recording: recording[rule.name] ?? []
            case .alerting: alerting[rule.name] ?? []
            }
        }
    }

    private let own: Table
    private let others: Table?

    /// Finds what rules give.
    ///
    /// - Parameters:
    ///   - groups: whose series are told.
    ///   - others: groups whose rules have series of their own.
    init(_ groups: [RuleGroup], besides others: [RuleGroup] = []) {
        own = Table(groups)
        self.others = others.isEmpty ? nil : Table(others)
    }

    /// The owner of a series; nil when no rule gives it.
    func owner(of labels: Labels) -> Owner? { owners(of: labels).first }

    /// All rules that could have given a series, its owner first.
    func owners(of labels: Labels) -> [Owner] {
        let owners = own.owners(of: labels)
        return owners.isEmpty || isForeign(labels, owners) ? [] : owners
    }

    /// Whether a series is one of the others.
    func isForeign(_ labels: Labels) -> Bool {
        others != nil && isForeign(labels, own.owners(of: labels))
    }

    /// The rule that has the more labels of its own has the series; if both have as many, that is
    /// the other one.
    private func isForeign(_ labels: Labels, _ owners: [Owner]) -> Bool {
        guard let others else { return false }
        let most = owners.map(\.fixed.count).max() ?? 0
        return others.owners(of: labels).contains { $0.fixed.count >= most }
    }

    /// Another rule that has all series of a rule; nil when there is none.
    func rival(of rule: Rule, in group: RuleGroup) -> RuleID? {
        let fixed = Owner(rule, of: group).fixed
        return others?.owners(like: rule).first { other in
            other.fixed.count == fixed.count
                && zip(other.fixed, fixed).allSatisfy { $0.name == $1.name && $0.value == $1.value }
        }?.rule
    }
}
