internal import Alerting
internal import PromQL
internal import Telemetry
internal import WebServer

/// The state of rules and alerts as pages and the Prometheus API show it.
struct AlertViews {
    let engine: AlertEngine

    private static let gravity = ["critical", "major", "minor", "warning"]

    var alerts: AlertsView {
        let members = engine.book.members
        let open = engine.book.open.sorted { left, right in
            let ranks = (Self.rank(left), Self.rank(right))
            return ranks.0 == ranks.1 ? left.number > right.number : ranks.0 < ranks.1
        }
        return AlertsView(
            open: open.map { AlertView($0, members: members[$0.number] ?? []) },
            past: engine.book.past.map { AlertView($0, members: members[$0.number] ?? []) }
        )
    }

    var ruleGroups: [RuleGroupView] {
        engine.groups.map { group in
            let evaluated = engine.book.lastEvaluation(of: group)?.rfc3339 ?? Self.never
            return RuleGroupView(
                name: group.name,
                file: group.file,
                interval: group.interval.seconds,
                limit: group.limit,
                evaluationTime: engine.groupSeconds[group.id] ?? 0,
                lastEvaluation: evaluated,
                rules: group.rules.map { view(of: $0, evaluated) }
            )
        }
    }

    /// What Prometheus writes for a time that has not been.
    private static let never = NotificationAlert.unsetTime

    private func view(of rule: Rule, _ evaluated: String) -> RuleView {
        let status = engine.statuses[rule.id]
        let alerts = engine.book.alerts(of: rule.id)
        let labels = Dictionary(
            uniqueKeysWithValues: rule.labels.map { ($0.name, $0.template.text) }
        )
        var view = RuleView(
            type: "recording",
            name: rule.name,
            query: "\(rule.expression)",
            duration: nil,
            keepFiringFor: nil,
            labels: labels.isEmpty ? nil : labels,
            annotations: nil,
            alerts: nil,
            state: nil,
            health: (status?.health ?? .unknown).rawValue,
            lastError: status?.lastError,
            evaluationTime: status?.evaluationSeconds ?? 0,
            lastEvaluation: status?.evaluatedAt?.rfc3339 ?? evaluated
        )
        guard case .alerting(let terms) = rule.kind else { return view }
        view.type = "alerting"
        view.labels = labels
        view.duration = terms.holdFor.seconds
        view.keepFiringFor = terms.keepFiringFor.seconds
        view.annotations = Dictionary(
            uniqueKeysWithValues: terms.annotations.map { ($0.name, $0.template.text) }
        )
        view.alerts = alerts.map { alert in
            RuleAlertView(
                labels: Dictionary(alert.labels),
                annotations: alert.annotations,
                state: alert.state.rawValue,
                activeAt: alert.activeAt.rfc3339,
                keepFiringSince: alert.goneAt?.rfc3339,
                value: ScientificText.of(alert.value)
            )
        }
        view.state =
            alerts.contains { $0.state == .firing }
            ? "firing" : alerts.isEmpty ? "inactive" : "pending"
        return view
    }

    private static func rank(_ alert: Alert) -> Int {
        let place = gravity.firstIndex(of: alert.severity) ?? gravity.count
        return (alert.state == .firing ? 0 : 10) + (alert.absorbedBy == nil ? 0 : 5) + place
    }
}

extension AlertView {
    init(_ alert: Alert, members: [Int]) {
        self.init(
            number: alert.number,
            state: alert.state.rawValue,
            name: alert.name,
            code: alert.code,
            severity: alert.severity,
            labels: Dictionary(alert.labels),
            summaryVi: alert.annotations["summary_vi"] ?? alert.annotations["summary"]
                ?? alert.name,
            summaryEn: alert.annotations["summary"] ?? alert.name,
            activeAt: alert.activeAt.rfc3339,
            firedAt: alert.firedAt?.rfc3339,
            resolvedAt: alert.resolvedAt?.rfc3339,
            value: PlainNumber.of(alert.value),
            absorbedBy: alert.absorbedBy,
            members: members,
            expression: alert.expression,
            isSimulated: alert.isSimulated
        )
    }
}

extension [String: String] {
    init(_ labels: Labels) {
        self.init(
            labels.sorted.map { ($0.name, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
