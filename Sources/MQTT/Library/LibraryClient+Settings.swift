internal import CMosquitto
internal import Glibc

extension LibraryClient {
    /// Sets what the library must know before it connects.
    func apply(_ settings: BrokerSettings) throws(MQTTError) {
        let version = settings.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        try set(MOSQ_OPT_PROTOCOL_VERSION, version, "version")
        try set(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(settings.receiveMaximum), "receive maximum")
        // No limit of the library's: a publisher keeps its own window.
        try set(MOSQ_OPT_SEND_MAXIMUM, 0, "send maximum")
        // What must wait for company is corked; everything else goes at once.
        try set(MOSQ_OPT_TCP_NODELAY, 1, "no delay")
        if let user = settings.user {
            let code = unsafe mosquitto_username_pw_set(handle, user, settings.password?.text)
            try check(code, "user and password")
        }
        if let tls = settings.tls { try apply(tls) }
    }

    /// Has the broker publish something when the connection that is made next breaks.
    func set(_ will: LastWill) throws(MQTTError) {
        let code = unsafe will.payload.withUnsafeBytes { bytes in
            unsafe mosquitto_will_set(
                handle,
                will.topic,
                Int32(bytes.count),
                bytes.baseAddress,
                QualityOfService.atLeastOnce.rawValue,
                true
            )
        }
        try check(code, "will")
    }

    private func apply(_ tls: TLSSettings) throws(MQTTError) {
        for (role, path) in [
            ("certificate authority", tls.authorityFile),
            ("client certificate", tls.certificateFile),
            ("client key", tls.keyFile),
        ] {
            guard let path, unsafe access(path, R_OK) != 0 else { continue }
            let reason = SystemError.text(errno)
            throw .unreadableFile(role: role, path: path, reason: reason)
        }
        // The library insists on an authority of its own beside a client certificate.
        let folder = tls.authorityFile == nil ? Self.systemAuthorities : nil
        let code = unsafe mosquitto_tls_set(
            handle,
            tls.authorityFile,
            folder,
            tls.certificateFile,
            tls.keyFile
        ) { buffer, size, _, context in
            guard let buffer = unsafe buffer, let context = unsafe context else { return 0 }
            // OpenSSL hands over the library's handle; without an answer of ours it would ask
            // at the terminal.
            let own = unsafe mosquitto_userdata(OpaquePointer(context))
            guard let own = unsafe own else { return 0 }
            let client = unsafe Unmanaged<LibraryClient>.fromOpaque(own).takeUnretainedValue()
            return unsafe client.copyKeyPassword(
                to: UnsafeMutableRawBufferPointer(
                    start: buffer,
                    count: Int(size)
                )
            )
        }
        try check(code, "certificates")
    }

    private func copyKeyPassword(to buffer: UnsafeMutableRawBufferPointer) -> Int32 {
        let bytes = Array((keyPassword?.text ?? "").utf8)
        guard bytes.count <= buffer.count else { return 0 }
        unsafe buffer.copyBytes(from: bytes)
        return Int32(bytes.count)
    }

    /// Where Debian and its kin keep the authorities that the system trusts.
    private static let systemAuthorities = "/etc/ssl/certs"

    private func set(_ option: mosq_opt_t, _ value: Int32, _ name: String) throws(MQTTError) {
        try check(unsafe mosquitto_int_option(handle, option, value), name)
    }
}
