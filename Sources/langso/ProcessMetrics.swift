internal import CoreMetrics
internal import Metering

/// The metrics of the process, which libraries count in too.
enum ProcessMetrics {
    /// The registry, made known to swift-metrics when it is asked for first.
    static let registry: MetricsRegistry = {
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        return registry
    }()
}
