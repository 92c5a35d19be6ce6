internal import Synchronization

/// An attempt to connect, on a thread of its own.
///
/// Looking up a name and connecting can take minutes in the library; the thread that asks goes on
/// serving its sink meanwhile. An attempt that nobody waits for any more ends by itself.
final class ConnectionAttempt: Sendable {
    /// Given when ``take()`` has something.
    let finished: WakeSignal
    private let outcome = Mutex<Result<LibraryClient, MQTTError>?>(nil)

    init(
        _ settings: BrokerSettings,
        clientID: String,
        cleanSession: Bool,
        will: LastWill? = nil
    ) throws(MQTTError) {
        finished = try WakeSignal()
        _ = try WorkThread { [self] in
            let result = Self.connect(
                settings,
                clientID: clientID,
                cleanSession: cleanSession,
                will: will
            )
            outcome.withLock { $0 = result }
            finished.signal()
        }
    }

    /// The client, connected and not yet greeted, or why there is none; nil while it is tried.
    func take() -> Result<LibraryClient, MQTTError>? {
        outcome.withLock { $0.take() }
    }

    private static func connect(
        _ settings: BrokerSettings,
        clientID: String,
        cleanSession: Bool,
        will: LastWill?
    ) -> Result<LibraryClient, MQTTError> {
        Result { () throws(MQTTError) in
            let client = try LibraryClient(
                settings,
                clientID: clientID,
                cleanSession: cleanSession
            )
            if let will { try client.set(will) }
            try client.connect(settings)
            return client
        }
    }
}
