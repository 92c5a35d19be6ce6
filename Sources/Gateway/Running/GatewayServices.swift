internal import AsyncHTTPClient
internal import DashboardFiles
internal import Foundation
internal import Logging
internal import MQTT
internal import NIOCore
internal import RingStore
internal import ServiceLifecycle
internal import Telemetry
internal import UnixSignals
internal import WebServer

extension GatewayRuntime {
    /// Serves until the process gets SIGTERM or SIGINT, or its task is cancelled; then stops in
    /// order: no new requests, no new rule results, broker let go, journal and store written.
    ///
    /// - Parameters:
    ///   - more: runs beside the gateway, as a demonstration does; it is stopped first.
    ///   - onListening: is told the port that the pages are served on.
    /// - Throws: ``GatewayError/cannotListen(host:port:reason:)``.
    public func run(
        beside more: (@Sendable () async throws -> Void)? = nil,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) async throws {
        let web = WebApplication.application(
            LiveBackend(self),
            settings: WebSettings(
                host: settings.webHost,
                port: settings.webPort,
                pagesFolder: DashboardFiles.pagesFolder
            ),
            logger: logger,
            onListening: onListening
        )
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: StoreService(runtime: self)),
            .init(service: BrokerService(runtime: self)),
            .init(service: RuleService(runtime: self)),
            .init(service: web),
        ]
        if let more {
            services.append(
                .init(
                    service: BesideService(body: more),
                    successTerminationBehavior: .gracefullyShutdownGroup
                )
            )
        }
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(60)
        defer { events.finish() }
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw GatewayError.cannotListen(
                host: settings.webHost,
                port: settings.webPort,
                reason: "\(error)"
            )
        }
    }
}

/// Owns the store until everybody else is done with it.
struct StoreService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        try await gracefulShutdown()
        let worker = runtime.worker
        await OwnThread.run { worker.stop() }
        try await runtime.client.shutdown()
    }
}

/// Speaks with the broker.
struct BrokerService: Service {
    let runtime: GatewayRuntime

    func run() async throws {
        try runtime.session.start()
        try await gracefulShutdown()
        let (session, own, logger) = (runtime.session, runtime.own, runtime.logger)
        own.close()
        await OwnThread.run {
            if !session.stop(within: .seconds(20)) {
                logger.error("the broker session has not ended after 20 s; nothing is lost")
            }
        }
        runtime.publisher?.stop()
    }
}

/// Runs something beside the gateway.
struct BesideService: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await body() }
    }
}
