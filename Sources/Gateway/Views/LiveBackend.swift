internal import Alerting
internal import Foundation
internal import Ingest
internal import Knowledge
internal import Metering
internal import MQTT
internal import PromQL
internal import RemoteWrite
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// Answers what the web server asks from the running gateway.
struct LiveBackend: GatewayBackend {
    let runtime: GatewayRuntime
    let queryEngine: QueryEngine
    private let devicesCache = ViewCache<[DeviceView]>()
    private let overviewCache = ViewCache<OverviewView>()

    init(_ runtime: GatewayRuntime) {
        self.runtime = runtime
        var engine = QueryEngine()
        engine.longestLookback = runtime.settings.longestLookback
        queryEngine = engine
    }

    func currentSource() -> KnownSource<StoreSnapshot> {
        // The store is open before anything is served, and keeps its last snapshot at the end.
        guard let source = runtime.access.source(at: now()) else {
            preconditionFailure("the web server was started before the store was open")
        }
        return source
    }

    func now() -> Instant { runtime.clock() }

    var startedAt: Instant { runtime.startedAt }

    func isReady() -> Bool { runtime.access.source(at: now()) != nil }

    var takesRemoteWrite: Bool { runtime.settings.takesRemoteWrite }

    func write(_ request: WriteRequest) async -> WriteOutcome {
        let recorded = await Set(runtime.alerts.state.groups.flatMap(\.rules).map(\.name))
        let intake = RemoteWriteIntake(
            worker: runtime.worker,
            access: runtime.access,
            reservedNames: recorded,
            now: now()
        )
        return await intake.write(request)
    }

    func storeFigures() async -> StoreFigures {
        let statistics = await runtime.worker.run { $0.store.statistics } ?? StoreStatistics()
        return StoreFigures(
            runs: statistics.runCount,
            oldest: statistics.oldest,
            newest: statistics.newest,
            damagedBlocks: statistics.damagedBlockCount,
            retention: runtime.settings.store.retentionText
        )
    }

    func overview() async -> OverviewView {
        let alerts = await runtime.alerts.state.book
        let now = now()
        return await overviewCache.value(at: now) {
            let source = currentSource()
            return await OwnThread.run {
                OverviewBuilder(runtime: runtime, source: source, now: now, alerts: alerts).view
            }
        }
    }

    func devices() async -> [DeviceView] {
        let now = now()
        return await devicesCache.value(at: now) {
            let source = currentSource()
            return await OwnThread.run {
                DevicesBuilder(
                    registry: runtime.registry,
                    zoneOffset: runtime.settings.zoneOffset,
                    source: source,
                    now: now
                ).views
            }
        }
    }

    func alerts() async -> AlertsView {
        AlertViews(engine: await runtime.alerts.state).alerts
    }

    func ruleGroups() async -> [RuleGroupView] {
        AlertViews(engine: await runtime.alerts.state).ruleGroups
    }

    func indicators() async -> IndicatorsView {
        IndicatorsView(
            computedAt: await runtime.indicators.computedAt?.rfc3339,
            scorecards: await runtime.indicators.scorecards.map { ScorecardView($0) }
        )
    }

    func deadLetters(limit: Int) async -> DeadLettersView {
        let folder = runtime.settings.dataFolder
        return await runtime.worker.run { pipeline in
            let letters = pipeline.deadLetters
            var messages: [DeadLetterView] = []
            if let journal = try? JournalReader(folder: folder) {
                for entry in letters.newest(limit) {
                    // What has left the ring is counted and can no longer be shown.
                    guard let record = try? journal.record(at: entry.position) else { continue }
                    messages.append(
                        DeadLetterView(
                            record,
                            reason: entry.reason,
                            message: pipeline.refusal(of: record)
                        )
                    )
                }
            }
            return DeadLettersView(
                counts: letters.counts.mapValues { Int(clamping: $0) },
                messages: messages
            )
        } ?? DeadLettersView(counts: [:], messages: [])
    }

    func decodeDeadLetters() async throws -> DeadLetterRunView {
        let done = try await runtime.decodeDeadLetters()
        return DeadLetterRunView(tried: done.tried, decoded: done.decoded, failed: done.failed)
    }

    func inbox(limit: Int) async throws -> InboxView { try await runtime.inboxView(limit: limit) }

    var takesAdoptions: Bool { runtime.settings.takesAdoptions }

    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView {
        try await runtime.adopt(request)
    }

    var commands: (any CommandBackend)? { runtime.commandBackend }

    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        try await runtime.change(request)
    }

    func metrics() async -> [MetricFamily] { await runtime.metricFamilies() ?? [] }

    func metadata() async -> [MetricMetadata] {
        KnownMetrics(groups: await runtime.alerts.state.groups, families: await metrics()).metadata
    }

    func events() -> AsyncStream<GatewayEvent> { runtime.events.events() }
}

/// Keeps a view for two seconds: many open pages cost no more than one.
final class ViewCache<Value: Sendable>: Sendable {
    private let kept = Mutex<(value: Value, at: Instant)?>(nil)

    private static var age: Milliseconds { .seconds(2) }

    func value(at now: Instant, _ make: () async -> Value) async -> Value {
        if let kept = kept.withLock({ $0 }), kept.at <= now, now - kept.at < Self.age {
            return kept.value
        }
        let made = await make()
        kept.withLock { $0 = (made, now) }
        return made
    }
}

extension DeadLetterView {
    init(_ record: JournalRecord, reason: String, message: String?) {
        self.init(
            position: record.position,
            receivedAt: record.receivedAt.rfc3339,
            topic: String(decoding: record.topic, as: UTF8.self),
            reason: reason,
            message: message ?? "it can be decoded now: decode it again",
            payload: PayloadText.shown(record.payload)
        )
    }
}
