import Foundation
import MQTT
import Synchronization
import TestKit
import Testing

/// Presence at a real broker: kept words, wills, and contradiction.
@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct PresenceTests {
    /// The last payload that a subscriber has seen.
    private final class Watcher: Sendable {
        let seen = Mutex<[String]>([])
        let session: BrokerSession

        init(port: Int, topic: String) throws {
            let sink = Sink()
            session = try BrokerSession(
                BrokerSettings(
                    host: "127.0.0.1",
                    port: port,
                    clientID: "watcher",
                    topics: [TopicFilter(topic)]
                ),
                sink: sink
            )
            sink.take = { [weak self] text in self?.seen.withLock { $0.append(text) } }
            try session.start()
        }

        var last: String? { seen.withLock { $0.last } }
    }

    private final class Sink: MessageSink, @unchecked Sendable {
        // Unchecked: set once before the session starts.
        var take: (String) -> Void = { _ in }

        func receive(topic: RawSpan, payload: RawSpan, delivery: Delivery) -> Intake {
            take(unsafe payload.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
            return .accepted
        }

        func commit() {}
    }

    private static let topic = "spBv1.0/STATE/host"

    private static func presence(_ clock: @escaping @Sendable () -> Int64) -> Presence {
        Presence(
            topic: topic,
            payload: { Array("\($0) \($1)".utf8) },
            isAbsence: { $0.starts(with: "false".utf8) },
            clock: clock
        )
    }

    private static func settings(_ port: Int, _ client: String) -> BrokerSettings {
        BrokerSettings(host: "127.0.0.1", port: port, clientID: client)
    }

    @Test func `presence is said when connected, contradicted to others, absence at the end`()
        throws
    {
        let broker = try BrokerProcess()
        let watcher = try Watcher(port: broker.port, topic: Self.topic)
        let publisher = try BrokerPublisher(
            Self.settings(broker.port, "host"),
            presence: Self.presence { 77 }
        )
        #expect(BrokerWaiting.until { watcher.last == "true 77" })
        let other = try BrokerPublisher(Self.settings(broker.port, "other"))
        try other.publish(topic: Self.topic, payload: Array("false 99".utf8), retain: true)
        try other.flush()
        #expect(
            BrokerWaiting.until {
                watcher.seen.withLock { $0.suffix(2) } == ["false 99", "true 77"]
            }
        )
        #expect(publisher.stop())
        #expect(BrokerWaiting.until { watcher.last == "false 77" })
        #expect(watcher.session.stop())
    }

    @Test func `the will has the time of its connection, and so has the birth after it`() throws {
        let broker = try BrokerProcess()
        let watcher = try Watcher(port: broker.port, topic: Self.topic)
        let count = Mutex<Int64>(0)
        let publisher = try BrokerPublisher(
            Self.settings(broker.port, "host"),
            presence: Self.presence {
                count.withLock {
                    $0 += 1; return $0
                }
            }
        )
        #expect(BrokerWaiting.until { watcher.last == "true 1" })
        // Another client of the name throws the first out: its will is published.
        let thief = try BrokerPublisher(Self.settings(broker.port, "host"))
        #expect(BrokerWaiting.until { watcher.seen.withLock { $0.contains("false 1") } })
        thief.stop()
        #expect(BrokerWaiting.until { publisher.status.state == .connected })
        let birth = count.withLock { "true \($0)" }
        #expect(birth != "true 1")
        #expect(BrokerWaiting.until { watcher.last == birth })
        publisher.stop()
        #expect(watcher.session.stop())
    }

    @Test func `a message at QoS 0 counts as acknowledged when it was sent`() throws {
        let broker = try BrokerProcess()
        let watcher = try Watcher(port: broker.port, topic: "a")
        #expect(BrokerWaiting.until { watcher.session.status.state == .connected })
        let publisher = try BrokerPublisher(Self.settings(broker.port, "p"), window: 2)
        for number in 0..<10 {
            try publisher.publish(
                topic: "a",
                payload: Array("\(number)".utf8),
                quality: .atMostOnce
            )
        }
        try publisher.flush()
        #expect(publisher.status.acknowledged == 10)
        #expect(BrokerWaiting.until { watcher.last == "9" })
        publisher.stop()
        #expect(watcher.session.stop())
    }
}
