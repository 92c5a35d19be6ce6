public import Hummingbird
public import Logging
internal import NIOPosix

/// Where the web server listens and where its pages lie.
public struct WebSettings: Sendable {
    /// Address to listen on; 127.0.0.1 unless an operator says otherwise.
    public var host: String
    /// Port to listen on; 0 lets the system choose.
    public var port: Int
    /// Folder that holds the pages and their assets.
    public var pagesFolder: String

    /// Creates settings.
    public init(host: String = "127.0.0.1", port: Int = 8428, pagesFolder: String) {
        self.host = host
        self.port = port
        self.pagesFolder = pagesFolder
    }
}

/// Builds the web server: the Prometheus API, the gateway's own API, and the pages.
public enum WebApplication {
    /// Builds the router; tests call it without a socket.
    ///
    /// - Parameters:
    ///   - backend: answers the questions.
    ///   - pagesFolder: holds the pages and their assets.
    ///   - clock: times the comments on quiet event streams.
    /// - Returns: the router, to be run by an application.
    public static func router(
        _ backend: some GatewayBackend,
        pagesFolder: String,
        clock: some Clock<Duration> = ContinuousClock()
    ) -> Router<GatewayRequestContext> {
        let router = Router(
            context: GatewayRequestContext.self,
            options: .autoGenerateHeadEndpoints
        )
        router.add(middleware: FaultMiddleware())
        let prometheus = router.group("api/v1")
        QueryRoutes(backend: backend, threads: .singleton).add(to: prometheus)
        SeriesRoutes(backend: backend).add(to: prometheus)
        let status = StatusRoutes(backend: backend)
        status.add(to: prometheus)
        status.addProbes(to: router)
        GatewayRoutes(backend: backend, clock: clock).add(to: router.group("api/langso/v1"))
        PageRoutes(folder: pagesFolder).add(to: router)
        return router
    }

    /// Builds the server.
    ///
    /// - Parameters:
    ///   - backend: answers the questions.
    ///   - settings: address, port and pages.
    ///   - logger: takes the server's own messages.
    ///   - onListening: called once with the port that the system gave.
    /// - Returns: the server, to be run in a service group.
    public static func application(
        _ backend: some GatewayBackend,
        settings: WebSettings,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(backend, pagesFolder: settings.pagesFolder),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                serverName: "langso"
            ),
            onServerRunning: { channel in
                await onListening(channel.localAddress?.port ?? settings.port)
            },
            logger: logger
        )
    }
}
