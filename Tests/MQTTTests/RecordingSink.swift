import MQTT
import Synchronization

/// A sink that keeps what it is given, and fails or pauses when it is told to.
final class RecordingSink: MessageSink {
    struct Message: Hashable {
        let topic: String
        let payload: String
        let delivery: Delivery
    }

    struct Connection: Hashable {
        let sessionWasPresent: Bool
        let messagesBefore: Int
    }

    struct CommitRefused: Error, CustomStringConvertible {
        let description = "the test's disk is full"
    }

    private struct State {
        var received: [Message] = []
        /// For each connection, how many messages had come before it.
        var connections: [Connection] = []
        var committed: [Message] = []
        var tooLarge: [Int] = []
        var wakes = 0
        var commits = 0
        var failsCommits = false
        var pausesAfter = Int.max
    }

    private let state = Mutex(State())
    private let beforeCommit: @Sendable () -> Void

    init(beforeCommit: @escaping @Sendable () -> Void = {}) {
        self.beforeCommit = beforeCommit
    }

    // MARK: What the session calls

    func connected(sessionWasPresent: Bool) {
        state.withLock {
            let connection = Connection(
                sessionWasPresent: sessionWasPresent,
                messagesBefore: $0.received.count
            )
            $0.connections.append(connection)
        }
    }

    func receive(topic: RawSpan, payload: RawSpan, delivery: Delivery) -> Intake {
        let message = Message(
            topic: Self.text(topic),
            payload: Self.text(payload),
            delivery: delivery
        )
        return state.withLock {
            $0.received.append(message)
            return $0.received.count >= $0.pausesAfter ? .acceptedThenPause : .accepted
        }
    }

    func commit() throws {
        beforeCommit()
        try state.withLock {
            $0.commits += 1
            if $0.failsCommits { throw CommitRefused() }
            $0.committed = $0.received
        }
    }

    var isReady: Bool { state.withLock { $0.received.count < $0.pausesAfter } }

    func wokenUp() { state.withLock { $0.wakes += 1 } }

    func tooLarge(topic: RawSpan, byteCount: Int) {
        state.withLock { $0.tooLarge.append(byteCount) }
    }

    // MARK: What tests ask

    var received: [Message] { state.withLock { $0.received } }
    var connections: [Connection] { state.withLock { $0.connections } }
    var committed: [Message] { state.withLock { $0.committed } }
    var payloads: [String] { committed.map(\.payload) }
    var tooLarge: [Int] { state.withLock { $0.tooLarge } }
    var wakes: Int { state.withLock { $0.wakes } }
    var commits: Int { state.withLock { $0.commits } }

    func failCommits(_ fails: Bool) { state.withLock { $0.failsCommits = fails } }
    func pause(after count: Int) { state.withLock { $0.pausesAfter = count } }

    private static func text(_ span: RawSpan) -> String {
        unsafe span.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
