public import Metering
public import PromQL
public import RemoteWrite
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
    /// Whether other programs may push samples.
    var takesRemoteWrite: Bool { get }
    /// Stores samples that another program pushes; returns when they are on the disk.
    func write(_ request: WriteRequest) async -> WriteOutcome
    /// How much the store holds, and of which time.
    func storeFigures() async -> StoreFigures
    /// When the gateway was started.
    var startedAt: Instant { get }
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
    /// What payload codecs did.
    func codecs() async -> CodecsView
    /// Has a codec run again that was taken out; nil where there is no codec of that name.
    func releaseCodec(_ name: String) async -> CodecReleaseView?
    /// Devices that send and are not registered, with what they may be.
    func inbox(limit: Int) async throws -> InboxView
    /// Whether devices can be adopted and changed over HTTP.
    var takesAdoptions: Bool { get }
    /// Registers an unknown device.
    ///
    /// - Throws: ``AdoptionRefusal`` for a choice that cannot be right; else what failed.
    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView
    /// Gives commands to devices; nil unless the settings open that.
    var commands: (any CommandBackend)? { get }
    /// Changes a registered device since an instant.
    ///
    /// - Throws: ``DeviceChangeRefusal`` for a change that cannot be right; else what failed.
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView
    /// The gateway's own metrics at this moment.
    func metrics() async -> [MetricFamily]
    /// What is said of all metrics that the gateway gives, by name in rising order.
    func metadata() async -> [MetricMetadata]
    /// A line for each change worth showing, until the reader goes.
    func events() -> AsyncStream<GatewayEvent>
}

extension GatewayBackend {
    /// Nobody gives commands unless a gateway says otherwise.
    public var commands: (any CommandBackend)? { nil }

    /// The newest published state of the store.
    ///
    /// - Throws: ``APIError`` of kind unavailable while the store is recovered.
    func readySource() throws(APIError) -> Source {
        guard isReady() else {
            throw APIError(
                .unavailable,
                "the gateway is still recovering its store, try again in a minute"
            )
        }
        return currentSource()
    }
}

/// How much a store holds.
public struct StoreFigures: Sendable {
    /// Stretches of sealed samples, which Prometheus calls chunks.
    public var runs: Int
    /// Time of the oldest sample; nil when there is none.
    public var oldest: Instant?
    /// Time of the newest sample; nil when there is none.
    public var newest: Instant?
    /// Blocks that were found damaged.
    public var damagedBlocks: Int
    /// How long samples are kept, and how many bytes of them, as `400d or 1GiB`.
    public var retention: String

    /// Creates figures.
    public init(
        runs: Int,
        oldest: Instant?,
        newest: Instant?,
        damagedBlocks: Int = 0,
        retention: String = ""
    ) {
        self.runs = runs
        self.oldest = oldest
        self.newest = newest
        self.damagedBlocks = damagedBlocks
        self.retention = retention
    }
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
