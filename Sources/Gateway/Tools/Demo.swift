internal import Alerting
internal import Decoding
internal import Foundation
internal import Ingest
public import Logging
internal import MQTT
internal import RingStore
internal import Simulation
internal import Synchronization
public import Telemetry

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

    /// Folder of journal, store and broker.
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

    /// Creates a demonstration.
    public init(folder: String, webPort: Int = 8428, seed: UInt64 = 20_250_701) {
        self.folder = folder
        self.webPort = webPort
        self.seed = seed
    }

    /// Runs until it is told to stop; then the broker has been stopped too.
    ///
    /// - Throws: what a gateway throws, and ``GatewayError/missingProgram(name:package:)``.
    public func run(
        logger: Logger,
        tell: @escaping @Sendable (Event) -> Void
    ) async throws {
        try StorageFolder(folder).createIfMissing()
        let broker = try DemoBroker(folder: "\(folder)/broker")
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
            beside: { try await play(world, from: start, on: runtime, publisher, tell) },
            onListening: { port in
                tell(.listening("http://\(settings.webHost):\(port)/"))
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
            else { throw GatewayError.usage("the simulated topic \(topic) is not understood") }
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
        while !runtime.session.status.isConnected { try await Task.sleep(for: .milliseconds(20)) }
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
        while runtime.worker.figures.ingest.messages < UInt64(count) {
            try await Task.sleep(for: .milliseconds(20))
        }
        return count
    }

    /// Judges the rules over the history, a day at a time.
    private func judgeHistory(
        from start: Instant,
        on runtime: GatewayRuntime,
        _ tell: (Event) -> Void
    ) async throws {
        _ = await runtime.worker.run { $0.takeEarliestChange() }
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
