internal import PromQL
internal import Telemetry

/// Alerts of rules that others judge.
extension AlertEngine {
    /// All alerts that fire.
    private static let firingAlerts = Expression.selector(
        Selector(
            matchers: [
                LabelMatcher(Labels.metricNameLabel, .equal(alertsMetric)),
                LabelMatcher("alertstate", .equal(Alert.State.firing.rawValue)),
            ]
        )
    )

    /// Labels of the stored alerts that fire at a time and are not of these rules, as far as they
    /// suspend others; groups with such rules come first, so that they are judged already.
    ///
    /// - Throws: ``AlertingError/queryFailed(rule:reason:)`` when they cannot be read: nobody knows
    ///   then what is suspended.
    func firingForeignAlerts(at time: Instant, source: some SeriesSource) throws(AlertingError)
        -> [Labels]
    {
        guard !relations.suspensions.isEmpty else { return [] }
        let value: QueryValue
        do {
            value = try queryEngine.instant(
                Self.firingAlerts,
                at: time,
                source: RuleSource(base: source, memory: memory, links: links)
            )
        } catch {
            throw .queryFailed(rule: "of suspending alerts", reason: "\(error)")
        }
        guard case .vector(let elements) = value else { return [] }
        return elements.map(\.labels)
            .filter { ownership.owner(of: $0) == nil }
            .map { $0.removing(Labels.metricNameLabel, "alertstate") }
            .filter { labels in relations.suspensions.contains { $0.isSource(labels) } }
    }
}
