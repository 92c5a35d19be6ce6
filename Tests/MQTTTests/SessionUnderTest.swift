import MQTT
import TestKit

/// A session with its sink and its events, made for tests: short pauses, an end with the value.
final class SessionUnderTest: Sendable {
    let session: BrokerSession
    let sink: RecordingSink
    let recorder = EventRecorder()

    init(
        _ settings: BrokerSettings,
        sink: RecordingSink = RecordingSink(),
        previousTopics: [TopicFilter] = []
    ) throws {
        self.sink = sink
        let recorder = recorder
        session = try BrokerSession(
            settings,
            sink: sink,
            previousTopics: previousTopics,
            observer: { recorder.record($0) }
        )
        try session.start()
    }

    deinit { _ = session.stop() }

    var status: ConnectionStatus { session.status }

    func isConnected(within duration: Duration = .seconds(20)) -> Bool {
        BrokerWaiting.until(within: duration) { status.isConnected }
    }

    /// Whether so many different payloads are committed in time.
    func hasCommitted(_ count: Int) -> Bool {
        BrokerWaiting.until { sink.committed.count >= count && Set(sink.payloads).count >= count }
    }

    /// Settings with pauses short enough for tests.
    static func settings(
        port: Int,
        version: ProtocolVersion = .v311,
        clientID: String = "langso-test",
        topics: [TopicFilter] = [TopicFilter("village/#")]
    ) -> BrokerSettings {
        var settings = BrokerSettings(
            host: "127.0.0.1",
            port: port,
            clientID: clientID,
            version: version,
            topics: topics
        )
        settings.reconnection = BackoffSettings(
            first: .milliseconds(20),
            cap: .milliseconds(200),
            refused: .milliseconds(100)
        )
        return settings
    }

    /// A publisher to the same broker, with a client id of its own.
    static func publisher(port: Int, version: ProtocolVersion = .v311) throws -> BrokerPublisher {
        try BrokerPublisher(settings(port: port, version: version, clientID: "langso-publisher"))
    }
}

extension BrokerPublisher {
    /// Publishes the numbers of a range as texts, and waits for their acknowledgements.
    func publish(_ numbers: Range<Int>, topic: String = "village/v01/test") throws {
        for number in numbers { try publish(topic: topic, payload: Array("\(number)".utf8)) }
        try flush(within: .seconds(20))
    }
}
