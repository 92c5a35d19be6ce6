/// The way into a sink: counts what goes in, commits it, and closes while the sink cannot take
/// more.
///
/// Belongs to the session's thread. ``isUncommitted`` is the fact that all else hangs on: while it
/// is true, nothing may be written to the broker, as acknowledgements stand in that queue.
final class SinkGate {
    /// Whether something was taken that no commit has covered yet.
    private(set) var isUncommitted = false
    /// Whether the sink asked to be left alone.
    private(set) var isPaused = false
    /// When a failed commit is tried again, or nil when none has failed.
    private(set) var retryAt: ContinuousClock.Instant?
    /// Messages seen by this gate, those too large included; tells a read with a message from one
    /// without.
    private(set) var seenCount: UInt64 = 0

    private let sink: any MessageSink
    private let report: SessionReport
    private let maximumPayloadBytes: Int
    private let limits: BatchLimits
    private var backoff: Backoff
    private var batch = Batch()

    /// While a sink is paused it is asked this often whether it is ready, should its owner forget
    /// to wake the session: long enough to cost nothing, short enough to go unnoticed.
    private static let pausePollInterval: Duration = .milliseconds(50)
    /// Pauses between attempts to commit.
    ///
    /// A disk that was full for a moment is tried soon; one that stays full is not hammered.
    private static let commitBackoff = BackoffSettings(
        first: .milliseconds(50),
        cap: .seconds(5)
    )

    private struct Batch {
        var messages: UInt64 = 0
        var bytes: UInt64 = 0
        var retained: UInt64 = 0
        var tooLarge: UInt64 = 0
    }

    init(
        sink: any MessageSink,
        settings: BrokerSettings,
        report: SessionReport,
        random: @escaping @Sendable () -> Double
    ) {
        self.sink = sink
        self.report = report
        maximumPayloadBytes = settings.maximumPayloadBytes
        limits = settings.batch
        backoff = Backoff(Self.commitBackoff, random: random)
    }

    /// Whether messages may be read.
    var isOpen: Bool { !isPaused && !isUncommitted }

    /// Whether the batch has reached a limit of count or bytes.
    var isFull: Bool {
        Int(batch.messages + batch.tooLarge) >= limits.messageCount
            || Int(batch.bytes) >= limits.byteCount
    }

    /// When this gate has something to do by itself, or nil.
    func nextCheck(after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        if let retryAt { return retryAt }
        return isPaused ? now + Self.pausePollInterval : nil
    }

    /// Tells the sink of a new connection.
    func connected(sessionWasPresent: Bool) {
        sink.connected(sessionWasPresent: sessionWasPresent)
    }

    /// Hands a message to the sink.
    func take(topic: RawSpan, payload: RawSpan, delivery: Delivery) {
        isUncommitted = true
        seenCount += 1
        guard payload.byteCount <= maximumPayloadBytes else {
            batch.tooLarge += 1
            sink.tooLarge(topic: topic, byteCount: payload.byteCount)
            return
        }
        batch.messages += 1
        batch.bytes += UInt64(topic.byteCount + payload.byteCount)
        if delivery.isRetained { batch.retained += 1 }
        if sink.receive(topic: topic, payload: payload, delivery: delivery) == .acceptedThenPause {
            isPaused = true
        }
    }

    /// Lets the sink do what another thread asked for; a commit is due then, at once.
    func wokenUp() {
        sink.wokenUp()
        isUncommitted = true
        retryAt = nil
    }

    /// Commits what is due, and asks a paused sink whether it is ready.
    func settle(now: ContinuousClock.Instant) {
        closeBatch(now: now)
        if isUncommitted, retryAt.map({ now >= $0 }) ?? true { commit(now: now) }
        if isPaused, sink.isReady {
            isPaused = false
            report.update { $0.isPaused = false }
            report.tell(.resumed)
        }
    }

    private func commit(now: ContinuousClock.Instant) {
        do {
            try sink.commit()
        } catch {
            let reason = "\(error)"
            let pause = backoff.next()
            retryAt = now + pause
            report.update {
                $0.counters.commitFailures += 1
                $0.commitFailure = reason
            }
            report.tell(.commitFailed(reason: reason, retryAfter: pause))
            return
        }
        isUncommitted = false
        retryAt = nil
        let hadFailed = backoff.attempt > 0
        backoff.reset()
        report.update {
            $0.counters.commits += 1
            $0.commitFailure = nil
        }
        if hadFailed { report.tell(.commitRecovered) }
    }

    private func closeBatch(now: ContinuousClock.Instant) {
        guard batch.messages + batch.tooLarge > 0 else { return }
        let batch = batch
        self.batch = Batch()
        let isPaused = isPaused
        report.update { status in
            status.counters.messages += batch.messages
            status.counters.bytes += batch.bytes
            status.counters.retainedMessages += batch.retained
            status.counters.tooLargeMessages += batch.tooLarge
            status.counters.batches += 1
            status.counters.largestBatch = max(status.counters.largestBatch, batch.messages)
            status.lastMessageAt = now
            if isPaused { status.counters.pauses += 1 }
            status.isPaused = isPaused
        }
        if isPaused { report.tell(.paused) }
    }
}
