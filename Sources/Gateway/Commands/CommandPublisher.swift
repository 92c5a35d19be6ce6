internal import Commands
internal import MQTT
internal import Telemetry

/// The connection with the broker that commands go by.
///
/// Where the settings say MQTT 5 the broker drops what it could not pass on in time, and says what
/// it refuses.
struct CommandPublisher: Sendable {
    private let publisher: BrokerPublisher

    /// Opens the connection.
    ///
    /// - Throws: `MQTTError` for settings that cannot be right.
    init(_ settings: BrokerSettings) throws(MQTTError) {
        publisher = try BrokerPublisher(settings)
    }

    /// Whether the broker listens.
    var isConnected: Bool { publisher.status.state == .connected }

    /// Hands an order's messages over, each until the order's time is over.
    ///
    /// - Throws: `MQTTError`; the messages before the one that was not taken are on their way.
    func publish(_ order: HandedOrder, at now: Instant) throws(MQTTError) {
        let lifetime = order.open.lifetime(at: now)
        for message in order.open.order.messages {
            order.take()
            do throws(MQTTError) {
                try publisher.publish(
                    topic: message.topic,
                    payload: message.payload,
                    quality: message.isAtMostOnce ? .atMostOnce : .atLeastOnce,
                    within: .zero,
                    lifetime: .milliseconds(lifetime.count)
                ) { order.end($0) }
            } catch {
                order.untake()
                throw error
            }
        }
    }

    /// Ends the connection.
    func stop() { publisher.stop() }
}
