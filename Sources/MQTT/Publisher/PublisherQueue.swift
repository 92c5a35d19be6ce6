internal import Glibc

/// What stands between those who publish and the thread that sends: a bounded window.
///
/// A message occupies the window from its acceptance to its acknowledgement. Whoever finds it full
/// waits until half of it is free again, so that the two threads change over once for many
/// messages and not for each.
// Unchecked: every stored property below the condition is used with the mutex locked only.
@safe final class PublisherQueue: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private let wake: WakeSignal
    private let window: Int
    private var pending: [OutgoingMessage] = []
    private var current = PublisherStatus()
    private var isStopping = false
    private var isSenderAsleep = false
    private var waiterCount = 0

    init(window: Int, wake: WakeSignal) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        // Both fail only for attributes that are not used here, or without memory.
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
        self.wake = wake
        self.window = window
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    var status: PublisherStatus { locked { current } }

    func update(_ change: (inout PublisherStatus) -> Void) {
        locked {
            change(&current)
            unsafe pthread_cond_broadcast(condition)
        }
    }

    // MARK: Those who publish

    /// Puts a message into the window; waits while it is full.
    func append(_ message: OutgoingMessage, within duration: Duration) throws(MQTTError) {
        let outcome: Result<Void, MQTTError> = locked {
            if !isStopping, unacknowledged >= window {
                wait(for: duration) { isStopping || unacknowledged <= window / 2 }
            }
            if isStopping { return .failure(.stopped) }
            // Half free is what is waited for; anything free is enough when time is up.
            if unacknowledged >= window {
                return .failure(.windowFull(unacknowledged: unacknowledged, after: duration))
            }
            pending.append(message)
            current.published += 1
            if isSenderAsleep {
                isSenderAsleep = false
                wake.signal()
            }
            return .success(())
        }
        try outcome.get()
    }

    /// Waits until everything is acknowledged or refused, or nothing more is sent; returns whether
    /// it is.
    func waitUntilEmpty(for duration: Duration) -> Bool {
        locked {
            wait(for: duration) { isStopping || unacknowledged == 0 }
            return unacknowledged == 0
        }
    }

    /// Waits until the status is as wished; returns the status then.
    func wait(
        for duration: Duration,
        until isReached: (PublisherStatus) -> Bool
    ) -> PublisherStatus {
        locked {
            wait(for: duration) { isReached(current) }
            return current
        }
    }

    /// Takes nothing more.
    func close() {
        locked {
            isStopping = true
            wake.signal()
            unsafe pthread_cond_broadcast(condition)
        }
    }

    // MARK: The thread that sends

    var isClosed: Bool { locked { isStopping } }

    /// Appends what was published since the last call.
    ///
    /// Returns whether that was nothing: then, and only then, the sender may sleep, as the next
    /// message wakes it.
    func movePending(to messages: inout [OutgoingMessage]) -> Bool {
        locked {
            isSenderAsleep = pending.isEmpty
            messages.append(contentsOf: pending)
            pending.removeAll(keepingCapacity: true)
            return isSenderAsleep
        }
    }

    /// Frees the window of messages that the broker has answered, or that are not sent any more.
    func answered(acknowledged: Int, rejected: Int, expired: Int, rejection: Int?) {
        locked {
            current.acknowledged += UInt64(acknowledged)
            current.rejected += UInt64(rejected)
            current.expired += UInt64(expired)
            if let rejection { current.lastRejection = rejection }
            if waiterCount > 0, unacknowledged <= window / 2 {
                unsafe pthread_cond_broadcast(condition)
            }
        }
    }

    // MARK: Locking

    private var unacknowledged: Int { Int(current.unacknowledged) }

    private func locked<Answer>(_ body: () -> Answer) -> Answer {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Waits, with the mutex locked, until something is so or time is up.
    private func wait(for duration: Duration, until isSo: () -> Bool) {
        waiterCount += 1
        defer { waiterCount -= 1 }
        var end = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &end)
        let (seconds, attoseconds) = max(.zero, duration).components
        let nanoseconds = Int64(end.tv_nsec) + attoseconds / 1_000_000_000
        end.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        while !isSo() {
            if unsafe pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT { return }
        }
    }
}
