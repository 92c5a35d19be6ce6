import Foundation
@testable import Gateway
import MQTT
import Synchronization
import Telemetry
import TestKit
import Testing

/// What a broker sends again after a connection broke, from a stand-in that sends what it is told.
@Suite(.oneAtATime) struct RedeliveryTests {
    private static func messages(_ numbers: [(identifier: Int, value: Int)]) -> [UInt8] {
        numbers.flatMap { number in
            BrokerStandInConnection.publishPacket(
                topic: "numbers/\(number.value)",
                payload: NumberedMessages.payload(number.value),
                identifier: number.identifier
            )
        }
    }

    /// The gateway's next connection; the gateway needs the shared threads to make it.
    private static func connection(
        to broker: BrokerStandIn
    ) async throws -> BrokerStandInConnection {
        let deadline = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < deadline {
            if let connection = broker.accept(within: .zero) { return connection }
            await GatewayUnderTest.tick()
        }
        return try #require(nil as BrokerStandInConnection?, "the gateway did not connect")
    }

    /// CONNACK of a kept session, messages, and only then the answer to the subscription.
    private func greet(_ connection: BrokerStandInConnection, _ messages: [UInt8]) throws {
        #expect(try #require(connection.receive()).kind == 0x10)
        connection.send([0x20, 2, 1, 0] + messages)
        while let packet = connection.receive() {
            guard packet.kind == 0x80 else { continue }
            connection.send([0x90, 3, packet.body[0], packet.body[1], 1])
            return
        }
        Issue.record("no subscription came")
    }

    private func counts(
        first: [(identifier: Int, value: Int)],
        again: [(identifier: Int, value: Int)]
    ) async throws -> [String] {
        let broker = try BrokerStandIn()
        let folder = try TemporaryFolder("langso-redelivery")
        let rule = try GatewayUnderTest.plain("numbers/+", profile: NumberedMessages.profile)
        var settings = try GatewayUnderTest.settings(
            folder,
            port: broker.port,
            subscriptions: [rule]
        )
        settings.profilesFolder = try NumberedMessages.writeProfile(in: folder)
        // Each message arrives at a time of its own, so that a second copy is a second sample.
        let ticks = TickingClock(GatewayUnderTest.midnight)
        let gateway = try await GatewayUnderTest(settings, clock: { ticks.next() })
        do {
            let connection = try await Self.connection(to: broker)
            try greet(connection, Self.messages(first))
            connection.send(Self.messages([(9, 99)]))
            try await gateway.wait(forMessages: UInt64(first.count + 1))
        }
        let connection = try await Self.connection(to: broker)
        try greet(connection, Self.messages(again))
        try await gateway.wait(forMessages: UInt64(first.count + 1 + again.count))
        let lines = try await gateway.query(
            "count_over_time(water_volume_cubic_metres_total[1d])",
            at: GatewayUnderTest.midnight + .hours(12)
        )
        try await gateway.stop()
        return lines.compactMap { $0.split(separator: "=> ").last?.prefix { $0 != " " } }
            .map(String.init)
    }

    @Test func `what comes again before the subscription's answer is not measured twice`()
        async throws
    {
        let counts = try await counts(
            first: [(1, 10), (2, 11), (3, 12)],
            again: [(1, 10), (2, 11), (3, 12), (4, 13)]
        )
        #expect(counts == ["1", "1", "1", "1", "1"])
    }

    @Test func `an equal reading that is new is kept after a reconnection`() async throws {
        let counts = try await counts(
            first: [(1, 10)],
            again: [(2, 10)]
        )
        #expect(counts == ["2", "1"])
    }
}

/// A clock that is a second further at each look.
final class TickingClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant) { time = Mutex(start) }

    func next() -> Instant {
        time.withLock { time in
            time = time + .seconds(1)
            return time
        }
    }
}
