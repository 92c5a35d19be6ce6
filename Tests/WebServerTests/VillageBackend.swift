import Metering
import PromQL
import RemoteWrite
import Synchronization
import Telemetry
import WebServer

/// A gateway that serves a ``Village``, and whose events a test sends.
final class VillageBackend: GatewayBackend {
    struct DecodeFailure: Error {}

    let queryEngine = QueryEngine()
    let village: Village
    let isRecovering: Bool
    let takesAdoptions: Bool
    let commands: (any CommandBackend)?
    private let source: MemorySeriesSource
    private let readers = Mutex<[Int: AsyncStream<GatewayEvent>.Continuation]>([:])
    private let readerChanges = AsyncStream.makeStream(of: Int.self)
    /// What an event changes: further alerts.
    private let extraAlerts = Mutex(0)

    init(
        _ village: Village = Village(now: Instant(milliseconds: 1_764_081_000_000)),
        isRecovering: Bool = false,
        takesAdoptions: Bool = true,
        commands: (any CommandBackend)? = nil,
        source: MemorySeriesSource = MemorySeriesSource()
    ) {
        self.village = village
        self.isRecovering = isRecovering
        self.takesAdoptions = takesAdoptions
        self.commands = commands
        self.source = source
    }

    func currentSource() -> MemorySeriesSource { source }
    func now() -> Instant { village.now }
    func isReady() -> Bool { !isRecovering }
    var startedAt: Instant { village.now - .hours(1) }
    func metadata() async -> [MetricMetadata] { [] }
    var takesRemoteWrite: Bool { false }
    func write(_ request: WriteRequest) async -> WriteOutcome { WriteOutcome() }
    func storeFigures() async -> StoreFigures {
        StoreFigures(runs: 0, oldest: nil, newest: nil)
    }
    func overview() async -> OverviewView { village.overview() }
    func devices() async -> [DeviceView] { village.devices() }
    func alerts() async -> AlertsView {
        village.alerts(extra: extraAlerts.withLock { $0 })
    }
    func ruleGroups() async -> [RuleGroupView] { village.ruleGroups() }
    func indicators() async -> IndicatorsView { village.indicators() }
    func deadLetters(limit: Int) async -> DeadLettersView { village.deadLetters(limit: limit) }
    func decodeDeadLetters() async throws -> DeadLetterRunView {
        if isRecovering { throw DecodeFailure() }
        return DeadLetterRunView(tried: 15, decoded: 12, failed: 3)
    }
    func codecs() async -> CodecsView { village.codecs }
    func releaseCodec(_ name: String) async -> CodecReleaseView? {
        guard let codec = village.codecs.codecs.first(where: { $0.name == name }) else {
            return nil
        }
        return CodecReleaseView(wasQuarantined: codec.quarantine != nil, waiting: codec.waiting)
    }
    func inbox(limit: Int) async throws -> InboxView {
        if isRecovering { throw DecodeFailure() }
        return village.inbox(limit: limit, canAdopt: takesAdoptions)
    }
    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView {
        guard request.device == Village.unknownID else {
            throw AdoptionRefusal(AdoptionNote(.notInInbox, Village.unknownID))
        }
        return AdoptionView(
            written: !(request.dryRun ?? false),
            code: request.code,
            address: "0102030405060708",
            profile: request.profile,
            isNew: true,
            testFile: "profiles/dragino-ldds75/examples-0102030405060708.yaml",
            examples: 4,
            decoded: 12,
            failed: 0,
            warnings: [AdoptionNote(.frameLeftOut, "2", "it is a join")]
        )
    }
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        guard request.device == "thung-1" else {
            let note = NoteView(
                code: "change_unknown_device",
                values: [request.device],
                words: "not known"
            )
            throw DeviceChangeRefusal(request.change, request.device, [note])
        }
        return DeviceChangeView(
            written: !(request.dryRun ?? false),
            change: request.change,
            device: request.device,
            at: village.now.rfc3339,
            differences: [.init(column: "address", before: "a", after: "b")],
            counterOffsets: [:]
        )
    }
    func metrics() async -> [MetricFamily] {
        [MetricFamily(.counter, "langso_messages_total", "Messages.", 184_213)]
    }

    /// The buffer has no bound, so that a test sees the one of the server.
    func events() -> AsyncStream<GatewayEvent> {
        AsyncStream { continuation in
            let count = readers.withLock { readers in
                let key = (readers.keys.max() ?? 0) + 1
                readers[key] = continuation
                continuation.onTermination = { [weak self] _ in self?.leave(key) }
                return readers.count
            }
            readerChanges.continuation.yield(count)
        }
    }

    private func leave(_ key: Int) {
        let count = readers.withLock { readers in
            readers[key] = nil
            return readers.count
        }
        readerChanges.continuation.yield(count)
    }

    /// Waits until so many readers listen.
    func waitForReaders(_ wanted: Int) async {
        for await count in readerChanges.stream where count == wanted { return }
    }

    /// Tells all readers that something changed.
    func send(_ name: String, json: String = "{}", addingAlerts added: Int = 0) {
        extraAlerts.withLock { $0 += added }
        let listening = readers.withLock { Array($0.values) }
        for reader in listening { reader.yield(GatewayEvent(name: name, json: json)) }
    }
}
