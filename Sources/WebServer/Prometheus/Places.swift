internal import Synchronization

/// Places that are few; whoever finds none waits for one, first come, first served.
///
/// How many may wait is limited by whoever lets them come.
final class Places: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// Creates so many places.
    init(_ count: Int) { state = Mutex(State(free: count)) }

    /// Does something when there is a place for it.
    ///
    /// - Throws: what the body throws.
    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
        defer { leave() }
        return try await body()
    }

    private func leave() {
        let next = state.withLock { state in
            let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            if next == nil { state.free += 1 }
            return next
        }
        next?.resume()
    }
}
