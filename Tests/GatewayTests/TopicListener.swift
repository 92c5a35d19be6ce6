import MQTT
import Synchronization

/// Keeps the payloads of messages below a topic.
final class TopicListener: MessageSink, @unchecked Sendable {
    // Unchecked: the session is set once, the payloads are behind a lock.
    private let received = Mutex<[String]>([])
    private let latest = Mutex<[String: String]>([:])
    private var session: BrokerSession?

    init(port: Int, topic: String, id: String = "listener") throws {
        let settings = BrokerSettings(
            host: "127.0.0.1",
            port: port,
            clientID: id,
            topics: [MQTT.TopicFilter(topic)]
        )
        let session = try BrokerSession(settings, sink: self)
        self.session = session
        try session.start()
    }

    var payloads: [String] { received.withLock { $0 } }

    /// The last payload under each topic; those that were taken back are empty.
    var latestByTopic: [String: String] { latest.withLock { $0 } }

    var isConnected: Bool { session?.status.isConnected == true }

    func receive(topic: RawSpan, payload: RawSpan, delivery: MQTT.Delivery) -> Intake {
        let text = payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let name = topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        received.withLock { $0.append(text) }
        latest.withLock { $0[name] = text }
        return .accepted
    }

    func commit() {}

    func stop() { _ = session?.stop() }
}
