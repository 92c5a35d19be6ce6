internal import Alerting
internal import Decoding
internal import Foundation
internal import Ingest
public import Logging
internal import MQTT
internal import RingStore
internal import ServiceLifecycle
internal import Simulation
internal import Synchronization
public import Telemetry
internal import UnixSignals

/// A simulated village at work: broker, gateway and devices, all on this machine.
public struct Demo: Sendable {
    /// What the demonstration tells whoever started it.
    public enum Event: Sendable {
        /// The pages are served at this address.
        case listening(String)
        /// What is done now, and its share from 0 to 1.
        case progress(String, Double)
        /// History is there; from now on everything is live.
        case live(messages: Int, alerts: Int)
    }

    /// Folder of journal, store and broker; new or empty, its parent must be there.
    public var folder: String
    /// Port of the pages; 0 lets the system choose.
    public var webPort: Int
    /// Seed of the simulated world.
    public var seed: UInt64

    /// How much history is filled in; the plan of faults needs 14 days.
    public var history = Milliseconds.days(14)
    /// Distance of the evaluations over the last two days, and over the days before: the fewer,
    /// the sooner the page is there.
    static let historySteps = (late: Milliseconds.minutes(4), early: Milliseconds.minutes(12))

    /// Longest wait for the gateway's connection with the broker, which listens already.
    static let connectionLimit = Duration.seconds(30)
    /// Longest wait for a next message to be stored: a slow disk takes seconds for a checkpoint.
    static let storingLimit = Duration.seconds(60)

    /// Creates a demonstration.
    public init(folder: String, webPort: Int = 8428, seed: UInt64 = 20_250_701) {
        self.folder = folder
        self.webPort = webPort
        self.seed = seed
    }

