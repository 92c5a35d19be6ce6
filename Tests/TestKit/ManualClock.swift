import Synchronization

/// A clock that stands until a test moves it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var nextKey = 0
        var sleepers: [Int: (until: Instant, wake: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())
    private let falling = AsyncStream.makeStream(of: Void.self)

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let key = state.withLock { state in
            state.nextKey += 1
            return state.nextKey
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let isDue = state.withLock { state in
                    if Task.isCancelled || state.now >= deadline { return true }
                    state.sleepers[key] = (deadline, wake)
                    return false
                }
                if isDue { wake.resume() }
                falling.continuation.yield()
            }
            try Task.checkCancellation()
        } onCancel: {
            let wake = state.withLock { $0.sleepers.removeValue(forKey: key)?.wake }
            wake?.resume(throwing: CancellationError())
        }
    }

    /// Waits until somebody has fallen asleep since the last call.
    func waitForSleeper() async {
        for await _ in falling.stream { return }
    }

    /// Moves the clock and wakes those whose time has come.
    func advance(by duration: Duration) {
        let due = state.withLock { state in
            let now = state.now.advanced(by: duration)
            state.now = now
            let due = state.sleepers.filter { $0.value.until <= now }
            for key in due.keys { state.sleepers[key] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }
}
