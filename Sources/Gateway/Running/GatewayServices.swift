internal import AsyncHTTPClient
internal import DashboardFiles
internal import Foundation
internal import Logging
internal import MQTT
internal import NIOCore
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry
internal import UnixSignals
internal import WebServer

extension GatewayRuntime {
    /// Serves until the process gets SIGTERM, SIGINT or SIGHUP, or its task is cancelled or shut
    /// down; then stops in order: no new requests, no new rule results, broker let go, journal and
    /// store written.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether the signals stop it; ``stop()`` always does.
    ///   - more: runs beside the gateway, as a demonstration does; it is stopped first.
    ///   - onListening: is told the port that the pages are served on.
    /// - Throws: ``GatewayError/cannotListen(host:port:reason:)``.
    public func run(
        handlingSignals handlesSignals: Bool = true,
        beside more: (@Sendable () async throws -> Void)? = nil,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let web = WebApplication.application(
            LiveBackend(self),
            settings: WebSettings(
                host: settings.webHost,
                port: settings.webPort,
                pagesFolder: DashboardFiles.pagesFolder,
                allowedOrigins: settings.allowedOrigins,
                prefix: settings.webPrefix
            ),
            metrics: metrics,
            logger: logger,
            onListening: onListening
        )
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: StoreService(runtime: self)),
            .init(service: BrokerService(runtime: self)),
            .init(service: RuleService(runtime: self)),
            .init(service: VerdictService(runtime: self)),
            .init(service: DeliveryService(runtime: self)),
            .init(service: DayService(runtime: self)),
            .init(service: LearningService(runtime: self)),
            .init(service: PageService(runtime: self)),
            .init(service: web),
        ]
        // A service that has nobody to tell would end at once, and a service's end ends all.
        if !settings.alertmanagers.isEmpty {
            let service = AlertmanagerService(runtime: self, figures: alertmanagers)
            services.append(.init(service: service))
        }
        if let broker = settings.sparkplugBroker {
            services.append(.init(service: SparkplugService(runtime: self, broker: broker)))
        }
        if let desk, let broker = settings.commandBroker {
            let service = CommandService(runtime: self, desk: desk, broker: broker)
            services.append(.init(service: service))
        }
        if settings.homeAssistant.publishes
            || !DescribedTopics(folder: settings.dataFolder).load().isEmpty
        {
            let broker = settings.homeAssistantBroker
            services.append(.init(service: HomeAssistantService(runtime: self, broker: broker)))
        }
        if let more {
            services.append(
                .init(
                    service: BesideService(body: more),
                    successTerminationBehavior: .gracefullyShutdownGroup
                )
            )
        }
        // The last is told first.
        services.append(.init(service: EndService(runtime: self)))
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: handlesSignals ? StopSignals.all : [],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        defer { events.finish() }
        let group = ServiceGroup(configuration: configuration)
        self.group.withLock { $0 = group }
        do {
            try await group.run()
        } catch let error as IOError {
            throw GatewayError.cannotListen(
                host: settings.webHost,
                port: settings.webPort,
                reason: "\(error)"
            )
        }
    }
}

extension GatewayRuntime {
    /// Has ``run(handlingSignals:beside:onListening:)`` end in order.
    public func stop() async {
        await group.withLock({ $0 })?.triggerGracefulShutdown()
    }
}

/// What asks the process to end in order: `kill`, Ctrl-C, and the end of its terminal.
enum StopSignals {
    static var all: [UnixSignal] {
        isHangUpIgnored ? [.sigterm, .sigint] : [.sigterm, .sigint, .sighup]
    }

    /// Whether somebody has the process outlive its terminal, as `nohup` does: to catch the signal
    /// would undo that.
    private static var isHangUpIgnored: Bool {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}

/// Waits until everything is to end, whether in order or because the task was cancelled.
private func untilEnd() async {
    do {
        try await gracefulShutdown()
    } catch {
        // Cancelled: what has to be closed is closed all the same.
        return
    }
}

/// Has those who compute or wait for long stop as soon as the end begins, before their turn comes.
struct EndService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await untilEnd()
        runtime.alerts.isEnding.withLock { $0 = true }
        runtime.indicators.isEnding.withLock { $0 = true }
        runtime.own.letGo()
        runtime.worker.letGo()
        // What the broker has not acknowledged is told again after the next start.
        runtime.publisher?.close()
    }
}

/// Owns the store until everybody else is done with it.
struct StoreService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        await untilEnd()
        let (worker, codecs) = (runtime.worker, runtime.codecs)
        await OwnThread.run {
            codecs?.stop()
            worker.stop()
        }
    }
}

/// Speaks with the broker.
struct BrokerService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        try runtime.session.start()
        await untilEnd()
        let (session, sink, logger) = (runtime.session, runtime.sink, runtime.logger)
        // Nobody puts any more: the services that do have ended.
        runtime.own.close()
        await OwnThread.run {
            guard session.stop(within: .seconds(20)) else {
                return logger.error(
                    """
                    the broker session has not ended after 20 s; every message that was \
                    acknowledged is in the journal, the last results of rules may not be
                    """
                )
            }
            do {
                try sink.finish()
            } catch {
                logger.error("cannot journal the last results of rules: \(error)")
            }
        }
        runtime.publisher?.stop()
    }
}

/// Runs something beside the gateway.
struct BesideService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await body() }
        } catch is CancellationError {
            // Being told to end is no failure: the others end in their order after it.
            return
        }
    }
}
