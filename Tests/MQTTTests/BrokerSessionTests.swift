import Foundation
import MQTT
import TestKit
import Testing

/// Sessions with a real mosquitto.
@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct BrokerSessionTests {
    @Test(arguments: ProtocolVersion.allCases)
    func `messages arrive once and in order`(version: ProtocolVersion) throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port, version: version)
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port, version: version)
        try publisher.publish(0..<2_000)
        #expect(test.hasCommitted(2_000))
        #expect(test.sink.payloads == (0..<2_000).map { "\($0)" })
        let first = try #require(test.sink.committed.first)
        #expect(first.topic == "village/v01/test")
        let delivery = Delivery(quality: .atLeastOnce, isRetained: false, packetIdentifier: 1)
        #expect(first.delivery == delivery)
        #expect(BrokerWaiting.until { test.status.counters.messages == 2_000 })
        #expect(publisher.status.acknowledged == 2_000)
        #expect(try #require(test.status.lastMessageAge) < .seconds(20))
        #expect(test.session.stop())
        #expect(test.status.state == .stopped)
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `the broker keeps what comes while the session is away`(version: ProtocolVersion) throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port, version: version)
        let first = try SessionUnderTest(settings)
        #expect(first.isConnected())
        #expect(!first.status.sessionWasPresent)
        #expect(first.session.stop())
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        try publisher.publish(0..<1_500)
        let second = try SessionUnderTest(settings, previousTopics: settings.topics)
        #expect(second.hasCommitted(1_500))
        #expect(second.status.sessionWasPresent)
        #expect(second.sink.payloads == (0..<1_500).map { "\($0)" })
    }

    @Test func `a broker that is down at the start is found when it comes up`() throws {
        let port = try BrokerProcess.freePort()
        let test = try SessionUnderTest(SessionUnderTest.settings(port: port))
        #expect(BrokerWaiting.until { test.status.counters.connectionAttempts >= 3 })
        #expect(test.status.lastError?.description.contains("Connection refused") == true)
        #expect(!test.status.isConnected)
        let broker = try BrokerProcess(port: port)
        #expect(test.isConnected())
        try SessionUnderTest.publisher(port: broker.port).publish(0..<10)
        #expect(test.hasCommitted(10))
    }

    @Test func `a host that does not exist is reported and tried again`() throws {
        var settings = SessionUnderTest.settings(port: 1_883)
        settings.address.host = "no-such-host.invalid"
        let test = try SessionUnderTest(settings)
        #expect(BrokerWaiting.until { test.status.lastError != nil })
        #expect(test.status.lastError?.description.contains("no-such-host.invalid:1883") == true)
        #expect(test.session.stop())
    }

    @Test func `a session subscribes again after the broker lost everything`() throws {
        let broker = try BrokerProcess { port, _ in
            "listener \(port) 127.0.0.1\nallow_anonymous true\npersistence false\n"
        }
        let test = try SessionUnderTest(SessionUnderTest.settings(port: broker.port))
        #expect(test.isConnected())
        for round in 1...3 {
            broker.kill()
            #expect(BrokerWaiting.until { !test.status.isConnected })
            try broker.start()
            #expect(test.isConnected())
            #expect(!test.status.sessionWasPresent)
            let numbers = round * 10..<round * 10 + 10
            try SessionUnderTest.publisher(port: broker.port).publish(numbers)
            #expect(test.hasCommitted(round * 10))
        }
        #expect(test.status.counters.connectionsLost == 3)
        #expect(test.status.counters.connections == 4)
    }

    @Test func `a broker restarted in mid-stream loses nothing it had acknowledged`() throws {
        let broker = try BrokerProcess()
        let test = try SessionUnderTest(SessionUnderTest.settings(port: broker.port))
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for round in 0..<3 {
            for number in 0..<300 {
                let payload = Array("\(round * 300 + number)".utf8)
                try publisher.publish(topic: "village/x", payload: payload)
                guard number == 150 else { continue }
                broker.stop()
                try broker.start()
            }
        }
        try publisher.flush(within: .seconds(20))
        #expect(test.hasCommitted(900))
        #expect(Set(test.sink.payloads) == Set((0..<900).map { "\($0)" }))
    }

    @Test func `a broker killed in mid-stream finds session and publisher back`() throws {
        let broker = try BrokerProcess()
        let test = try SessionUnderTest(SessionUnderTest.settings(port: broker.port))
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for round in 0..<3 {
            let topic = "village/round\(round)"
            for number in 0..<150 { try publisher.publish(topic: topic, payload: [UInt8(number)]) }
            broker.kill()
            try broker.start()
        }
        // What was unacknowledged at a kill is sent again; what the broker had acknowledged and
        // not saved is its own loss. All that comes after it is back must arrive.
        try publisher.flush(within: .seconds(20))
        #expect(test.isConnected())
        try publisher.publish(0..<100, topic: "village/after")
        #expect(
            BrokerWaiting.until {
                test.sink.committed.filter { $0.topic == "village/after" }.count >= 100
            }
        )
    }

    @Test func `a paused sink is left alone, loses nothing and can be woken`() throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port)
        let sink = RecordingSink()
        sink.pause(after: 100)
        let test = try SessionUnderTest(settings, sink: sink)
        #expect(test.isConnected())
        try SessionUnderTest.publisher(port: broker.port).publish(0..<1_000)
        #expect(BrokerWaiting.until { test.status.isPaused })
        #expect(test.hasCommitted(100))
        #expect(sink.received.count == 100)
        sink.pause(after: .max)
        test.session.wake()
        #expect(test.hasCommitted(1_000))
        #expect(sink.payloads == (0..<1_000).map { "\($0)" })
        #expect(test.status.counters.pauses == 1)
        #expect(test.recorder.events.filter { $0 == .paused || $0 == .resumed }.count == 2)
    }

    @Test func `a disk that fails for a while loses nothing`() throws {
        let broker = try BrokerProcess()
        let test = try SessionUnderTest(SessionUnderTest.settings(port: broker.port))
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for round in 0..<5 {
            test.sink.failCommits(true)
            try publisher.publish(round * 200..<(round + 1) * 200)
            let failures = test.status.counters.commitFailures
            #expect(BrokerWaiting.until { test.status.counters.commitFailures > failures })
            test.sink.failCommits(false)
        }
        #expect(test.hasCommitted(1_000))
        #expect(Set(test.sink.payloads) == Set((0..<1_000).map { "\($0)" }))
    }

    @Test func `another thread reaches the sink also while the broker is away`() throws {
        let settings = SessionUnderTest.settings(port: try BrokerProcess.freePort())
        let test = try SessionUnderTest(settings)
        for _ in 0..<3 {
            let before = test.sink.wakes
            let commits = test.sink.commits
            test.session.wake()
            #expect(BrokerWaiting.until { test.sink.wakes > before && test.sink.commits > commits })
        }
        // What is asked for just before the end is still done.
        let before = test.sink.wakes
        test.session.wake()
        #expect(test.session.stop())
        #expect(test.sink.wakes > before)
    }

    @Test(arguments: ProtocolVersion.allCases)
    func `a payload above the limit is counted and does not stop the stream`(
        version: ProtocolVersion
    ) throws {
        let broker = try BrokerProcess()
        var settings = SessionUnderTest.settings(port: broker.port, version: version)
        settings.maximumPayloadBytes = 1_000
        let test = try SessionUnderTest(settings)
        #expect(test.isConnected())
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        for size in [1_000, 1_001, 5_000, 400_000, 4] {
            try publisher.publish(topic: "village/s", payload: Array(repeating: 65, count: size))
        }
        try publisher.flush()
        #expect(BrokerWaiting.until { test.sink.committed.count == 2 })
        #expect(test.sink.committed.map(\.payload.utf8.count) == [1_000, 4])
        // MQTT 5 lets the broker keep the very large one to itself.
        let tooLarge = version == .v5 ? [1_001, 5_000] : [1_001, 5_000, 400_000]
        #expect(BrokerWaiting.until { test.status.counters.tooLargeMessages == tooLarge.count })
        #expect(test.sink.tooLarge == tooLarge)
    }

    @Test func `retained and empty messages are told apart`() throws {
        let broker = try BrokerProcess()
        let publisher = try SessionUnderTest.publisher(port: broker.port)
        try publisher.publish(topic: "village/r", payload: [49], retain: true)
        try publisher.flush()
        let test = try SessionUnderTest(SessionUnderTest.settings(port: broker.port))
        #expect(BrokerWaiting.until { test.sink.committed.count == 1 })
        try publisher.publish(topic: "village/r", payload: [])
        try publisher.flush()
        #expect(BrokerWaiting.until { test.sink.committed.count == 2 })
        #expect(test.sink.committed.map(\.delivery.isRetained) == [true, false])
        #expect(test.sink.payloads == ["1", ""])
        #expect(BrokerWaiting.until { test.status.counters.retainedMessages == 1 })
    }

    @Test func `two sessions with one id are told that there may be two`() throws {
        let broker = try BrokerProcess()
        let settings = SessionUnderTest.settings(port: broker.port)
        let first = try SessionUnderTest(settings)
        let second = try SessionUnderTest(settings)
        #expect(
            BrokerWaiting.until {
                [first, second].contains { test in
                    test.status.lastError?.description.contains("another client") == true
                }
            }
        )
    }

    @Test func `a broker that says why it ends a connection is heard`() throws {
        let broker = try BrokerStandIn()
        let settings = SessionUnderTest.settings(port: broker.port, version: .v5)
        let test = try SessionUnderTest(settings)
        let connection = try #require(broker.accept())
        #expect(connection.receive()?.kind == 0x10)
        connection.send([0x20, 3, 0, 0, 0])
        let subscribe = try #require(connection.receive())
        connection.send([0x90, 4, subscribe.body[0], subscribe.body[1], 0, 1])
        #expect(test.isConnected())
        // Reason 0x8E: session taken over.
        connection.send([0xE0, 1, 0x8E])
        #expect(BrokerWaiting.until { test.status.lastError != nil })
        #expect(test.status.lastError?.description.contains("another client") == true)
    }

    @Test func `a silent connection is pinged`() throws {
        let broker = try BrokerStandIn()
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.keepAliveSeconds = 5
        let test = try SessionUnderTest(settings)
        let connection = try #require(broker.accept())
        #expect(connection.greet())
        #expect(connection.receive()?.kind == 0xC0)
        connection.send([0xD0, 0])
        #expect(test.status.isConnected)
    }

    @Test func `a broker that never answers is given up and tried again`() throws {
        let broker = try BrokerStandIn()
        var settings = SessionUnderTest.settings(port: broker.port)
        settings.answerTimeout = .milliseconds(100)
        let test = try SessionUnderTest(settings)
        // Held open, and never answered.
        let first = try #require(broker.accept())
        #expect(first.receive()?.kind == 0x10)
        let isTriedAgain = BrokerWaiting.until {
            let status = test.status
            return status.counters.connectionAttempts >= 2
                && status.lastError?.description.contains("gave no answer") == true
        }
        let status = test.status
        #expect(isTriedAgain, "\(status.counters), \(String(describing: status.lastError))")
    }
}
