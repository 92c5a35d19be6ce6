internal import Synchronization

/// What a session tells others: its status, read from any thread, and its events.
final class SessionReport: Sendable {
    private let current = Mutex(ConnectionStatus())
    private let observer: @Sendable (ConnectionEvent) -> Void

    init(observer: @escaping @Sendable (ConnectionEvent) -> Void) {
        self.observer = observer
    }

    var status: ConnectionStatus { current.withLock { $0 } }

    func update(_ change: (inout sending ConnectionStatus) -> Void) {
        current.withLock { change(&$0) }
    }

    /// Called without the lock, so that an observer may read the status.
    func tell(_ event: ConnectionEvent) { observer(event) }
}
