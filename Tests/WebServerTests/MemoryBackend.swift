import Metering
import PromQL
import RemoteWrite
import Telemetry
import WebServer

/// A gateway of two series, without alerts or indicators.
struct MemoryBackend: GatewayBackend {
    var queryEngine = QueryEngine()
    var source: TenMinuteSource

    /// Creates one whose devices are said to report so often.
    init(interval: Milliseconds? = nil) {
        var source = MemorySeriesSource()
        for (site, village) in [("a", "Nà Ếch"), ("b", "Ngàn Chi")] {
            for minute in 0...10 {
                source.append(
                    Labels(metric: "lamp", ["site": site, "village": village]),
                    Sample(
                        time: Instant(milliseconds: Int64(minute) * 60_000),
                        value: Double(minute)
                    )
                )
            }
        }
        self.source = TenMinuteSource(base: source, interval: interval, failure: nil)
    }

    func currentSource() -> TenMinuteSource { source }
    func now() -> Instant { Instant(milliseconds: 600_000) }
    var isRecovering = false
    func isReady() -> Bool { !isRecovering }
    var startedAt: Instant { Instant(milliseconds: 0) }
    func metadata() async -> [MetricMetadata] {
        [
            MetricMetadata(name: "lamp", kind: .gauge, help: "Whether lit.", unit: ""),
            MetricMetadata(name: "lamp_watts", kind: .gauge, help: "Power.", unit: "watts"),
        ]
    }
    var takesRemoteWrite = false
    /// What becomes of samples that are pushed, with how many there were.
    var outcome: @Sendable (WriteRequest) -> WriteOutcome = {
        WriteOutcome(storedCount: $0.samples.count)
    }
    /// What storing them waits for.
    var delay: @Sendable () async -> Void = {}
    func write(_ request: WriteRequest) async -> WriteOutcome {
        await delay()
        return outcome(request)
    }
    func storeFigures() async -> StoreFigures {
        StoreFigures(runs: 2, oldest: Instant(milliseconds: 0), newest: now())
    }
    func overview() async -> OverviewView {
        OverviewView(
            name: "thử nghiệm",
            isSimulated: true,
            time: "1970-01-01T00:10:00Z",
            fillProgress: nil,
            broker: BrokerView(
                state: "connected",
                address: "127.0.0.1:1883",
                lastMessageAt: nil,
                messages: 0,
                lastError: nil
            ),
            store: StoreView(
                series: 2,
                samples: 22,
                oldest: nil,
                newest: nil,
                usedBytes: 0,
                budgetBytes: 0
            ),
            services: [],
            villages: [],
            openAlerts: [:],
            undecoded: [:]
        )
    }
    func deadLetters(limit: Int) async -> DeadLettersView {
        DeadLettersView(counts: [:], messages: [])
    }
    func decodeDeadLetters() async throws -> DeadLetterRunView {
        DeadLetterRunView(tried: 0, decoded: 0, failed: 0)
    }
    func codecs() async -> CodecsView { CodecsView(codecs: []) }
    func releaseCodec(_ name: String) async -> CodecReleaseView? { nil }
    func inbox(limit: Int) async throws -> InboxView {
        let places = InboxPlaces(villages: [], sites: [], waiting: [])
        return InboxView(devices: [], omitted: 0, canAdopt: false, places: places, profiles: [])
    }
    var takesAdoptions: Bool { false }
    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView {
        throw AdoptionRefusal(AdoptionNote(.inboxEmpty))
    }
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        throw DeviceChangeRefusal(request.change, request.device, [])
    }
    func devices() async -> [DeviceView] { [] }
    func alerts() async -> AlertsView { AlertsView(open: [], past: []) }
    var groups: [RuleGroupView] = []
    func ruleGroups() async -> [RuleGroupView] { groups }
    func indicators() async -> IndicatorsView { IndicatorsView(computedAt: nil, scorecards: []) }
    func metrics() async -> [MetricFamily] { [] }
    func events() -> AsyncStream<GatewayEvent> { AsyncStream { $0.finish() } }
}
