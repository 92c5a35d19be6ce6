internal import CMosquitto

/// Why a broker refused a connection.
///
/// - Source: OASIS MQTT 3.1.1, table 3.1 and MQTT 5.0, table 3-1.
public enum BrokerRefusal: Hashable, Sendable, CustomStringConvertible {
    /// The user is unknown or the password is wrong.
    case badUserOrPassword
    /// The broker knows no permission for this client; mosquitto also answers a wrong password so.
    case notAuthorized
    /// The broker does not speak the version asked for.
    case unsupportedVersion
    /// The broker does not accept the client's name.
    case badClientID
    /// The broker is not ready.
    case unavailable
    /// The broker has banned this client or this address.
    case banned
    /// Another reason, with the protocol's code.
    case other(code: Int)

    init(code: Int32) {
        switch UInt32(bitPattern: code) {
        case CONNACK_REFUSED_PROTOCOL_VERSION.rawValue,
            MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue:
            self = .unsupportedVersion
        case CONNACK_REFUSED_IDENTIFIER_REJECTED.rawValue, MQTT_RC_CLIENTID_NOT_VALID.rawValue:
            self = .badClientID
        case CONNACK_REFUSED_SERVER_UNAVAILABLE.rawValue, MQTT_RC_SERVER_UNAVAILABLE.rawValue,
            MQTT_RC_SERVER_BUSY.rawValue:
            self = .unavailable
        case CONNACK_REFUSED_BAD_USERNAME_PASSWORD.rawValue,
            MQTT_RC_BAD_USERNAME_OR_PASSWORD.rawValue:
            self = .badUserOrPassword
        case CONNACK_REFUSED_NOT_AUTHORIZED.rawValue, MQTT_RC_NOT_AUTHORIZED.rawValue:
            self = .notAuthorized
        case MQTT_RC_BANNED.rawValue:
            self = .banned
        default:
            self = .other(code: Int(code))
        }
    }

    /// Whether the broker may change its mind by itself.
    public var isTemporary: Bool { self == .unavailable }

    /// The reason, and what to do about it.
    public var description: String {
        switch self {
        case .badUserOrPassword:
            "unknown user or wrong password; check both, and the broker's password_file"
        case .notAuthorized:
            "not authorized, or user or password is wrong; check both, "
                + "and the broker's password_file and acl_file"
        case .unsupportedVersion:
            "the broker does not speak this MQTT version; set another"
        case .badClientID:
            "the broker does not accept the client id; choose another"
        case .unavailable:
            "the broker is not ready; it is asked again"
        case .banned:
            "the broker has banned this client; ask who runs it"
        case .other(let code):
            "reason code \(code); look it up in the broker's log"
        }
    }
}
