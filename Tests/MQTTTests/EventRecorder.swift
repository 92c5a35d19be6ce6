import MQTT
import Synchronization

/// Keeps the events of a session.
final class EventRecorder: Sendable {
    private let kept = Mutex<[ConnectionEvent]>([])

    var events: [ConnectionEvent] { kept.withLock { $0 } }

    func record(_ event: ConnectionEvent) { kept.withLock { $0.append(event) } }

    /// What each `topicsChanged` said, in order.
    var topicChanges: [[String]] {
        events.compactMap { event in
            guard case .topicsChanged(let topics) = event else { return nil }
            return topics.map(\.pattern)
        }
    }
}
