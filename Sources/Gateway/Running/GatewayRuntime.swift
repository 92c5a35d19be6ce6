internal import Alerting
internal import AsyncHTTPClient
internal import Commands
internal import Foundation
internal import Indicators
internal import Ingest
public import Logging
internal import MQTT
internal import Metering
internal import PromQL
internal import Registry
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
public import Telemetry
internal import WebServer

/// A gateway with its parts joined: opened store, broker session, rules, indicators.
///
/// ``open(_:clock:waitingClock:logger:)`` reads and checks everything and recovers the store;
/// ``run(handlingSignals:beside:onListening:)`` serves until it is told to stop.
public final class GatewayRuntime: Sendable {
    /// What it runs by.
    public let settings: GatewaySettings
    let clock: @Sendable () -> Instant
    let logger: Logger
    let deployment: Deployment
    let database: RegistryDatabase
    /// The registry as it is now; devices that are adopted are in it.
    let registryNow: Mutex<RegistrySnapshot>
    /// What unknown devices may be.
    let inbox: Inbox
    /// Looks through it that are on.
    let inboxLooks = SharedRun<InboxLook, InboxView>()
    /// Devices that are adopted, one after the other.
    let adoptions = Turns(limit: GatewayRuntime.mostAdoptions)
    /// Devices that are changed, one after the other.
    let changes = Turns(limit: GatewayRuntime.mostChanges)
    /// What changes gave another meaning is stored again, for one after the other.
    let retakings = Turns(limit: GatewayRuntime.mostChanges)
    /// What came of it for the last ones.
    let takenAgain = Mutex(TakenAgain())
    /// How far that is.
    let retakingState = Mutex(RetakingState())
    /// Times how long somebody waits for it.
    let waitingClock: any Clock<Duration>
    /// Takers of the registry: a change, an adoption, what is learned, a new day, one of each.
    private let registryTakers = Turns(limit: .max)
    let worker: StoreWorker
    let own: OwnSamples
    let sink: JournalSink
    /// Runs payload codecs; nil where no profile has one.
    let codecs: CodecRunner?
    /// Commands to devices; nil when nobody may give any.
    let desk: CommandDesk?
    /// Why commands that the settings open are closed all the same; nil where they are not.
    let commandFault: CommandLogError?
    let session: BrokerSession
    let access: StoreAccess
    let alerts: AlertService
    let indicators: IndicatorService
    let events = EventHub()
    /// What Alertmanagers were told.
    let alertmanagers = AlertmanagerFigures()
    let publisher: BrokerPublisher?
    /// What its parts count by swift-metrics.
    let metrics = MetricsRegistry()
    /// Which of these are in the store.
    let ownFigures = Mutex(OwnFigures())
    let startedAt: Instant
    /// Share of the history that is filled in; nil when none is being filled.
    let fillProgress = Mutex<Double?>(nil)
    /// Whether rules wait, because history is being filled in.
    let holdsRules = Mutex(false)
    /// Whether rules have been judged since what the broker kept is there.
    let hasJudged = Mutex(false)
    /// The day whose registry labels and computed series are of at the start.
    let openedOn: CivilDate
    /// What runs the services, while they run.
    let group = Mutex<ServiceGroup?>(nil)

