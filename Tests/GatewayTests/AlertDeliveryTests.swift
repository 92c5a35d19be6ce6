import Alerting
import Decoding
import Foundation
@testable import Gateway
import Hummingbird
import MQTT
import Synchronization
import Telemetry
import TestKit
import Testing

/// From a message to a webhook, an MQTT topic and the pages.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct AlertDeliveryTests {
    private static let registry = [
        "units.csv": "code,name,kind\nxa-1,Xã Một,commune\n",
        "villages.csv": "code,name,latitude,longitude\nv1,Bản Một,21.53,107.40\n",
        "memberships.csv": "unit,village,from\nxa-1,v1,2025-07-01\n",
        "devices.csv":
            "code,address,name,kind,profile,village,expected_interval\n"
            + "T-1,t1,Bể Một,water_tank,tank,v1,10m\n",
    ]

    private static let profile = """
        id: tank
        manufacturer: test
        model: tank
        title: Tank
        kind: water_level
        source: test
        families: [plain_json]
        expected_interval: 10m
        messages:
          - time: {path: time}
            json:
              - {quantity: water.tank_fill, path: fill}
        """

    /// Moves only when it is told to.
    private final class ManualTime: Sendable {
        private let time: Mutex<Instant>

        init(_ start: Instant) { time = Mutex(start) }
        var now: Instant { time.withLock { $0 } }
        func advance(_ span: Milliseconds) { time.withLock { $0 = $0 + span } }
    }

    @Test func `a tank that runs low is told once, and told again when it recovers`() async throws {
        let broker = try BrokerProcess()
        let folder = try TemporaryFolder("langso-alerts")
        let webhook = Webhook(refusals: 1)
        let (port, server) = try await webhook.serve()
        defer { server.cancel() }
        let profiles = folder.path(of: "profiles/tank")
        try FileManager.default.createDirectory(atPath: profiles, withIntermediateDirectories: true)
        try Self.profile.write(
            toFile: "\(profiles)/profile.yaml",
            atomically: true,
            encoding: .utf8
        )
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [try GatewayUnderTest.plain("tanks/+", profile: "tank")],
            registry: Self.registry
        )
        settings.profilesFolder = folder.path(of: "profiles")
        settings.receivers = [
            ReceiverSettings(name: "log", kind: .log),
            ReceiverSettings(name: "crew", kind: .webhook(url: "http://127.0.0.1:\(port)/hook")),
            ReceiverSettings(name: "siren", kind: .mqtt(topic: "langso/alerts")),
        ]
        let time = ManualTime(GatewayUnderTest.midnight)
        let gateway = try await GatewayUnderTest(settings, clock: { time.now })
        let listener = try TopicListener(port: broker.port, topic: "langso/alerts/#")
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        var sent: UInt64 = 0
        for minute in 0..<120 {
            // Low from the 20th to the 60th minute.
            let fill = (20..<60).contains(minute) ? 20 : 60
            let text = #"{"time": "\#(time.now.rfc3339)", "fill": \#(fill)}"#
            try publisher.publish(topic: "tanks/t1", payload: Array(text.utf8))
            sent += 1
            try await gateway.wait(forMessages: sent)
            await gateway.runtime.judge(at: time.now)
            await gateway.runtime.alerts.deliver(at: time.now)
            time.advance(.minutes(1))
        }
        // The refused first post is tried again after its pause.
        time.advance(.minutes(10))
        await gateway.runtime.alerts.deliver(at: time.now)
        await gateway.runtime.alerts.deliver(at: time.now)
        publisher.stop()
        let past = await gateway.runtime.alerts.state.book.past
        #expect(past.map(\.name) == ["TankLow"])
        #expect(past.first?.firedAt == GatewayUnderTest.midnight + .minutes(30))
        let posts = webhook.posts.withLock { $0 }
        #expect(posts.count == 2, "\(posts)")
        #expect(posts.first?.contains(#""status":"firing""#) == true)
        #expect(posts.last?.contains(#""status":"resolved""#) == true)
        #expect(posts.first?.contains("Bể nước T-1") == true, "\(posts)")
        try await gateway.wait("MQTT") { listener.payloads.count == 2 }
        let alerts = try await gateway.get("/api/langso/v1/alerts").text
        #expect(alerts.contains("TankLow"))
        let shown = try await gateway.query(
            "max_over_time(ALERTS{alertname=\"TankLow\",alertstate=\"firing\"}[2h])",
            at: GatewayUnderTest.midnight + .minutes(100)
        )
        #expect(shown.count == 1, "the alert is a series too: \(shown)")
        try await gateway.stop()
        listener.stop()
        // The numbers, the past and what was delivered outlive the process.
        let again = try await GatewayUnderTest(settings, clock: { time.now })
        #expect(await again.runtime.alerts.state.book.past.map(\.number) == past.map(\.number))
        await again.runtime.alerts.deliver(at: time.now)
        #expect(webhook.posts.withLock { $0.count } == 2, "nothing is told twice")
        try await again.stop()
    }
}
