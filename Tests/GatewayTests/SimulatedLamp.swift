import Foundation
import MQTT
import Synchronization

/// A Tasmota lamp at a real broker: it does what it is told, and reports when it is asked, unless
/// it is deaf.
final class SimulatedLamp: MessageSink, @unchecked Sendable {
    // Unchecked: session and publisher are set once, the rest is behind locks.
    private struct State {
        var isOn = false
        var isDeaf = false
        var heard: [String] = []
    }

    let name: String
    private let state = Mutex(State())
    private let publisher: BrokerPublisher
    private var session: BrokerSession?

    init(_ name: String, port: Int) throws {
        self.name = name
        publisher = try BrokerPublisher(
            BrokerSettings(host: "127.0.0.1", port: port, clientID: "lamp-\(name)")
        )
        let settings = BrokerSettings(
            host: "127.0.0.1",
            port: port,
            clientID: "lamp-\(name)-ear",
            topics: [MQTT.TopicFilter("cmnd/\(name)/#")]
        )
        let session = try BrokerSession(settings, sink: self)
        self.session = session
        try session.start()
    }

    /// What it was told: the last level of each topic and the payload.
    var heard: [String] { state.withLock { $0.heard } }

    var isConnected: Bool { session?.status.isConnected == true }

    /// Has it do nothing of what it is told, as a lamp without power, or do it again.
    func set(isDeaf: Bool) { state.withLock { $0.isDeaf = isDeaf } }

    /// Reports by itself, as it does every five minutes.
    func report(isOn: Bool? = nil) throws {
        let on = state.withLock { state in
            if let isOn { state.isOn = isOn }
            return state.isOn
        }
        try publisher.publish(
            topic: "tele/\(name)/STATE",
            payload: Array(#"{"POWER":"\#(on ? "ON" : "OFF")"}"#.utf8)
        )
    }

    func receive(topic: RawSpan, payload: RawSpan, delivery: MQTT.Delivery) -> Intake {
        let last =
            topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            .split(separator: "/").last.map(String.init) ?? ""
        let text = payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let answer: String? = state.withLock { state in
            state.heard.append("\(last) \(text)")
            guard !state.isDeaf else { return nil }
            if last == "POWER" { state.isOn = text == "ON" }
            return last == "STATUS" ? (state.isOn ? "ON" : "OFF") : nil
        }
        if let answer {
            // Told twice, as the same message on a bad line.
            for _ in 0..<2 {
                try? publisher.publish(
                    topic: "stat/\(name)/STATUS\(text)",
                    payload: Array(#"{"StatusSTS":{"POWER":"\#(answer)"}}"#.utf8),
                    within: .zero
                )
            }
        }
        return .accepted
    }

    func commit() {}

    func stop() {
        _ = session?.stop()
        _ = publisher.stop()
    }
}
