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
        receivers: [ReceiverSettings],
        brokerPort: Int = 1
    ) throws -> GatewaySettings {
        var settings = try GatewayUnderTest.settings(
            folder,
            port: brokerPort,
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

    /// Were the end to wait for the broker's answer, it would be cut off after a minute.
    @Test func `the end does not wait for a broker that acknowledges nothing, and tells it again`()
        async throws
    {
        let folder = try TemporaryFolder("langso-deliver")
        let broker = try BrokerStandIn()
        let siren = ReceiverSettings(name: "siren", kind: .mqtt(topic: "langso/alerts"))
        let settings = try killedGateway(folder, receivers: [siren], brokerPort: broker.port)
        let gateway = try await GatewayUnderTest(settings)
        // The gateway's session and its publisher, in any order.
        let hearing = Hearing()
        async let first: Void = OwnThread.run { hearing.hear(broker) }
        async let second: Void = OwnThread.run { hearing.hear(broker) }
        try await gateway.wait("the siren's message") { hearing.messages.withLock { $0 } == 1 }
        let hasEnded = Mutex(false)
        async let end: Void = {
            try await gateway.stop()
            hasEnded.withLock { $0 = true }
        }()
        try await gateway.wait("the end") { hasEnded.withLock { $0 } }
        _ = try await (first, second, end)
        let stored = try #require(try AlertState.load(settings.dataFolder))
        #expect(stored.schedule.states["siren"]?.waitingCount == 1)
    }
}

/// Lets clients in, grants what they ask for, and acknowledges no message of theirs.
private final class Hearing: Sendable {
    /// How many messages came.
    let messages = Mutex(0)

    /// Serves one client until it goes.
    func hear(_ broker: BrokerStandIn) {
        guard let connection = broker.accept() else { return }
        while let packet = connection.receive(within: .seconds(120)) {
            switch packet.kind {
            case 0x10: connection.send([0x20, 2, 0, 0])
            case 0x80: connection.send([0x90, 3, packet.body[0], packet.body[1], 1])
            case 0x30: messages.withLock { $0 += 1 }
            default: continue
            }
        }
    }
}
