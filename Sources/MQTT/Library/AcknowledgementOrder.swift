internal import CMosquitto
internal import Glibc
internal import Synchronization

/// Proves that the installed libmosquitto holds acknowledgements back until they are let go.
///
/// That it does is how version 2.0 behaves, not what its makers promise; a later version could
/// acknowledge a message before it is on disk, and nobody would notice until a crash. So it is
/// tried, in each process, against a few bytes of our own on a loopback socket.
enum AcknowledgementOrder {
    /// Tries it until it has been seen once; a machine too busy to answer is asked again.
    static func verify() throws(MQTTError) {
        guard !isProven.withLock({ $0 }) else { return }
        try check()
        isProven.withLock { $0 = true }
    }

    private static let isProven = Mutex(false)

    /// CONNACK, and a PUBLISH at QoS 1 with the identifier 1, topic `t` and payload `x`.
    private static let greetingAndMessage: [UInt8] = [
        0x20, 0x02, 0x00, 0x00,
        0x32, 0x06, 0x00, 0x01, 0x74, 0x00, 0x01, 0x78,
    ]
    /// The PUBACK of that message.
    private static let acknowledgement: [UInt8] = [0x40, 0x02, 0x00, 0x01]
    /// Longest wait for bytes on the loopback.
    private static let patience: Duration = .seconds(5)

    private static func check() throws(MQTTError) {
        let listener = try LoopbackSocket.listening()
        let settings = BrokerSettings(
            host: "127.0.0.1",
            port: try listener.port(),
            clientID: "langso-acknowledgement-check"
        )
        let client = try LibraryClient(settings, clientID: settings.clientID, cleanSession: true)
        try client.connect(settings)
        let broker = try listener.accept(within: patience)
        let witness = Witness()
        client.delegate = witness
        defer { client.close() }
        try client.write()
        _ = broker.receive(within: patience)
        broker.send(greetingAndMessage)
        let end = ContinuousClock.now + patience
        while !witness.hasMessage, ContinuousClock.now < end {
            _ = Readiness.wait(
                socket: client.socket,
                events: Int16(POLLIN),
                wake: nil,
                for: .milliseconds(100)
            )
            try client.read()
        }
        guard witness.hasMessage else { throw failed("it delivered no message of a test") }
        // On the loopback what was written is there at once.
        guard broker.receive(within: .zero).isEmpty else {
            throw failed("it acknowledges messages before they can be made durable")
        }
        try client.write()
        guard broker.receive(within: patience) == acknowledgement else {
            throw failed("it does not acknowledge a message when told to")
        }
    }

    private static func failed(_ reason: String) -> MQTTError {
        var (major, minor, revision): (Int32, Int32, Int32) = (0, 0, 0)
        _ = unsafe mosquitto_lib_version(&major, &minor, &revision)
        return .unsafeAcknowledgements(
            libraryVersion: "\(major).\(minor).\(revision)",
            reason: reason
        )
    }

    private final class Witness: LibraryClientDelegate {
        var hasMessage = false

        func brokerAnswered(code: Int32, sessionWasPresent: Bool) {}

        func received(topic: RawSpan, payload: RawSpan, delivery: Delivery) { hasMessage = true }
    }
}
