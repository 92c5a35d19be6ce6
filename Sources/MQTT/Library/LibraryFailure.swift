internal import CMosquitto
internal import Glibc

/// A return code of libmosquitto with what is known about it.
struct LibraryFailure {
    let code: Int32
    /// `errno` as the call left it.
    let number: Int32
    /// What the library logged, or what was attempted.
    let complaints: [String]

    /// The error that the code stands for.
    func error(at address: BrokerAddress) -> MQTTError {
        switch mosq_err_t(rawValue: code) {
        case MOSQ_ERR_EAI:
            let words = unsafe gai_strerror(number).map { unsafe String(cString: $0) }
            return .unreachable(address, reason: words ?? "the host name is unknown")
        case MOSQ_ERR_ERRNO where number == EPROTO:
            return .encryptionFailed(address, reason: words)
        case MOSQ_ERR_ERRNO:
            return .unreachable(address, reason: SystemError.text(number))
        case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE, MOSQ_ERR_OCSP:
            return .encryptionFailed(address, reason: words)
        case MOSQ_ERR_CONN_LOST:
            return .connectionLost(address, reason: "the broker closed the connection")
        case MOSQ_ERR_KEEPALIVE:
            return .connectionLost(address, reason: "the broker answered no ping")
        case MOSQ_ERR_NO_CONN:
            return .connectionLost(address, reason: "there is no connection")
        default:
            return .connectionLost(address, reason: words)
        }
    }

    private var words: String {
        let name = unsafe mosquitto_strerror(code).map { unsafe String(cString: $0) }
        let reason = name ?? "code \(code)"
        return complaints.isEmpty ? reason : "\(complaints.joined(separator: "; ")) (\(reason))"
    }
}

extension mosq_err_t {
    /// The constant as the library's functions return it.
    var code: Int32 { rawValue }
}
