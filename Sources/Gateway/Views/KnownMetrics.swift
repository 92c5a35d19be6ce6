internal import Alerting
internal import Ingest
internal import Metering
internal import PromQL
internal import Telemetry
internal import WebServer

/// All metrics that the gateway gives, with what is said of each.
///
/// Prometheus says it of what it scrapes alone. Here are also the quantities that sensors measure,
/// what the gateway works out, and what rules record: their names are known as well, and editors
/// of queries show what is said of them. Of what other programs push nothing is known.
struct KnownMetrics {
    let groups: [RuleGroup]
    let families: [MetricFamily]

    /// Each metric once, by name in rising order; what says more of it comes first.
    var metadata: [MetricMetadata] {
        let all = quantities + Self.own + families.map(Self.metadata) + recorded
        return Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.name < $1.name }
    }

    private var quantities: [MetricMetadata] {
        Quantity.all.map { quantity in
            Self.metric(
                quantity.metricName,
                quantity.help,
                quantity.kind == .counter ? .counter : .gauge
            )
        }
    }

    private var recorded: [MetricMetadata] {
        groups.flatMap(\.rules).compactMap { rule in
            guard case .recording = rule.kind else { return nil }
            return Self.metric(rule.name, "Recorded: \(rule.expression.formatted)", .unknown)
        }
    }

    private static func metadata(_ family: MetricFamily) -> MetricMetadata {
        let kind: MetricMetadata.Kind =
            switch family.kind {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            }
        return metric(family.name, family.help, kind)
    }

    private static func metric(
        _ name: String,
        _ help: String,
        _ kind: MetricMetadata.Kind = .gauge
    ) -> MetricMetadata {
        MetricMetadata(name: name, kind: kind, help: help, unit: MetricUnit.of(name))
    }

    /// What is worked out when it is read, and what the gateway stores beside `/metrics`.
    private static let own =
        KnownName.allCases.map { metric($0.rawValue, $0.help) } + [
            metric(IngestPipeline.heartbeatMetric, "When a message of a device came."),
            metric(IngestPipeline.rejectedMetric, "Readings outside of what can be."),
            metric(IngestPipeline.doubtfulMetric, "Readings that are probably wrong."),
            metric(IngestPipeline.suspiciousMetric, "Readings that are suspicious."),
            metric(
                IngestPipeline.clockErrorMetric,
                "By how much a device's clock is behind; negative when it is ahead."
            ),
            metric(IndicatorSeries.stateName, "1 for the state of an indicator that holds."),
            metric(IndicatorSeries.valueName, "Value of an indicator in its own unit."),
            metric(IndicatorSeries.coverageName, "Share of window or area that is known."),
            metric(AlertEngine.alertsMetric, "1 for each alert that is pending or fires."),
            metric(AlertEngine.stateMetric, "When an alert became active, in seconds."),
        ]
}
