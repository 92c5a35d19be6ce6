import CoreMetrics
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing
import WebServer

/// The server behind a real socket.
enum LiveServer {
    /// Serves while a closure runs, which gets the port.
    static func serve(
        _ backend: some GatewayBackend,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        clock: some Clock<Duration> = ContinuousClock(),
        _ body: (Int, ServiceGroup) async throws -> Void
    ) async throws {
        let ports = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "LiveServer")
        logger.logLevel = .critical
        let application = WebApplication.application(
            backend,
            settings: WebSettings(port: 0, pagesFolder: "/nowhere"),
            metrics: metrics,
            clock: clock,
            logger: logger,
            onListening: { ports.continuation.yield($0) }
        )
        let services = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await services.run() }
            var iterator = ports.stream.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port, services)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Opens a connection.
    static func connect(_ port: Int) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Whoever ends what it sends closes its side, as programs that give up do.
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
    }
}

/// Tells of each increment of a counter.
final class TellingMetrics: MetricsFactory {
    private final class Handler: CounterHandler {
        let tell: @Sendable () -> Void

        init(_ tell: @escaping @Sendable () -> Void) { self.tell = tell }

        func increment(by: Int64) { tell() }
        func reset() {}
    }

    private let tell: @Sendable (String, [(String, String)]) -> Void

    init(_ tell: @escaping @Sendable (String, [(String, String)]) -> Void) { self.tell = tell }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        Handler { [tell] in tell(label, dimensions) }
    }

    func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler { NOOPMetricsHandler.instance }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
