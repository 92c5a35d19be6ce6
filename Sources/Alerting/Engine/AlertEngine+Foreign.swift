internal import PromQL
internal import Telemetry

/// Alerts of rules that others judge.
extension AlertEngine {
    /// Labels of the stored alerts that fire at a time and are not of these rules, as far as they
    /// suspend others; groups with such rules come first, so that they are judged already.
    func firingForeignAlerts(at time: Instant, source: some SeriesSource) -> [Labels] {
        guard !relations.suspensions.isEmpty else { return [] }
        let firing = "\(Self.alertsMetric){alertstate=\"\(Alert.State.firing.rawValue)\"}"
        do {
            let value = try queryEngine.instant(
                try PromQLParser.parse(firing),
                at: time,
                source: RuleSource(base: source, memory: memory, links: links)
            )
            guard case .vector(let elements) = value else { return [] }
            return elements.map(\.labels)
                .filter { ownership.owner(of: $0) == nil }
                .map { $0.removing(Labels.metricNameLabel, "alertstate") }
                .filter { labels in relations.suspensions.contains { $0.isSource(labels) } }
        } catch {
            // The store cannot be read: the rules' own queries will meet the same fault.
            return []
        }
    }
}
