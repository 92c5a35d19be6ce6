import Synchronization
import Testing

/// Keeps tests of whole gateways and programs from running at the same time as each other.
///
/// Each has threads, children and deadlines of its own; all at once on two cores they starve one
/// another and wait in vain.
struct OneAtATime: TestTrait, SuiteTrait, TestScoping {
    private static let turn = Turn()

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.turn.take()
        defer { Self.turn.pass() }
        try await function()
    }

    /// A turn that is handed on in the order in which it was asked for.
    private final class Turn: Sendable {
        private struct State {
            var isTaken = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        func take() async {
            await withCheckedContinuation { continuation in
                let isMine = state.withLock { state in
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append(continuation)
                    return false
                }
                if isMine { continuation.resume() }
            }
        }

        func pass() {
            let next = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    state.isTaken = false
                    return nil as CheckedContinuation<Void, Never>?
                }
                return state.waiting.removeFirst()
            }
            next?.resume()
        }
    }
}

extension Trait where Self == OneAtATime {
    /// One test at a time of all that have this trait.
    static var oneAtATime: Self { Self() }
}
