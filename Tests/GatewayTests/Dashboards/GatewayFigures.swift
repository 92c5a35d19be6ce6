import Alerting
import Commands
import Decoding
@testable import Gateway
import Ingest
import MQTT
import Metering
import RingStore
import Telemetry
import TestKit

/// The figures of a gateway that serves the simulated village.
struct GatewayFigures {
    private let deliveries = DeliverySchedule(receivers: ["to-dien"]).states
    private let alertmanagers: [String: AlertmanagerFigures.Counts]
    private let startedAt: Instant

    /// The figures of a gateway that tells a receiver and an Alertmanager.
    init(startedAt: Instant) {
        self.startedAt = startedAt
        let figures = AlertmanagerFigures()
        figures.note("http://127.0.0.1:9093", sent: 3)
        alertmanagers = figures.all
    }

    /// What its parts count by themselves while the village's messages arrive.
    func families(of store: borrowing DemoStore, at now: Instant) -> [MetricFamily] {
        var figures = StoreWorkerFigures()
        figures.ingest = store.pipeline.counters
        figures.checkpoints = figures.ingest.messages / 10_000
        figures.journal.sizeBytes = 256 << 20
        var connection = ConnectionStatus()
        connection.state = .connected
        connection.lastMessageAt = .now
        connection.counters.messages = figures.ingest.messages
        connection.counters.commits = figures.ingest.messages / 4
        connection.counters.connections = 1
        var rules = AlertService.Figures()
        rules.evaluations = UInt64((now - startedAt).count / 60_000)
        rules.failures = rules.evaluations / 10
        rules.corrections = rules.evaluations / 20
        rules.lastDuration = .milliseconds(120)
        return OwnMetrics(
            figures: figures,
            statistics: store.pipeline.store.statistics,
            connection: connection,
            deliveries: deliveries,
            alertmanagers: alertmanagers,
            openAlerts: 4,
            rules: rules,
            uptime: now - startedAt,
            commands: CommandFigures(
                open: 1,
                results: [.init(kind: .switchOn, state: .confirmed): 2]
            )
        ).families
    }

    /// What a running gateway has counted by swift-metrics after some requests, and after some
    /// more.
    ///
    /// - Throws: what keeps it from running.
    static func counted() async throws -> (before: [MetricFamily], after: [MetricFamily]) {
        let folder = try TemporaryFolder("langso-figures")
        let settings = try GatewayUnderTest.settings(
            folder,
            // Nobody listens there: pages need no broker.
            port: 1,
            subscriptions: [try GatewayUnderTest.nothing()]
        )
        let gateway = try await GatewayUnderTest(settings)
        func ask() async throws -> [MetricFamily] {
            for query in ["1", "("] {
                _ = try await gateway.get("/api/v1/query?query=\(query)")
            }
            return gateway.runtime.metrics.families
        }
        let (before, after) = (try await ask(), try await ask())
        try await gateway.stop()
        // Removed before, it would be made again by what the gateway writes at its end.
        withExtendedLifetime(folder) {}
        return (before, after)
    }
}
