internal import MQTT
internal import Synchronization

/// Publishes notifications so that a broker that comes and goes hears of each once.
///
/// The publisher beneath sends what it took again by itself, also on its next connection. So
/// nothing is given to it while it is not connected, and nothing a second time.
final class TopicPublisher: Sendable {
    private let publisher: BrokerPublisher
    /// Messages that the publisher has taken and the broker has not acknowledged.
    private let underWay = Mutex<Set<String>>([])

    init(_ publisher: BrokerPublisher) { self.publisher = publisher }

    /// Publishes, or goes on waiting for what was published before; holds its thread.
    func publish(
        _ text: String,
        on topic: String,
        within duration: Duration
    ) throws(NotificationSender.Failure) {
        let message = "\(topic) \(text)"
        do {
            if !underWay.withLock({ $0.contains(message) }) {
                guard publisher.status.state == .connected else {
                    let reason = publisher.status.lastError.map { "\($0)" }
                    throw NotificationSender.Failure(
                        description: reason ?? "not yet connected to publish on \(topic)",
                        isPermanent: false
                    )
                }
                try publisher.publish(topic: topic, payload: Array(text.utf8), within: duration)
                underWay.withLock { _ = $0.insert(message) }
            }
            try publisher.flush(within: duration)
            underWay.withLock { _ = $0.remove(message) }
        } catch let failure as NotificationSender.Failure {
            throw failure
        } catch {
            throw NotificationSender.Failure(description: "\(error)", isPermanent: false)
        }
    }
}
