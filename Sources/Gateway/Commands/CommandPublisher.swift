internal import Commands
internal import MQTT
internal import Synchronization
internal import Telemetry

/// The connection with the broker that commands go by.
///
/// It speaks MQTT 5, by which the broker drops what it could not pass on in time and says what it
/// refuses; where the broker does not know that, the version of the settings.
final class CommandPublisher: Sendable {
    private let settings: BrokerSettings
    private let publisher: Mutex<BrokerPublisher>

    /// Opens the connection.
    ///
    /// - Throws: `MQTTError` for settings that cannot be right.
    init(_ settings: BrokerSettings) throws(MQTTError) {
        self.settings = settings
        var newest = settings
        newest.version = .v5
        publisher = Mutex(try BrokerPublisher(newest))
    }

    /// Whether the broker listens.
    var isConnected: Bool { current.status.state == .connected }

    private var current: BrokerPublisher { publisher.withLock { $0 } }

    /// Connects by the version of the settings when the broker has refused MQTT 5.
    func fallBackIfRefused() async {
        let newer = current
        guard newer.settings.version != settings.version,
            case .refused(_, .unsupportedVersion) = newer.status.lastError,
            // Without the means for a thread now, the next look tries again.
            let older = try? BrokerPublisher(settings)
        else { return }
        publisher.withLock { $0 = older }
        await OwnThread.run { _ = newer.stop() }
    }

    /// Hands an order's messages over, each until the order's time is over.
    ///
    /// - Throws: `MQTTError`; the messages before the one that was not taken are on their way.
    func publish(_ order: HandedOrder, at now: Instant) throws(MQTTError) {
        let publisher = current
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
    func stop() { current.stop() }
}
