import Synchronization

/// A clock that stands until a test moves it.
public final class ManualClock: Clock {
    /// How far it was moved.
    public struct Instant: InstantProtocol {
        var offset: Duration

        /// A later instant.
        public func advanced(by duration: Duration) -> Instant {
            Instant(offset: offset + duration)
        }
        /// The span to another instant.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether one comes before another.
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct State {
        var now = Instant(offset: .zero)
        var nextKey = 0
        var sleepers: [Int: (until: Instant, wake: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state = Mutex(State())
    private let falling = AsyncStream.makeStream(of: Void.self)

    /// Creates one that stands at zero.
    public init() {}

    /// Where it stands.
    public var now: Instant { state.withLock { $0.now } }
    /// The least step.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Waits until it was moved so far.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
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
    public func waitForSleeper() async {
        for await _ in falling.stream { return }
    }

    /// Moves the clock and wakes those whose time has come.
    public func advance(by duration: Duration) {
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
