internal import CMosquitto
internal import Glibc

/// One connection of libmosquitto, from its making to its end.
///
/// It belongs to one thread at a time. The library's "external" thread setting is what makes
/// acknowledgements wait: they are queued while reading and leave in ``write()`` and nowhere else.
/// A new client is made for each connection, so that nothing half read or half sent is carried
/// over.
// Unchecked: a client is made by a ConnectionAttempt's thread, which hands it over through a mutex
// and does not touch it again; from then on only the taker's thread uses it.
@safe final class LibraryClient: @unchecked Sendable {
    /// Who is told of what happens; let go by ``close()``.
    var delegate: (any LibraryClientDelegate)?
    let address: BrokerAddress
    /// What the library logged as errors while connecting.
    var complaints: [String] = []
    let handle: OpaquePointer
    let keyPassword: Secret?
    private let cleanSession: Bool

    /// Creates a client that is not yet connected.
    init(_ settings: BrokerSettings, clientID: String, cleanSession: Bool) throws(MQTTError) {
        try Self.initializeLibrary()
        guard let handle = unsafe mosquitto_new(clientID, cleanSession, nil) else {
            throw .outOfResources(what: "a broker client", reason: SystemError.text(errno))
        }
        unsafe self.handle = unsafe handle
        address = settings.address
        self.cleanSession = cleanSession
        keyPassword = settings.tls?.keyPassword
        unsafe mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        // Before anything else: with the library's default, acknowledgements leave at once.
        try check(unsafe mosquitto_threaded_set(handle, true), "threads")
        try apply(settings)
        setCallbacks()
    }

    deinit { unsafe mosquitto_destroy(handle) }

    /// The socket to wait for, negative when there is no connection.
    var socket: Int32 { unsafe mosquitto_socket(handle) }
    /// Whether something is queued.
    var wantsWrite: Bool { unsafe mosquitto_want_write(handle) }

