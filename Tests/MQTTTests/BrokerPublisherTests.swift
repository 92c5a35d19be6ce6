import Foundation
import MQTT
import Synchronization
import TestKit
import Testing

@Suite(.serialized)
struct BrokerPublisherTests {
    @Test func `a full window holds the publisher up until half of it is acknowledged`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port)
        let publisher = try BrokerPublisher(settings, window: 4)
        let connection = try #require(broker.accept())
        #expect(connection.greet(filterCount: 0))
        for number in 0..<4 { try publisher.publish(topic: "a", payload: [UInt8(number)]) }
        let packets = (0..<4).compactMap { _ in connection.receive() }
        #expect(packets.map(\.kind) == [0x30, 0x30, 0x30, 0x30])
        #expect(throws: MQTTError.windowFull(unacknowledged: 4, after: .zero)) {
            try publisher.publish(topic: "a", payload: [4], within: .zero)
        }
        #expect(throws: MQTTError.self) { try publisher.flush(within: .milliseconds(20)) }
        // Identifiers stand behind the topic of three bytes.
        acknowledge(packets[0], on: connection)
        #expect(BrokerWaiting.until { publisher.status.acknowledged == 1 })
        try publisher.publish(topic: "a", payload: [5], within: .zero)
        #expect(publisher.status.unacknowledged == 4)
        for packet in packets.dropFirst() { acknowledge(packet, on: connection) }
        acknowledge(try #require(connection.receive()), on: connection)
        try publisher.flush()
        #expect(publisher.status.acknowledged == 5)
        #expect(publisher.stop())
        #expect(connection.receive()?.kind == 0xE0)
    }

    @Test func `what is unacknowledged when a connection breaks is sent again in order`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port)
        let publisher = try BrokerPublisher(settings)
        var connection = broker.accept()
        #expect(try #require(connection).greet(filterCount: 0))
        for number in 0..<6 { try publisher.publish(topic: "a", payload: [UInt8(number)]) }
        let packets = (0..<6).compactMap { _ in connection?.receive() }
        #expect(packets.count == 6)
        // Answered out of order, as the protocol allows between topics.
        for index in [0, 3] { acknowledge(packets[index], on: try #require(connection)) }
        #expect(BrokerWaiting.until { publisher.status.acknowledged == 2 })
        connection = nil
        let second = try #require(broker.accept())
        #expect(second.greet(filterCount: 0))
        let again = (0..<4).compactMap { _ in second.receive() }
        #expect(again.map { $0.body.last } == [1, 2, 4, 5])
        for packet in again { acknowledge(packet, on: second) }
        try publisher.flush()
        #expect(publisher.status.resent == 4)
        #expect(publisher.status.connections == 2)
    }

    /// Without the end of the wait it would last ten minutes, and fail with another error.
    @Test func `whoever waits for an answer goes on when the publisher is closed`() async throws {
        let broker = try BrokerStandIn()
        let settings = BrokerSettings(host: "127.0.0.1", port: broker.port, clientID: "p")
        let publisher = try BrokerPublisher(settings, window: 1)
        let connection = try #require(broker.accept())
        #expect(connection.greet(filterCount: 0))
        try publisher.publish(topic: "a", payload: [1])
        #expect(connection.receive()?.kind == 0x30)
        let closing = Thread { publisher.close() }
        closing.start()
        #expect(throws: MQTTError.stopped) { try publisher.flush(within: .seconds(600)) }
        #expect(throws: MQTTError.stopped) {
            try publisher.publish(topic: "a", payload: [2], within: .seconds(600))
        }
        #expect(publisher.stop(within: .seconds(20)))
        withExtendedLifetime(connection) {}
    }

    @Test func `a message that the broker refuses is counted and not sent again`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port, version: .v5)
        let publisher = try BrokerPublisher(settings)
        let connection = try #require(broker.accept())
        #expect(connection.receive()?.kind == 0x10)
        connection.send([0x20, 3, 0, 0, 0])
        for number in 0..<2 as Range<UInt8> { try publisher.publish(topic: "a", payload: [number]) }
        let first = try #require(connection.receive())
        let second = try #require(connection.receive())
        // Reason 0x97: quota exceeded.
        connection.send([0x40, 3, first.body[3], first.body[4], 0x97])
        // Reason 0x10: nobody subscribes to it, which is no refusal.
        connection.send([0x40, 3, second.body[3], second.body[4], 0x10])
        try publisher.flush()
        #expect(publisher.status.rejected == 1)
        #expect(publisher.status.lastRejection == 0x97)
        #expect(publisher.status.acknowledged == 1)
        #expect(publisher.status.unacknowledged == 0)
    }

    @Test func `a broker that never comes leaves an error that says so`() throws {
        let settings = SessionUnderTest.settings(port: try BrokerProcess.freePort())
        let publisher = try BrokerPublisher(settings)
        try publisher.publish(topic: "a", payload: [1])
        #expect(BrokerWaiting.until { publisher.status.lastError != nil })
        let error = #expect(throws: MQTTError.self) {
            try publisher.flush(within: .milliseconds(20))
        }
        #expect(error?.description.contains("Connection refused") == true)
        #expect(throws: MQTTError.self) {
            try publisher.waitUntilConnected(within: .milliseconds(20))
        }
        #expect(publisher.stop())
        #expect(throws: MQTTError.stopped) { try publisher.publish(topic: "a", payload: [1]) }
    }

    @Test func `topics and payloads that cannot be published are refused at once`() throws {
        var settings = SessionUnderTest.settings(port: try BrokerProcess.freePort())
        settings.maximumPayloadBytes = 10
        let publisher = try BrokerPublisher(settings)
        for topic in ["", "a/#", "a/+/b", "a\0b", String(repeating: "x", count: 65_536)] {
            #expect(throws: MQTTError.self) { try publisher.publish(topic: topic, payload: []) }
        }
        #expect(throws: MQTTError.payloadTooLarge(topic: "a", byteCount: 11, limit: 10)) {
            try publisher.publish(topic: "a", payload: Array(repeating: 0, count: 11))
        }
        #expect(publisher.status.published == 0)
        #expect(throws: MQTTError.self) { try BrokerPublisher(settings, window: 0) }
    }

    @Test(.enabled(if: BrokerProcess.program != nil), arguments: ProtocolVersion.allCases)
    func `several threads publish through one window`(version: ProtocolVersion) async throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port, version: version)
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port, version: version)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    for number in part * 500..<(part + 1) * 500 {
                        try publisher.publish(topic: "village/m", payload: Array("\(number)".utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
        try publisher.flush()
        #expect(test.hasCommitted(2_000))
        #expect(Set(test.sink.payloads).count == 2_000)
    }

    @Test(.enabled(if: BrokerProcess.program != nil))
    func `identifiers may go round`() throws {
        let broker = try BrokerProcess()
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for _ in 0..<70_000 { try publisher.publish(topic: "nobody", payload: [1]) }
        try publisher.flush()
        #expect(publisher.status.acknowledged == 70_000)
    }

    /// Answers a message on the topic `a`: its identifier stands behind the three bytes of that.
    private func acknowledge(
        _ packet: BrokerStandInConnection.Packet,
        on connection: BrokerStandInConnection
    ) {
        connection.send([0x40, 2, packet.body[3], packet.body[4]])
    }

    /// How messages ended, in the order in which that was said.
    private final class Ends: Sendable {
        private let ends = Mutex<[MessageEnd]>([])

        var all: [MessageEnd] { ends.withLock { $0 } }

        func add(_ end: MessageEnd) { ends.withLock { $0.append(end) } }
    }

    @Test func `what became of each message is said of it, and of no other`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port, version: .v5)
        let publisher = try BrokerPublisher(settings)
        let connection = try #require(broker.accept())
        #expect(connection.receive()?.kind == 0x10)
        connection.send([0x20, 3, 0, 0, 0])
        let ends = (0..<2).map { _ in Ends() }
        for (number, ends) in ends.enumerated() {
            try publisher.publish(topic: "a", payload: [UInt8(number)]) { ends.add($0) }
        }
        let first = try #require(connection.receive())
        let second = try #require(connection.receive())
        // The second is answered first, with 0x87: not authorized.
        connection.send([0x40, 3, second.body[3], second.body[4], 0x87])
        connection.send([0x40, 3, first.body[3], first.body[4], 0])
        try publisher.flush()
        #expect(ends.map(\.all) == [[.acknowledged], [.rejected(code: 0x87)]])
    }

    @Test func `MQTT 5 tells the broker how long a message may be kept`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port, version: .v5)
        let publisher = try BrokerPublisher(settings)
        let connection = try #require(broker.accept())
        #expect(connection.receive()?.kind == 0x10)
        connection.send([0x20, 3, 0, 0, 0])
        try publisher.publish(topic: "a", payload: [9], lifetime: .seconds(600))
        let packet = try #require(connection.receive())
        // Topic, identifier, five bytes of properties: 2 is the message expiry interval.
        #expect(Array(packet.body[5...6]) == [5, 2])
        let seconds = packet.body[7..<11].reduce(0) { $0 << 8 | Int($1) }
        #expect((590...600).contains(seconds) && packet.body.last == 9)
        publisher.stop()
    }

    @Test func `a message whose time is over is not sent again after a dead link`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port)
        let shift = Mutex(Duration.zero)
        let publisher = try BrokerPublisher(
            settings,
            now: { .now + shift.withLock { $0 } }
        )
        var connection = broker.accept()
        #expect(try #require(connection).greet(filterCount: 0))
        let ends = (0..<3).map { _ in Ends() }
        for (number, lifetime) in [Duration.seconds(60), .seconds(7_200)].enumerated() {
            try publisher.publish(topic: "a", payload: [UInt8(number)], lifetime: lifetime) {
                ends[number].add($0)
            }
        }
        #expect(connection?.receive() != nil && connection?.receive() != nil)
        connection = nil
        #expect(BrokerWaiting.until { publisher.status.state != .connected })
        try publisher.publish(topic: "a", payload: [2], lifetime: .seconds(60)) { ends[2].add($0) }
        shift.withLock { $0 = .seconds(3_600) }
        let second = try #require(broker.accept())
        #expect(second.greet(filterCount: 0))
        let again = try #require(second.receive())
        #expect(again.body.last == 1)
        acknowledge(again, on: second)
        try publisher.flush()
        #expect(publisher.status.expired == 2 && publisher.status.acknowledged == 1)
        #expect(ends[0].all == [.expired(mayHaveArrived: true)])
        #expect(ends[1].all == [.acknowledged])
        #expect(ends[2].all == [.expired(mayHaveArrived: false)])
    }
}
