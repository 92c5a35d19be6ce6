public import CoreMetrics
public import Hummingbird
public import Logging
internal import NIOCore

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
    /// The path below which everything stands.
    public var prefix: SitePrefix

    /// Creates settings.
    public init(
        host: String = "127.0.0.1",
        port: Int = 8428,
        pagesFolder: String,
        allowedOrigins: Set<String> = [],
        prefix: SitePrefix = .none
    ) {
        self.host = host
        self.port = port
        self.pagesFolder = pagesFolder
        self.allowedOrigins = allowedOrigins
        self.prefix = prefix
    }
}

/// Builds the web server: the Prometheus API, the gateway's own API, and the pages.
public enum WebApplication {
    /// What the metrics say that the server counts, by their names.
    public static let metricHelp: [(name: String, help: String)] = [
        ("queries_total", "Queries over HTTP, by how they ended."),
        ("query_limits_exceeded_total", "Queries that would exceed a limit, by the limit."),
        ("query_duration_seconds", "How long the evaluation of queries took."),
        ("query_samples_read_total", "Samples that queries read."),
        ("remote_write_samples_total", "Pushed samples that are stored."),
        ("remote_write_refused_samples_total", "Pushed samples that are not, by the reason."),
        (
            "remote_write_refused_requests_total",
            "Requests of remote write that cannot be read, by the reason."
        ),
        ("requests_refused_total", "Requests refused because too many were under way."),
        ("http_requests_total", "HTTP requests, by the status of the answer."),
        ("http_request_duration_seconds", "How long it took to make answers, by route."),
        ("http_requests_in_flight", "HTTP requests under way."),
    ]

    /// How long a connection is kept on which nothing comes, be it between requests or inside one.
    private static var connectionPatience: TimeAmount { .seconds(90) }

    /// Builds the router; tests call it without a socket.
    ///
    /// - Parameters:
    ///   - backend: answers the questions.
    ///   - pagesFolder: holds the pages and their assets.
    ///   - allowedOrigins: whose pages may read answers.
    ///   - prefix: the path below which everything stands.
    ///   - clock: times the comments on quiet event streams.
    ///   - metrics: keeps what the server counts of its own work.
    /// - Returns: the router, to be run by an application.
    public static func router(
        _ backend: some GatewayBackend,
        pagesFolder: String,
        allowedOrigins: Set<String> = [],
        prefix: SitePrefix = .none,
        clock: some Clock<Duration> = ContinuousClock(),
        metrics: any MetricsFactory = NOOPMetricsHandler.instance
    ) -> Router<GatewayRequestContext> {
        router(
            backend,
            WebSettings(pagesFolder: pagesFolder, allowedOrigins: allowedOrigins, prefix: prefix),
            clock: clock,
            metrics: metrics,
            connections: nil
        )
    }

    private static func router(
        _ backend: some GatewayBackend,
        _ settings: WebSettings,
        clock: some Clock<Duration>,
        metrics: any MetricsFactory,
        connections: Connections?
    ) -> Router<GatewayRequestContext> {
        let router = Router(
            context: GatewayRequestContext.self,
            options: .autoGenerateHeadEndpoints
        )
        router.add(middleware: CompressionMiddleware())
        router.add(middleware: OriginMiddleware(allowed: settings.allowedOrigins))
        router.add(middleware: FaultMiddleware(prefix: settings.prefix))
        // The innermost: it counts errors while they are errors.
        router.add(middleware: RequestMetricsMiddleware(factory: metrics, prefix: settings.prefix))
        let site = router.group(RouterPath(settings.prefix.path))
        let prometheus = site.group("api/v1")
        let metrics = WebMetrics(metrics)
        let threads = QueryThreads(metrics)
        QueryRoutes(
            backend: backend,
            threads: threads,
            metrics: metrics,
            connections: connections
        ).add(to: prometheus)
        ExpressionRoutes().add(to: prometheus)
        WriteRoutes(backend: backend, metrics: metrics, connections: connections)
            .add(to: prometheus)
        SeriesRoutes(backend: backend).add(to: prometheus)
        MetadataRoutes(backend: backend).add(to: prometheus)
        RuleRoutes(backend: backend).add(to: prometheus)
        let status = StatusRoutes(backend: backend, threads: threads)
        status.add(to: prometheus)
        status.addProbes(to: site)
        let own = site.group("api/langso/v1")
        let writeGuard = WriteGuard(allowedOrigins: settings.allowedOrigins)
        GatewayRoutes(backend: backend, clock: clock, writeGuard: writeGuard).add(to: own)
        InboxRoutes(backend: backend, writeGuard: writeGuard).add(to: own)
        CommandRoutes(backend: backend, writeGuard: writeGuard).add(to: own)
        DeviceChangeRoutes(backend: backend, writeGuard: writeGuard).add(to: own)
        PageRoutes(folder: settings.pagesFolder, prefix: settings.prefix).add(to: site)
        if settings.prefix != .none {
            // Whoever types the address of the machine alone finds the pages.
            router.get("/") { _, _ in
                Response.redirect(to: "\(settings.prefix.path)/", type: .found)
            }
        }
        return router
    }

    /// Builds the server.
    ///
    /// - Parameters:
    ///   - backend: answers the questions.
    ///   - settings: address, port and pages.
    ///   - metrics: keeps what the server counts of its own work.
    ///   - clock: times the comments on quiet event streams.
    ///   - logger: takes the server's own messages.
    ///   - onListening: called once with the port that the system gave.
    /// - Returns: the server, to be run in a service group.
    public static func application(
        _ backend: some GatewayBackend,
        settings: WebSettings,
        metrics: any MetricsFactory,
        clock: some Clock<Duration> = ContinuousClock(),
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let connections = Connections()
        return Application(
            router: router(
                backend,
                settings,
                clock: clock,
                metrics: metrics,
                connections: connections
            ),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [connections.watcher()],
                    idleTimeout: connectionPatience
                )
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
