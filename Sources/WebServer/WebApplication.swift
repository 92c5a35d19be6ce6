public import Hummingbird
public import Logging

/// Where the web server listens and where its pages lie.
public struct WebSettings: Sendable {
    /// Address to listen on; 127.0.0.1 unless an operator says otherwise.
    public var host: String
    /// Port to listen on; 0 lets the system choose.
    public var port: Int
    /// Folder that holds the pages and their assets.
    public var pagesFolder: String
    /// Origins whose pages may read answers, as `https://grafana.example`; `*` for every one.
    public var allowedOrigins: Set<String>

    /// Creates settings.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8428,
        pagesFolder: String,
        allowedOrigins: Set<String> = []
    ) {
        self.host = host
        self.port = port
        self.pagesFolder = pagesFolder
        self.allowedOrigins = allowedOrigins
    }
}

/// Builds the web server: the Prometheus API, the gateway's own API, and the pages.
public enum WebApplication {
    /// Builds the router; tests call it without a socket.
    ///
    /// - Parameters:
    ///   - backend: answers the questions.
    ///   - pagesFolder: holds the pages and their assets.
    ///   - allowedOrigins: whose pages may read answers.
    ///   - clock: times the comments on quiet event streams.
    /// - Returns: the router, to be run by an application.
    public static func router(
        _ backend: some GatewayBackend,
        pagesFolder: String,
        allowedOrigins: Set<String> = [],
        clock: some Clock<Duration> = ContinuousClock()
    ) -> Router<GatewayRequestContext> {
        let router = Router(
            context: GatewayRequestContext.self,
            options: .autoGenerateHeadEndpoints
        )
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: OriginMiddleware(allowed: allowedOrigins))
        router.add(middleware: FaultMiddleware())
        let prometheus = router.group("api/v1")
        let threads = QueryThreads()
        QueryRoutes(backend: backend, threads: threads).add(to: prometheus)
        ExpressionRoutes().add(to: prometheus)
        WriteRoutes(backend: backend).add(to: prometheus)
        SeriesRoutes(backend: backend).add(to: prometheus)
        RuleRoutes(backend: backend).add(to: prometheus)
        let status = StatusRoutes(backend: backend, threads: threads)
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
            router: router(
                backend,
                pagesFolder: settings.pagesFolder,
                allowedOrigins: settings.allowedOrigins
            ),
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
