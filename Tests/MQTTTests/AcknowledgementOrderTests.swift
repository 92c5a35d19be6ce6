import TestKit
import Testing

@testable import MQTT

/// No acknowledgement leaves before its message is committed: what the whole gateway rests on.
@Suite(.serialized)
struct AcknowledgementOrderTests {
    private let broker: BrokerStandIn
    private let settings: BrokerSettings

    init() throws {
        broker = try BrokerStandIn()
        settings = SessionUnderTest.settings(port: broker.port)
    }

    /// A connected session whose commits wait while the gate is closed.
    private func gatedSession(
        _ settings: BrokerSettings
    ) throws -> (CommitGate, SessionUnderTest, BrokerStandInConnection) {
        let gate = CommitGate()
        let test = try SessionUnderTest(
            settings,
            sink: RecordingSink(beforeCommit: { gate.pass() })
        )
        let connection = try #require(broker.accept())
        #expect(connection.greet())
        #expect(test.isConnected())
        return (gate, test, connection)
    }

    @Test func `the installed library holds acknowledgements back`() throws {
        try AcknowledgementOrder.verify()
    }

    @Test func `acknowledgements leave after the commit of their messages and not before`() throws {
        let (gate, test, connection) = try gatedSession(settings)
        let sink = test.sink
        gate.close()
        publish(1...5, to: connection)
        #expect(BrokerWaiting.until { gate.isSomebodyWaiting })
        // The session stands inside its commit; what it had written would be here at once.
        #expect(connection.receive(within: .milliseconds(100)) == nil)
        #expect(sink.committed.isEmpty)
        gate.open()
        for number in 1...5 {
            let packet = try #require(connection.receive())
            #expect(packet.kind == 0x40)
            #expect(packet.identifier == number)
            #expect(sink.committed.count >= number)
        }
    }

    @Test func `no acknowledgement leaves while commits fail, and all do when one succeeds`() throws
    {
        let test = try SessionUnderTest(settings)
        let connection = try #require(broker.accept())
        #expect(connection.greet())
        #expect(test.isConnected())

        test.sink.failCommits(true)
        publish(1...3, to: connection)
        #expect(BrokerWaiting.until { test.status.counters.commitFailures >= 3 })
        #expect(connection.receive(within: .milliseconds(50)) == nil)
        #expect(test.status.commitFailure?.contains("disk is full") == true)
        // What comes meanwhile is not even read.
        publish(4...4, to: connection)
        let attempts = test.status.counters.commitFailures
        #expect(BrokerWaiting.until { test.status.counters.commitFailures > attempts })
        #expect(test.sink.received.count <= 4)

        test.sink.failCommits(false)
        for number in 1...4 { #expect(connection.receive()?.identifier == number) }
        #expect(test.sink.payloads == ["1", "2", "3", "4"])
        #expect(test.recorder.events.contains(.commitRecovered))
        #expect(test.status.commitFailure == nil)
    }

    @Test func `acknowledgements die with a connection that breaks while commits fail`() throws {
        let test = try SessionUnderTest(settings)
        var connection = broker.accept()
        #expect(try #require(connection).greet())
        #expect(test.isConnected())
        test.sink.failCommits(true)
        publish(1...2, to: try #require(connection))
        #expect(BrokerWaiting.until { test.status.counters.commitFailures > 0 })
        connection = nil
        #expect(BrokerWaiting.until { test.status.state == .waiting || test.status.state == .held })
        // It does not come back before it can commit.
        #expect(broker.accept(within: .milliseconds(300)) == nil)
        test.sink.failCommits(false)
        let second = try #require(broker.accept())
        #expect(second.greet(sessionIsPresent: true))
        publish(1...2, to: second)
        #expect(second.receive()?.identifier == 1)
        #expect(second.receive()?.identifier == 2)
        #expect(test.sink.payloads == ["1", "2", "1", "2"])
    }

    @Test func `a session that ends while commits fail acknowledges nothing`() throws {
        let test = try SessionUnderTest(settings)
        let connection = try #require(broker.accept())
        #expect(connection.greet())
        #expect(test.isConnected())
        test.sink.failCommits(true)
        publish(1...2, to: connection)
        #expect(BrokerWaiting.until { test.status.counters.commitFailures > 0 })
        #expect(test.session.stop())
        #expect(connection.receive() == nil)
    }

    @Test func `a session that ends commits, acknowledges and says goodbye, in this order`() throws
    {
        let (gate, test, connection) = try gatedSession(settings)
        gate.close()
        publish(1...2, to: connection)
        #expect(BrokerWaiting.until { gate.isSomebodyWaiting })
        #expect(!test.session.stop(within: .milliseconds(50)))
        #expect(connection.receive(within: .milliseconds(50)) == nil)
        gate.open()
        #expect(test.session.stop())
        let kinds = (0..<3).compactMap { _ in connection.receive()?.kind }
        #expect(kinds == [0x40, 0x40, 0xE0])
        #expect(test.sink.payloads == ["1", "2"])
        #expect(test.status.state == .stopped)
    }

    @Test func `a batch ends at its limit, and the next one follows without new bytes`() throws {
        var settings = settings
        settings.batch.messageCount = 10
        let (gate, test, connection) = try gatedSession(settings)
        gate.close()
        publish(1...1, to: connection)
        #expect(BrokerWaiting.until { gate.isSomebodyWaiting })
        publish(2...31, to: connection)
        gate.open()
        for number in 1...31 { #expect(connection.receive()?.identifier == number) }
        #expect(test.status.counters.largestBatch == 10)
        #expect(test.status.counters.messages == 31)
        #expect(test.status.counters.bytes == UInt64(31 * 9 + 9 + 22 * 2))
    }

    @Test func `the sink hears of a connection before what comes over it`() throws {
        let test = try SessionUnderTest(settings)
        do {
            let connection = try #require(broker.accept())
            #expect(connection.greet())
            publish(1...2, to: connection)
            #expect(test.hasCommitted(2))
        }
        let connection = try #require(broker.accept())
        #expect(connection.receive()?.kind == 0x10)
        // CONNACK and a message in one piece, long before the answer to the subscription.
        connection.send([0x20, 2, 1, 0] + Self.packet(3))
        #expect(test.hasCommitted(3))
        let expected = [
            RecordingSink.Connection(sessionWasPresent: false, messagesBefore: 0),
            RecordingSink.Connection(sessionWasPresent: true, messagesBefore: 2),
        ]
        #expect(test.sink.connections == expected)
        #expect(test.sink.committed.map(\.delivery.packetIdentifier) == [1, 2, 3])
        #expect(!test.status.isConnected)
    }

    private func publish(_ numbers: ClosedRange<Int>, to connection: BrokerStandInConnection) {
        // In one piece, so that the session finds all of them when it finds the first.
        connection.send(numbers.flatMap(Self.packet))
    }

    private static func packet(_ number: Int) -> [UInt8] {
        BrokerStandInConnection.publishPacket(
            topic: "village/a",
            payload: Array("\(number)".utf8),
            identifier: number
        )
    }
}
