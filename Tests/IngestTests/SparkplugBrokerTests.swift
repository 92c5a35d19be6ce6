import Decoding
import Foundation
import Ingest
import MQTT
import Protobuf
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// A Sparkplug edge node at a real broker: a message is lost, it is asked for a birth, and answers.
@Suite(.serialized, .enabled(if: BrokerProcess.program != nil))
struct SparkplugBrokerTests {
    private struct Heard {
        let topic: String
        let payload: [UInt8]
    }

    private final class Ear: MessageSink {
        let heard = Mutex<[Heard]>([])

        func receive(topic: RawSpan, payload: RawSpan, delivery: Delivery) -> Intake {
            let message = Heard(
                topic: topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) },
                payload: payload.withUnsafeBytes { Array($0) }
            )
            heard.withLock { $0.append(message) }
            return .accepted
        }

        func commit() {}

        func takeAll() -> [Heard] {
            heard.withLock { heard in
                defer { heard.removeAll() }
                return heard
            }
        }
    }

    /// Plays the edge node `village/n1` with one device.
    private struct Node {
        let publisher: BrokerPublisher
        let session: BrokerSession
        let ear = Ear()

        init(port: Int) throws {
            publisher = try BrokerPublisher(
                BrokerSettings(host: "127.0.0.1", port: port, clientID: "node")
            )
            session = try BrokerSession(
                BrokerSettings(
                    host: "127.0.0.1",
                    port: port,
                    clientID: "node-commands",
                    topics: [TopicFilter("spBv1.0/village/NCMD/n1")]
                ),
                sink: ear
            )
            try session.start()
        }

        func say(_ type: String, _ payload: [UInt8], device: String = "") throws {
            try publisher.publish(
                topic: "spBv1.0/village/\(type)/n1\(device)",
                payload: payload,
                quality: .atMostOnce
            )
        }

        func bear() throws {
            try say("NBIRTH", SparkplugIngestTests.nodeBirth)
            try say("DBIRTH", SparkplugIngestTests.deviceBirth, device: "/lamp")
        }
    }

    @Test func `a gap is noticed, a rebirth asked for and answered, and readings go on`() throws {
        let broker = try BrokerProcess()
        let ear = Ear()
        let host = try BrokerSession(
            BrokerSettings(
                host: "127.0.0.1",
                port: broker.port,
                clientID: "host",
                topics: [TopicFilter("spBv1.0/#")]
            ),
            sink: ear
        )
        try host.start()
        let commands = try BrokerPublisher(
            BrokerSettings(host: "127.0.0.1", port: broker.port, clientID: "host-sparkplug")
        )
        let node = try Node(port: broker.port)
        #expect(
            BrokerWaiting.until {
                host.status.state == .connected && node.session.status.state == .connected
            }
        )
        var folder = try IngestFolder(
            try TemporaryFolder(),
            decoder: try SparkplugIngestTests.decoder()
        )
        var now = IngestFolder.now

        /// Takes what comes until so many readings of the lamp are stored.
        func listen(_ count: Int) throws -> Bool {
            try BrokerWaiting.until {
                for message in ear.takeAll() {
                    try folder.send(message.topic, bytes: message.payload, at: now)
                }
                return try folder.samples(SparkplugIngestTests.power).count >= count
            }
        }
        try node.bear()
        #expect(try listen(1))
        // Number 2 is lost on the way.
        now = now + .seconds(1)
        try node.say("DDATA", SparkplugIngestTests.data(3, 40), device: "/lamp")
        #expect(try listen(2))
        #expect(folder.storage.pipeline.takeRequests(at: now).isEmpty)
        now = now + .seconds(3)
        for request in folder.storage.pipeline.takeRequests(at: now) {
            try commands.publish(
                topic: request.topic,
                payload: request.payload,
                quality: .atMostOnce
            )
        }
        var command: Heard?
        #expect(
            BrokerWaiting.until {
                command = node.ear.takeAll().first
                return command != nil
            }
        )
        #expect(command?.topic == "spBv1.0/village/NCMD/n1")
        let name = Array("Node Control/Rebirth".utf8)
        #expect(command?.payload.firstRange(of: name) != nil)
        try node.bear()
        try node.say("DDATA", SparkplugIngestTests.data(2, 41), device: "/lamp")
        #expect(try listen(3))
        #expect(folder.storage.pipeline.takeRequests(at: now + .hours(1)).isEmpty)
        #expect(folder.storage.pipeline.counters.undecodedMessages.isEmpty)
        for publisher in [commands, node.publisher] { publisher.stop() }
        #expect(node.session.stop())
        #expect(host.stop())
    }
}
