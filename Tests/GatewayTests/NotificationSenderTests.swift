import Alerting
import Foundation
@testable import Gateway
import Logging
import MQTT
import Synchronization
import Telemetry
import TestKit
import Testing

/// Notifications over MQTT while the broker comes and goes.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct NotificationSenderTests {
    private static func notification(_ number: Int) throws -> Alerting.Notification {
        let json = """
            {"version":"4","groupKey":"{}:{n=\\"\(number)\\"}","truncatedAlerts":0,\
            "status":"firing","receiver":"siren","groupLabels":{},"commonLabels":{},\
            "commonAnnotations":{},"externalURL":"","alerts":[]}
            """
        return try JSONDecoder().decode(Alerting.Notification.self, from: Data(json.utf8))
    }

    @Test func `what could not be sent while the broker was away comes once`() async throws {
        let port = try BrokerProcess.freePort()
        var settings = BrokerSettings(host: "127.0.0.1", port: port, clientID: "alerts")
        settings.reconnection = BackoffSettings(first: .milliseconds(50), cap: .milliseconds(200))
        let publisher = try BrokerPublisher(settings)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let sender = NotificationSender(
            publisher: TopicPublisher(publisher),
            logger: logger
        )
        let siren = ReceiverSettings(name: "siren", kind: .mqtt(topic: "langso/alerts"))
        let (first, second) = (try Self.notification(1), try Self.notification(2))
        for _ in 0..<4 {
            let failure = await #expect(throws: NotificationSender.Failure.self) {
                try await sender.send(first, to: siren)
            }
            #expect(failure?.isPermanent == false)
        }
        #expect(publisher.status.published == 0, "nothing is piled up for later")
        let broker = try BrokerProcess(port: port)
        let listener = try TopicListener(port: broker.port, topic: "langso/alerts/#")
        await wait { publisher.status.state == .connected && listener.isConnected }
        try await sender.send(first, to: siren)
        try await sender.send(second, to: siren)
        await wait { listener.payloads.count >= 2 }
        #expect(listener.payloads == [try first.json(), try second.json()])
        listener.stop()
        publisher.stop()
    }

    @Test func `what the publisher has taken is not given to it again`() async throws {
        try await OwnThread.run {
            // It accepts the connection and acknowledges nothing.
            let broker = try BrokerStandIn()
            let publisher = try GatewayUnderTest.publisher(port: broker.port)
            let connection = try #require(broker.accept())
            #expect(connection.greet(filterCount: 0))
            try publisher.waitUntilConnected()
            let topics = TopicPublisher(publisher)
            for _ in 0..<3 {
                #expect(throws: NotificationSender.Failure.self) {
                    try topics.publish("{}", on: "langso/alerts/v1/A1", within: .milliseconds(50))
                }
            }
            #expect(publisher.status.published == 1)
            withExtendedLifetime(connection) {
                _ = publisher.stop(within: .milliseconds(100))
            }
        }
    }

    /// Waits until a condition holds, a minute at most; what follows shows whether it does.
    private func wait(until condition: () -> Bool) async {
        let deadline = ContinuousClock.now + .seconds(60)
        while !condition(), ContinuousClock.now < deadline { await GatewayUnderTest.tick() }
    }
}
