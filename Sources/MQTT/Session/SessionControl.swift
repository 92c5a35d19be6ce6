internal import Synchronization

/// What other threads ask of a session's thread.
final class SessionControl: Sendable {
    /// Given with every request.
    let wake: WakeSignal
    private let stopping = Atomic(false)
    private let hasWork = Atomic(false)

    init() throws(MQTTError) { wake = try WakeSignal() }

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Asks for a call of the sink.
    func requestWork() {
        hasWork.store(true, ordering: .releasing)
        wake.signal()
    }

    /// Whether a call of the sink was asked for since the last look.
    func takeWork() -> Bool { hasWork.exchange(false, ordering: .acquiring) }

    /// Asks for the end.
    func requestStop() {
        stopping.store(true, ordering: .releasing)
        wake.signal()
    }
}
