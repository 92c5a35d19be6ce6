/// Why a broker could not be used.
public enum MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A setting cannot be right; mend it.
    case badSetting(name: String, value: String, reason: String)
    /// A certificate or key cannot be read; mend its path or its permissions.
    case unreadableFile(role: String, path: String, reason: String)
    /// No connection came about; it is tried again.
    case unreachable(BrokerAddress, reason: String)
    /// The broker answered, and said no.
    case refused(BrokerAddress, BrokerRefusal)
    /// The encrypted connection could not be set up; check certificates and names.
    case encryptionFailed(BrokerAddress, reason: String)
    /// The broker did not answer in time.
    case timedOut(BrokerAddress, waitingFor: String, after: Duration)
    /// A connection broke; it is made again.
    case connectionLost(BrokerAddress, reason: String)
    /// A topic cannot be published to.
    case badTopic(String, reason: String)
    /// A payload is larger than the limit.
    case payloadTooLarge(topic: String, byteCount: Int, limit: Int)
    /// The window of unacknowledged messages stayed full; the broker is away or slow.
    case windowFull(unacknowledged: Int, after: Duration)
    /// Messages are still unacknowledged after the time that was given.
    case unacknowledged(count: Int, after: Duration, reason: String)
    /// The connection was stopped before.
    case stopped
    /// The system has no thread or descriptor left.
    case outOfResources(what: String, reason: String)
    /// The installed libmosquitto does not hold acknowledgements back until they are let go, so
    /// that messages could be lost; install the version that the documentation names.
    case unsafeAcknowledgements(libraryVersion: String, reason: String)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .badSetting(let name, let value, let reason):
            "cannot use \(name) \"\(value)\": \(reason)"
        case .unreadableFile(let role, let path, let reason):
            "cannot read \(role) \(path): \(reason); check the path and its permissions"
        case .unreachable(let address, let reason):
            "cannot connect to the broker at \(address): \(reason); "
                + "check that it runs and listens there"
        case .refused(let address, let refusal):
            "the broker at \(address) refused the connection: \(refusal)"
        case .encryptionFailed(let address, let reason):
            "cannot encrypt the connection to \(address): \(reason); "
                + "check the certificate authority, the broker's name in its certificate, "
                + "and the dates of both"
        case .timedOut(let address, let waitingFor, let duration):
            "the broker at \(address) gave no \(waitingFor) within \(duration); "
                + "check that the port speaks MQTT, with or without TLS as set here"
        case .connectionLost(let address, let reason):
            "lost the connection to the broker at \(address): \(reason)"
        case .badTopic(let topic, let reason):
            "cannot publish to \"\(topic)\": \(reason)"
        case .payloadTooLarge(let topic, let byteCount, let limit):
            "cannot publish \(byteCount) bytes to \"\(topic)\": the limit is \(limit) bytes"
        case .windowFull(let unacknowledged, let duration):
            "cannot publish: \(unacknowledged) messages are unacknowledged and none was "
                + "acknowledged within \(duration); check the broker"
        case .unacknowledged(let count, let duration, let reason):
            "\(count) published messages are unacknowledged after \(duration): \(reason)"
        case .stopped:
            "cannot publish: the connection was stopped"
        case .outOfResources(let what, let reason):
            "cannot create \(what): \(reason)"
        case .unsafeAcknowledgements(let version, let reason):
            "cannot use libmosquitto \(version): \(reason); install version 2.0.11 of Debian 12"
        }
    }

    /// Whether trying again soon is of no use, because somebody has to change something first.
    public var needsAttention: Bool {
        switch self {
        case .refused(_, let refusal): !refusal.isTemporary
        case .encryptionFailed, .unreadableFile, .badSetting, .unsafeAcknowledgements: true
        default: false
        }
    }
}
