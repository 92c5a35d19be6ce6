import Synchronization
import TestKit

/// Holds a commit up until a test lets it pass.
final class CommitGate: Sendable {
    private let isShut = Atomic(false)
    private let waiting = Atomic(false)

    func close() { isShut.store(true, ordering: .sequentiallyConsistent) }
    func open() { isShut.store(false, ordering: .sequentiallyConsistent) }

    var isSomebodyWaiting: Bool { waiting.load(ordering: .sequentiallyConsistent) }

    /// Called from inside a commit.
    func pass() {
        guard isShut.load(ordering: .sequentiallyConsistent) else { return }
        waiting.store(true, ordering: .sequentiallyConsistent)
        _ = BrokerWaiting.until { !isShut.load(ordering: .sequentiallyConsistent) }
        waiting.store(false, ordering: .sequentiallyConsistent)
    }
}
