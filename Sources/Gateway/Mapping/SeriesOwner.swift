internal import Alerting
internal import ConfigurationText
internal import Ingest
internal import Telemetry

/// Whose the series of a metric name are, where no rule may record under that name.
///
/// A sample of a rule takes the place of another one of its time: a rule that recorded under such
/// a name would put what it worked out in the place of evidence.
enum SeriesOwner: String {
    case devices = "what devices measure"
    case registry = "what the gateway works out"
    case gateway = "what the gateway writes of itself"
    case alerts = "the state of alerts"

    /// Finds the owner; nil for a name that is free.
    init?(of name: String) {
        if Quantity.withMetricName(name) != nil {
            self = .devices
        } else if KnownName(rawValue: name) != nil {
            self = .registry
        } else if name.hasPrefix(Self.ownPrefix) || name == IngestPipeline.heartbeatMetric
            || name == IngestPipeline.clockErrorMetric || IndicatorSeries.names.contains(name)
        {
            self = .gateway
        } else if [AlertEngine.alertsMetric, AlertEngine.stateMetric].contains(name) {
            self = .alerts
        } else {
            return nil
        }
    }

    /// Names of series that begin so are the gateway's own.
    private static let ownPrefix = "langso_"
}

extension RuleFile {
    /// Reads a rule file that a gateway is to run by: its rules record under free names alone.
    ///
    /// - Throws: `ConfigurationFaults` with every fault, names that are not free among them.
    static func forGateway(text: String, file: String) throws(ConfigurationFaults) -> RuleFile {
        try parse(text: text, file: file, takenFor: { SeriesOwner(of: $0)?.rawValue })
    }
}
