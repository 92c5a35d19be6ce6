public import PromQL
public import Telemetry

/// What the web server asks of the gateway; every answer is a value that nobody changes any more.
///
/// Calls may come from many requests at once. The gateway implements it, tests bring their own.
public protocol GatewayBackend: Sendable {
    /// The kind of series source that queries read.
    associatedtype Source: SeriesSource

    /// The newest published state of the store.
    func currentSource() -> Source
    /// The engine that answers queries, with the configured limits.
    var queryEngine: QueryEngine { get }
    /// The gateway's clock.
    func now() -> Instant
    /// Whether recovery is done and queries may be answered.
    func isReady() -> Bool
    /// The first page's figures.
    func overview() async -> OverviewView
    /// Devices with their last readings.
    func devices() async -> [DeviceView]
    /// Open alerts and the latest of the past.
    func alerts() async -> AlertsView
    /// Rule groups with state and health, as the Prometheus API shows them.
    func ruleGroups() async -> [RuleGroupView]
    /// Scorecards and verdicts of every unit and criteria set in force.
    func indicators() async -> IndicatorsView
    /// Messages that could not be decoded, the newest first.
    func deadLetters(limit: Int) async -> DeadLettersView
    /// Decodes what is left undecoded in the journal once more; gives how many succeeded now.
    func decodeDeadLetters() async throws -> DeadLetterRunView
    /// The gateway's own metrics in the Prometheus text format.
    func metricsText() async -> String
    /// A line for each change worth showing, until the reader goes.
    func events() -> AsyncStream<GatewayEvent>
}

/// A change that an open page should know of.
public struct GatewayEvent: Sendable {
    /// What changed: `overview`, `alerts`, `indicators` or `devices`.
    public let name: String
    /// A JSON document that belongs to it.
    public let json: String

    /// Creates an event.
    public init(name: String, json: String) {
        self.name = name
        self.json = json
    }
}