    /// The system's clock.
    public static let systemClock: @Sendable () -> Instant = {
        Instant(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000))
    }

    /// Name of the registry's database in the data folder.
    static let registryFile = "registry.sqlite"

    /// Reads and checks all parts, opens or makes journal and store, and takes from the journal
    /// what the store lacks.
    ///
    /// - Throws: `ConfigurationFaults`, `IngestError`, `RegistryError`, `MQTTError`, `StoreError`,
    ///   `JournalError` or ``GatewayError``; each says what to do. What is wrong with the settings
    ///   alone is thrown before anything is made.
    /// - Returns: a gateway that is not yet connected.
    public static func open(
        _ settings: GatewaySettings,
        clock: @escaping @Sendable () -> Instant = GatewayRuntime.systemClock,
        waitingClock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) async throws -> GatewayRuntime {
        try settings.validate()
        try StorageFolder(settings.dataFolder).createIfMissing()
        let hold = try FolderHold(settings.dataFolder)
        let database = try RegistryDatabase(path: "\(settings.dataFolder)/\(registryFile)")
        let day = CivilDate(clock(), offset: settings.zoneOffset)
        let deployment = try Deployment(settings, database: database, by: "langso", at: clock())
        for warning in deployment.warnings { logger.warning("\(warning)") }
        if let report = deployment.importReport { logger.info("registry: \(report)") }
        let desk = commandDesk(settings, logger)
        let storage = try await openStorage(
            deployment,
            hold,
            on: day,
            watching: (try? desk.get())?.watchedAtStart ?? [],
            clock: clock,
            logger: logger
        )
        do {
            let runtime = try GatewayRuntime(
                deployment,
                database: database,
                storage: storage,
                desk: desk,
                on: day,
                clock: clock,
                waitingClock: waitingClock,
                logger: logger
            )
            runtime.decodeWhatWaited()
            runtime.beginPendingRetakings()
            return runtime
        } catch {
            await OwnThread.run {
                storage.codecs?.stop()
                storage.worker.stop()
            }
            throw error
        }
    }

    private init(
        _ deployment: Deployment,
        database: RegistryDatabase,
        storage: OpenedStorage,
        desk: Result<CommandDesk?, CommandLogError>,
        on day: CivilDate,
        clock: @escaping @Sendable () -> Instant,
        waitingClock: any Clock<Duration>,
        logger: Logger
    ) throws {
        settings = deployment.settings
        self.deployment = deployment
        self.database = database
        registryNow = Mutex(deployment.registry)
        inbox = Inbox(deployment.settings, deployment.profiles, deployment.registry)
        self.clock = clock
        self.waitingClock = waitingClock
        self.logger = logger
        startedAt = clock()
        openedOn = day
        worker = storage.worker
        own = storage.own
        sink = storage.sink
        codecs = storage.codecs
        switch desk {
        case .success(let desk): (self.desk, commandFault) = (desk, nil)
        case .failure(let fault): (self.desk, commandFault) = (nil, fault)
        }
        let topics = TopicMemory(folder: settings.dataFolder)
        let session = try BrokerSession(
            settings.broker,
            sink: sink,
            previousTopics: topics.load(),
            observer: { event in
                if case .topicsChanged(let filters) = event { topics.store(filters, logger) }
                logger.log(event)
            }
        )
        self.session = session
        own.wakeIntake { session.wake() }
        worker.whenDrained { [own] in own.wakeIfWaiting() }
        let access = StoreAccess(
            worker: worker,
            own: own,
            known: deployment.registry.knownSeries(zoneOffset: settings.zoneOffset, on: day)
        )
        self.access = access
        publisher = try settings.notificationBroker.map { try BrokerPublisher($0) }
        alerts = try Self.alertService(deployment, access, publisher, logger)
        indicators = IndicatorService(
            sets: deployment.criteriaSets,
            facts: deployment.registry.indicatorFacts(zoneOffset: settings.zoneOffset),
            store: access,
            logger: logger
        )
        WebApplication.metricHelp.forEach { metrics.describe($0, $1) }
    }

    private static func alertService(
        _ deployment: Deployment,
        _ access: StoreAccess,
        _ publisher: BrokerPublisher?,
        _ logger: Logger
    ) throws -> AlertService {
        let settings = deployment.settings
        let stored = try AlertState.load(settings.dataFolder)
        let engine = AlertEngine(
            groups: deployment.groups,
            relations: deployment.relations,
            queryEngine: QueryEngine(),
            externalLabels: Labels(settings.externalLabels.map { Label($0.key, $0.value) }),
            externalURL: settings.linkBase,
            book: stored?.book ?? AlertBook()
        )
        return AlertService(
            engine: engine,
            schedule: stored?.schedule
                ?? DeliverySchedule(receivers: settings.receivers.map(\.name)),
            lateSince: stored?.lateSince,
            lateWindow: settings.lateWindow,
            store: access,
            folder: settings.dataFolder,
            receivers: settings.receivers,
            grouping: NotificationGrouping(externalURL: settings.linkBase),
            sender: NotificationSender(
                publisher: publisher.map { TopicPublisher($0) },
                logger: logger,
                timeout: .milliseconds(settings.receiverTimeout.count)
            ),
            logger: logger
        )
    }

    /// The registry as it is now.
    var registry: RegistrySnapshot { registryNow.withLock { $0 } }

    /// The day of now, where the gateway stands.
    var today: CivilDate { CivilDate(clock(), offset: settings.zoneOffset) }

    /// Takes what the registry's database holds now.
    ///
    /// It is read in the taker's turn, so that none puts an older state over a newer one.
    /// - Throws: `RegistryError`; the gateway then goes on by what it knew.
    func takeChangedRegistry() async throws {
        try await registryTakers.takeAlways { [self] in
            let registry = try database.snapshot().knowing(deployment.profiles)
            registryNow.withLock { $0 = registry }
            inbox.replaceRegistry(registry)
            await install(registry)
        }
    }

    /// Takes labels and computed series as the registry has them today.
    func takeRegistryOfToday() async {
        // Nothing in it throws.
        try? await registryTakers.takeAlways { [self] in await install(registry) }
    }

    private func install(_ registry: RegistrySnapshot) async {
        let (day, offset) = (today, settings.zoneOffset)
        let (devices, directory, known) = await OwnThread.run {
            (
                registry.deviceDirectory, registry.ingestDirectory(on: day),
                registry.knownSeries(zoneOffset: offset, on: day)
            )
        }
        _ = await worker.run { $0.replaceDirectories(devices, directory) }
        access.replaceKnown(known)
        await indicators.replaceFacts(registry.indicatorFacts(zoneOffset: offset))
    }

    /// Closes what does not close by itself; for a gateway that is opened and never run.
    public func close() async {
        let session = session
        let worker = worker
        let codecs = codecs
        own.close()
        await OwnThread.run {
            _ = session.stop()
            codecs?.stop()
            worker.stop()
        }
        publisher?.stop()
        events.finish()
    }
}

extension Logger {
    /// Says what happened with the broker.
    func log(_ event: ConnectionEvent) {
        switch event {
        case .connected(let present):
            notice("connected with the broker", metadata: ["session_present": "\(present)"])
        case .disconnected(let error, let pause):
            warning("\(error)", metadata: ["retry_after": "\(pause)"])
        case .topicsChanged: break
        case .subscriptionRefused(let filter):
            error("the broker refused the subscription \(filter): nothing will come for it")
        case .subscriptionWeakened(let filter, let granted):
            warning("the broker grants \(granted) for \(filter): messages can be lost on the way")
        case .commitFailed(let reason, let pause):
            error("cannot commit to the journal: \(reason)", metadata: ["retry_after": "\(pause)"])
        case .commitRecovered: notice("the journal can be written again")
        case .paused: debug("the store is behind, reading is paused")
        case .resumed: debug("reading goes on")
        case .stopped: info("disconnected from the broker")
        }
    }
}