    /// Runs until the process gets SIGTERM, SIGINT or SIGHUP; then the broker has been stopped too.
    ///
    /// - Parameters:
    ///   - logger: takes its messages.
    ///   - tell: is told what happens.
    /// - Throws: what a gateway throws, and ``GatewayError/notEmpty(path:)``,
    ///   ``GatewayError/missingProgram(name:package:)``,
    ///   ``GatewayError/childFailed(name:reason:)``, ``GatewayError/stalled(what:after:)``.
    public func run(
        logger: Logger,
        tell: @escaping @Sendable (Event) -> Void
    ) async throws {
        let storage = StorageFolder(folder)
        try storage.createIfMissing()
        guard try storage.names().isEmpty else { throw GatewayError.notEmpty(path: folder) }
        // All of it is one service, so that signals are caught before the broker starts.
        let service = DemoService {
            try await serve(logger: logger, tell: tell)
        }
        let configuration = ServiceGroupConfiguration(
            services: [
                .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)
            ],
            gracefulShutdownSignals: StopSignals.all,
            logger: logger
        )
        try await ServiceGroup(configuration: configuration).run()
    }

    private func serve(
        logger: Logger,
        tell: @escaping @Sendable (Event) -> Void
    ) async throws {
        let broker = try await DemoBroker.start(folder: "\(folder)/broker")
        defer { broker.stop() }
        let now = GatewayRuntime.systemClock()
        let start = RuleService.minute(of: now - history)
        let world = SimulatedDeployment(seed: seed, start: start, now: now)
        let settings = try settings(for: world, port: broker.port)
        let runtime = try await GatewayRuntime.open(settings, logger: logger)
        runtime.holdsRules.withLock { $0 = true }
        runtime.fillProgress.withLock { $0 = 0 }
        let publisher = try BrokerPublisher(publisherSettings(broker.port))
        defer { publisher.stop() }
        try await runtime.run(
            handlingSignals: false,
            beside: { try await play(world, from: start, on: runtime, publisher, tell) },
            onListening: { port in
                tell(.listening(settings.firstPage(port: port)))
            }
        )
    }

    func settings(
        for world: SimulatedDeployment,
        port: Int
    ) throws -> GatewaySettings {
        let registry = "\(folder)/registry"
        try StorageFolder(registry).createIfMissing()
        for (name, text) in world.registryFiles {
            try Data(text.utf8).write(to: URL(filePath: "\(registry)/\(name)"))
        }
        var broker = BrokerSettings(host: "127.0.0.1", port: port, clientID: "langso-demo")
        broker.maximumPayloadBytes = DecodingLimits().payloadBytes
        var subscriptions: [SubscriptionRule] = []
        for topic in world.topics {
            guard let filter = Decoding.TopicFilter(topic.filter),
                let family = Family(rawValue: topic.family)
            else { preconditionFailure("the simulated topic \(topic) is not understood") }
            var rule = SubscriptionRule(topicFilter: filter, family: family)
            rule.profile = topic.profile
            rule.timeZone = topic.timeZone.flatMap { TimeZoneRule($0) }
            subscriptions.append(rule)
            broker.topics.append(MQTT.TopicFilter(topic.filter))
        }
        var settings = GatewaySettings(
            name: "MÔ PHỎNG / SIMULATED",
            dataFolder: "\(folder)/data",
            broker: broker,
            subscriptions: subscriptions
        )
        settings.registryFolder = registry
        settings.store.rawTierBytes = 128 << 20
        settings.store.rollupBytes = StoreSettings.usualRollups(beside: 128 << 20)
        settings.journal = JournalSettings(sizeBytes: 256 << 20)
        settings.webPort = webPort
        return settings
    }

    private func publisherSettings(_ port: Int) -> BrokerSettings {
        BrokerSettings(host: "127.0.0.1", port: port, clientID: "langso-simulation")
    }

    // MARK: The play

    private func play(
        _ world: SimulatedDeployment,
        from start: Instant,
        on runtime: GatewayRuntime,
        _ publisher: BrokerPublisher,
        _ tell: @escaping @Sendable (Event) -> Void
    ) async throws {
        var world = world
        let filled = try await fill(&world, from: start, on: runtime, publisher, tell)
        try await judgeHistory(from: start, on: runtime, tell)
        await runtime.indicators.evaluate(at: runtime.clock())
        runtime.fillProgress.withLock { $0 = nil }
        runtime.holdsRules.withLock { $0 = false }
        runtime.events.send("overview")
        let open = await runtime.alerts.state.book
        tell(.live(messages: filled, alerts: open.openCount + open.past.count))
        while !Task.isCancelled {
            try await publish(world.advance(to: runtime.clock()), publisher)
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Publishes two weeks, and waits until all of it is stored.
    private func fill(
        _ world: inout SimulatedDeployment,
        from start: Instant,
        on runtime: GatewayRuntime,
        _ publisher: BrokerPublisher,
        _ tell: (Event) -> Void
    ) async throws -> Int {
        let (session, worker) = (runtime.session, runtime.worker)
        try await Self.wait(for: 1, "the connection with its broker", Self.connectionLimit) {
            session.status.isConnected ? 1 : 0
        }
        let earlier = worker.figures.ingest.messages
        var count = 0
        var time = start
        let end = runtime.clock()
        while time < end {
            time = min(time + .hours(6), end)
            let messages = world.advance(to: time)
            count += messages.count
            try await publish(messages, publisher)
            let share = (time - start).seconds / (end - start).seconds
            runtime.fillProgress.withLock { $0 = share * 0.5 }
            tell(.progress("messages", share))
        }
        try await OwnThread.run { try publisher.flush(within: .seconds(60)) }
        // What the broker has taken it hands on; the gateway has stored it when it has counted it.
        try await Self.wait(for: UInt64(count), "messages to be stored", Self.storingLimit) {
            worker.figures.ingest.messages - earlier
        }
        return count
    }

    /// Waits until so much is done, looking every 20 ms.
    ///
    /// - Throws: ``GatewayError/stalled(what:after:)`` when nothing more was done for the limit.
    static func wait(
        for wanted: UInt64,
        _ what: String,
        _ limit: Duration,
        done: () -> UInt64
    ) async throws {
        var last = done()
        var deadline = ContinuousClock.now + limit
        while last < wanted {
            guard ContinuousClock.now < deadline else {
                throw GatewayError.stalled(what: "\(what) (\(last) of \(wanted))", after: limit)
            }
            try await Task.sleep(for: .milliseconds(20))
            let now = done()
            if now > last { deadline = ContinuousClock.now + limit }
            last = now
        }
    }

    /// Judges the rules over the history, a day at a time.
    private func judgeHistory(
        from start: Instant,
        on runtime: GatewayRuntime,
        _ tell: (Event) -> Void
    ) async throws {
        _ = await runtime.worker.run { $0.takeChanges(next: .distantPast) }
        let end = RuleService.minute(of: runtime.clock())
        var time = start
        while time < end {
            try Task.checkCancellation()
            time = min(time + .hours(12), end)
            let step = end - time < .days(2) ? Self.historySteps.late : Self.historySteps.early
            await runtime.alerts.evaluate(
                at: time,
                step: step,
                from: start,
                lookback: step + .minutes(1)
            )
            let share = (time - start).seconds / (end - start).seconds
            runtime.fillProgress.withLock { $0 = 0.5 + share * 0.5 }
            runtime.events.send("overview")
            tell(.progress("rules", share))
        }
    }

    private func publish(
        _ messages: [TimedMessage],
        _ publisher: BrokerPublisher
    ) async throws {
        guard !messages.isEmpty else { return }
        try await OwnThread.run {
            for message in messages {
                try publisher.publish(topic: message.topic, payload: message.payload)
            }
        }
    }
}

/// A whole demonstration, broker and gateway with it.
private struct DemoService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws { try await body() }
}