    /// Looks the host up and connects to it, and waits for both; the greeting is queued.
    func connect(_ settings: BrokerSettings) throws(MQTTError) {
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if settings.version == .v5 {
            let expiry = cleanSession ? 0 : settings.sessionExpirySeconds
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties,
                    Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue),
                    expiry
                ),
                "session expiry"
            )
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties,
                    Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue),
                    UInt32(clamping: settings.maximumPayloadBytes + Self.packetAllowance)
                ),
                "maximum packet size"
            )
        }
        let code = unsafe mosquitto_connect_bind_v5(
            handle,
            address.host,
            Int32(address.port),
            Int32(settings.keepAliveSeconds),
            nil,
            properties
        )
        // The number says why, until the next call.
        let number = errno
        if code != MOSQ_ERR_SUCCESS.code { throw failure(code, number: number) }
    }

    /// Handles one packet, if one is waiting: the library takes no more in a call.
    func read() throws(MQTTError) {
        let code = unsafe mosquitto_loop_read(handle, 1)
        if code != MOSQ_ERR_SUCCESS.code { throw failure(code, number: errno) }
        try checkSocket()
    }

    /// Lets everything go that is queued, acknowledgements too, in as few segments as they fit.
    ///
    /// Without the cork each acknowledgement of four bytes would be a segment: half the speed.
    func write(isCorked: Bool = true) throws(MQTTError) {
        let socket = self.socket
        if isCorked { setCork(socket, 1) }
        let code = unsafe mosquitto_loop_write(handle, 1)
        let number = errno
        if code != MOSQ_ERR_SUCCESS.code { throw failure(code, number: number) }
        // After a DISCONNECT the library has closed the socket; the number may be another's.
        if isCorked, self.socket == socket { setCork(socket, 0) }
    }

    /// Queues a ping when one is due, and notices a broker that answers none.
    func keepAlive() throws(MQTTError) {
        let code = unsafe mosquitto_loop_misc(handle)
        if code != MOSQ_ERR_SUCCESS.code { throw failure(code, number: errno) }
    }

    /// Queues the end of the connection behind everything that is queued.
    func disconnect() throws(MQTTError) {
        try check(unsafe mosquitto_disconnect(handle), "disconnection")
    }

    /// Lets the delegate go; the connection ends with the object, without another word.
    func close() { delegate = nil }

    /// Queues subscriptions of one level; returns the identifier of the broker's answer.
    ///
    /// Retained messages come only for subscriptions that are new to the broker, where MQTT 5
    /// can ask for that.
    func subscribe(_ patterns: [String], quality: QualityOfService) throws(MQTTError) -> Int32 {
        var identifier: Int32 = 0
        let code = unsafe CStringArray.with(patterns) { patterns in
            unsafe mosquitto_subscribe_multiple(
                handle,
                &identifier,
                Int32(patterns.count),
                patterns.baseAddress,
                quality.rawValue,
                Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue),
                nil
            )
        }
        try check(code, "subscription")
        return identifier
    }

    /// Queues the end of subscriptions; returns the identifier of the broker's answer.
    func unsubscribe(_ patterns: [String]) throws(MQTTError) -> Int32 {
        var identifier: Int32 = 0
        let code = unsafe CStringArray.with(patterns) { patterns in
            unsafe mosquitto_unsubscribe_multiple(
                handle,
                &identifier,
                Int32(patterns.count),
                patterns.baseAddress,
                nil
            )
        }
        try check(code, "end of subscription")
        return identifier
    }

    /// Queues a message; returns the identifier of its acknowledgement.
    ///
    /// Its lifetime, with MQTT 5 alone, is how long the broker may keep it, in seconds of which a
    /// begun one counts whole: OASIS MQTT 5.0, 3.3.2.3.3 Message Expiry Interval.
    func publish(
        topic: String,
        payload: [UInt8],
        quality: QualityOfService,
        retain: Bool,
        lifetime: Duration? = nil
    ) throws(MQTTError) -> Int32 {
        var identifier: Int32 = 0
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if let lifetime {
            let code = unsafe mosquitto_property_add_int32(
                &properties,
                Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue),
                UInt32(clamping: lifetime.wholeSeconds)
            )
            try check(code, "message expiry interval")
        }
        let code = unsafe payload.withUnsafeBytes { bytes in
            unsafe mosquitto_publish_v5(
                handle,
                &identifier,
                topic,
                Int32(bytes.count),
                bytes.baseAddress,
                quality.rawValue,
                retain,
                properties
            )
        }
        try check(code, "message")
        return identifier
    }

    /// An error that says what the library and the system say.
    func failure(_ code: Int32, number: Int32) -> MQTTError {
        LibraryFailure(code: code, number: number, complaints: complaints).error(at: address)
    }

    /// A packet may be larger than its payload by its topic and its properties.
    private static let packetAllowance = 65_535 + 4_096

    /// The library is initialized once and stays so until the process ends.
    private static let initialization = mosquitto_lib_init()

    static func initializeLibrary() throws(MQTTError) {
        guard initialization == MOSQ_ERR_SUCCESS.code else {
            throw .outOfResources(what: "the broker library", reason: "code \(initialization)")
        }
    }

    private func setCork(_ socket: Int32, _ value: Int32) {
        var value = value
        // Refused for a socket that is not TCP; then it does nothing and is not needed.
        _ = unsafe setsockopt(
            socket,
            Int32(IPPROTO_TCP),
            TCP_CORK,
            &value,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    /// The library closes the socket without an error when the broker says goodbye.
    private func checkSocket() throws(MQTTError) {
        guard socket < 0 else { return }
        throw .connectionLost(address, reason: "the broker ended the connection")
    }

    func check(_ code: Int32, _ what: String) throws(MQTTError) {
        guard code != MOSQ_ERR_SUCCESS.code else { return }
        throw LibraryFailure(code: code, number: errno, complaints: [what]).error(at: address)
    }
}

extension Duration {
    /// Seconds, a begun one counted whole.
    fileprivate var wholeSeconds: Int64 {
        let (seconds, attoseconds) = components
        return attoseconds > 0 ? seconds + 1 : seconds
    }
}
