import Alerting
import Foundation
@testable import Gateway
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// Notifications on their way while the gateway runs, and over its end.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct DeliveryServiceTests {
    private static func notification(for receiver: String) throws -> Alerting.Notification {
        let json = """
            {"version":"4","groupKey":"{}:{n=\\"1\\"}","truncatedAlerts":0,\
            "status":"firing","receiver":"\(receiver)","groupLabels":{},"commonLabels":{},\
            "commonAnnotations":{},"externalURL":"","alerts":[]}
            """
        return try JSONDecoder().decode(Alerting.Notification.self, from: Data(json.utf8))
    }

    /// A gateway that was killed while it told both receivers.
    private func killedGateway(
        _ folder: TemporaryFolder,
        receivers: [ReceiverSettings]
    ) throws -> GatewaySettings {
        var settings = try GatewayUnderTest.settings(
            folder,
            port: 1,
            subscriptions: [try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")]
        )
        settings.receivers = receivers
        // So long that whoever waits for one receiver before the next is seen to.
        settings.receiverTimeout = .minutes(10)
        try StorageFolder(settings.dataFolder).createIfMissing()
        var schedule = DeliverySchedule(receivers: receivers.map(\.name))
        let now = GatewayRuntime.systemClock()
        for receiver in receivers {
            _ = schedule.enqueue(try Self.notification(for: receiver.name), at: now)
        }
        #expect(schedule.start(at: now).count == receivers.count)
        try AlertState(book: AlertBook(), schedule: schedule).store(settings.dataFolder)
        return settings
    }

    @Test func `what was under way at a kill is told, though a receiver before it never answers`()
        async throws
    {
        let folder = try TemporaryFolder("langso-deliver")
        // It takes the connection and says nothing.
        let silent = try BrokerStandIn()
        let crew = Webhook()
        let (port, server) = try await crew.serve()
        defer { server.cancel() }
        func hook(_ port: Int) -> ReceiverSettings.Kind {
            .webhook(url: "http://127.0.0.1:\(port)/hook")
        }
        let settings = try killedGateway(
            folder,
            receivers: [
                ReceiverSettings(name: "a silent one", kind: hook(silent.port)),
                ReceiverSettings(name: "crew", kind: hook(port)),
            ]
        )
        let gateway = try await GatewayUnderTest(settings)
        let alerts = gateway.runtime.alerts
        try await gateway.wait("the crew") { await alerts.deliveries["crew"]?.deliveredCount == 1 }
        #expect(crew.posts.withLock { $0.count } == 1)
        let other = await alerts.deliveries["a silent one"]
        #expect(other?.failedAttemptCount == 0, "the other one is still waited for")
        #expect(other?.waitingCount == 1)
        // The end does not wait for it, and does not forget it.
        try await gateway.stop()
        let stored = try #require(try AlertState.load(settings.dataFolder))
        #expect(stored.schedule.states["a silent one"]?.waitingCount == 1)
        #expect(stored.schedule.states["crew"]?.waitingCount == 0)
    }
}
