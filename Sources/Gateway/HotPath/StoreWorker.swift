internal import Foundation
internal import Ingest
internal import RingStore
internal import Synchronization
internal import Telemetry

/// The thread that owns the store: takes committed batches in order, answers with snapshots, makes
/// checkpoints.
///
/// All methods may be called from any thread.
final class StoreWorker: @unchecked Sendable {
    // Unchecked: everything mutable is under the condition's lock; the pipeline is the thread's.

    /// Something that is done on the store's thread, between two batches.
    typealias Command = @Sendable (inout IngestPipeline) -> Void

    private enum Work {
        case batch(RecordBatch)
        case command(Command, ifStopped: @Sendable () -> Void)
    }

    /// Batches that may wait; the intake pauses above.
    ///
    /// At 1 000 messages of 300 bytes each they take 2.4 MB.
    static let queueCapacity = 8
    /// Longest time between checkpoints while anything changed.
    static let checkpointInterval: TimeInterval = 15 * 60
    /// Pause after a checkpoint that failed.
    static let checkpointRetryPause: TimeInterval = 10
    /// Longest wait for a snapshot with everything that was committed; then the last one is given.
    static let snapshotPatience: TimeInterval = 0.25

    private struct Shared {
        var work: [Work] = []
        var waitingBatches = 0
        var free: [RecordBatch] = []
        var enqueued: UInt64 = 0
        var snapshot: StoreSnapshot?
        /// How many of the enqueued the snapshot shows.
        var shown: UInt64 = 0
        var isSnapshotWanted = false
        var isCheckpointWanted = false
        var isEnding = false
        var isStopping = false
        var hasStopped = false
        var safePosition: UInt64 = 0
        var figures = StoreWorkerFigures()
    }

    private let condition = NSCondition()
    private var shared = Shared()
    private let clock: @Sendable () -> Instant
    private let onFault: @Sendable (String) -> Void
    private let onDrained = Mutex<@Sendable () -> Void>({})
    private let onRound = Mutex<Command>({ _ in })

    init(clock: @escaping @Sendable () -> Instant, onFault: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.onFault = onFault
    }

    // MARK: Intake

    /// Tells whom to call when an intake that was held up may go on, before anything is taken.
    func whenDrained(_ body: @escaping @Sendable () -> Void) { onDrained.withLock { $0 = body } }

    /// Tells what is done on the store's thread after each round of work, and before the first.
    func afterRounds(_ body: @escaping Command) { onRound.withLock { $0 = body } }

    /// Whether a paused intake may go on.
    var isDrained: Bool { read { $0.waitingBatches <= Self.queueCapacity / 2 } }

    /// The journal may overwrite everything before this position.
    var safePosition: UInt64 { read { $0.safePosition } }

    /// An empty batch, one that came back where there is one.
    func freshBatch() -> RecordBatch {
        locked({ $0.free.popLast() }) ?? RecordBatch(capacityBytes: 512 << 10)
    }

    /// Takes a committed batch; false when no more should come for now.
    func take(_ batch: RecordBatch) -> Bool {
        locked {
            $0.work.append(.batch(batch))
            $0.enqueued += 1
            $0.waitingBatches += 1
            return $0.waitingBatches < Self.queueCapacity
        }
    }

    /// Notes figures of the journal.
    func note(_ statistics: JournalStatistics, head: UInt64) {
        locked {
            $0.figures.journal = statistics
            $0.figures.journalHead = head
        }
    }

    /// Notes something that was refused before the journal; it is counted and logged.
    func noteRefused(_ reason: String) {
        locked { $0.figures.refusedMessages += 1 }
        onFault(reason)
    }

    // MARK: Everybody

    /// Runs something on the store's thread and gives its result back; nil when it has stopped.
    func run<Result: Sendable>(
        _ body: @escaping @Sendable (inout IngestPipeline) -> Result
    ) async -> Result? {
        await withCheckedContinuation { continuation in
            perform { pipeline in
                continuation.resume(returning: body(&pipeline))
            } ifStopped: {
                continuation.resume(returning: nil)
            }
        }
    }

    /// Has something run on the store's thread, or the other where the thread has stopped.
    func perform(
        _ command: @escaping Command,
        ifStopped: @escaping @Sendable () -> Void = {}
    ) {
        let isTaken = locked { shared in
            guard !shared.hasStopped else { return false }
            shared.work.append(.command(command, ifStopped: ifStopped))
            shared.enqueued += 1
            return true
        }
        if !isTaken { ifStopped() }
    }

    /// A snapshot that shows everything enqueued before this call, or after a quarter of a second
    /// the newest there is.
    func snapshot() -> StoreSnapshot? {
        latest(until: Date(timeIntervalSinceNow: Self.snapshotPatience)).snapshot
    }

    /// A snapshot that shows everything enqueued before this call; nil when there is none before
    /// the deadline.
    func snapshot(until deadline: Date) -> StoreSnapshot? {
        let (snapshot, isComplete) = latest(until: deadline)
        return isComplete ? snapshot : nil
    }

    private func latest(until deadline: Date) -> (snapshot: StoreSnapshot?, isComplete: Bool) {
        condition.lock()
        defer { condition.unlock() }
        let wanted = shared.enqueued
        while shared.shown < wanted, !shared.hasStopped, !shared.isEnding {
            shared.isSnapshotWanted = true
            condition.broadcast()
            guard condition.wait(until: deadline) else { break }
        }
        return (shared.snapshot, shared.shown >= wanted || shared.hasStopped)
    }

    /// Figures at this moment.
    var figures: StoreWorkerFigures { read { $0.figures } }

    /// Has a checkpoint made soon.
    func requestCheckpoint() {
        locked { $0.isCheckpointWanted = true }
    }

    /// Lets everybody who waits for a snapshot go on: the gateway ends.
    func letGo() { locked { $0.isEnding = true } }

    /// Takes what is waiting, makes a checkpoint, and ends; returns when it has ended.
    func stop() {
        condition.lock()
        shared.isStopping = true
        condition.broadcast()
        while !shared.hasStopped { condition.wait() }
        condition.unlock()
    }

    /// Reads under the lock.
    private func read<Result>(_ body: (borrowing Shared) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body(shared)
    }

    /// Changes under the lock, and wakes whoever waits for a change.
    private func locked<Result>(_ body: (inout Shared) -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        let result = body(&shared)
        condition.broadcast()
        return result
    }

    // MARK: The thread

    /// Serves until it is stopped; the thread that calls it owns the pipeline.
    ///
    /// - Parameters:
    ///   - pipeline: takes the batches.
    ///   - journalBytes: size of the journal's ring: a checkpoint is due at half of it.
    ///   - onReady: is called once, when snapshots can be asked for.
    func serve(
        _ pipeline: consuming IngestPipeline,
        journalBytes: UInt64,
        onReady: () -> Void
    ) {
        var pipeline = pipeline
        let onRound = onRound.withLock { $0 }
        publish(&pipeline, shown: 0)
        onRound(&pipeline)
        onReady()
        var nextCheckpoint = Date(timeIntervalSinceNow: Self.checkpointInterval)
        var retryAt = Date.distantPast
        while let work = nextWork(until: nextCheckpoint) {
            for item in work {
                switch item {
                case .batch(let batch):
                    pipeline.take(batch)
                    giveBack(batch)
                case .command(let command, _): command(&pipeline)
                }
            }
            onRound(&pipeline)
            let wanted = noteProgress(&pipeline, done: UInt64(work.count))
            let pending = pipeline.position - pipeline.store.journalPosition
            let isDue =
                wanted || pipeline.isCheckpointDue || pending > journalBytes / 2
                || Date.now >= nextCheckpoint && pending > 0
            // One that failed, as on a full disk, is not tried again with each batch.
            guard isDue, Date.now >= retryAt else {
                if Date.now >= nextCheckpoint {
                    nextCheckpoint = Date(timeIntervalSinceNow: Self.checkpointInterval)
                }
                continue
            }
            let isDone = checkpoint(&pipeline)
            let pause = isDone ? Self.checkpointInterval : Self.checkpointRetryPause
            nextCheckpoint = Date(timeIntervalSinceNow: pause)
            retryAt = isDone ? .distantPast : nextCheckpoint
        }
        _ = checkpoint(&pipeline)
        publish(&pipeline, shown: .max)
    }

    /// Notes that the thread has ended and the folder is free.
    func ended() {
        let left = locked { shared in
            shared.hasStopped = true
            defer { shared.work.removeAll() }
            return shared.work
        }
        onRound.withLock { $0 = { _ in } }
        for case .command(_, let ifStopped) in left { ifStopped() }
    }

    /// Work in order, none when only the time or a wish for a snapshot has come; nil at the end.
    private func nextWork(until deadline: Date) -> [Work]? {
        condition.lock()
        defer { condition.unlock() }
        while shared.work.isEmpty, !shared.isStopping, !shared.isSnapshotWanted,
            !shared.isCheckpointWanted
        {
            guard condition.wait(until: deadline) else { break }
        }
        if shared.work.isEmpty, shared.isStopping { return nil }
        let work = shared.work
        shared.work.removeAll(keepingCapacity: true)
        return work
    }

    private func giveBack(_ batch: RecordBatch) {
        batch.removeAll()
        let isDrained = locked {
            $0.waitingBatches -= 1
            if $0.free.count < Self.queueCapacity { $0.free.append(batch) }
            return $0.waitingBatches == Self.queueCapacity / 2
        }
        if isDrained { onDrained.withLock { $0 }() }
    }

    /// Notes what was done, publishes when somebody waits; tells whether a checkpoint is wanted.
    private func noteProgress(_ pipeline: inout IngestPipeline, done: UInt64) -> Bool {
        let counters = pipeline.counters
        let awaited = pipeline.awaitedCounts.all
        tellRefusals(counters)
        let (wantsSnapshot, wantsCheckpoint, finished) = locked {
            $0.figures.ingest = counters
            $0.figures.awaited = awaited
            $0.figures.doneCount += done
            let wishes = ($0.isSnapshotWanted, $0.isCheckpointWanted)
            $0.isSnapshotWanted = false
            $0.isCheckpointWanted = false
            return (wishes.0, wishes.1, $0.figures.doneCount)
        }
        if wantsSnapshot { publish(&pipeline, shown: finished) }
        return wantsCheckpoint
    }

    /// Says the first refusal of each reason; the others are counted only.
    private func tellRefusals(_ counters: IngestCounters) {
        let told = read { $0.figures.ingest.firstRefusals }
        for (reason, text) in counters.firstRefusals where told[reason] == nil {
            onFault("\(text); further such samples are only counted")
        }
    }

    private func publish(_ pipeline: inout IngestPipeline, shown: UInt64) {
        let snapshot = pipeline.store.snapshot()
        let safe = pipeline.store.journalPosition
        let letters = pipeline.deadLetters
        locked {
            $0.snapshot = snapshot
            $0.shown = max($0.shown, shown)
            $0.safePosition = safe
            $0.figures.deadLetters = letters
        }
    }

    private func checkpoint(_ pipeline: inout IngestPipeline) -> Bool {
        let began = ContinuousClock.now
        do {
            try pipeline.checkpoint(at: clock())
        } catch {
            locked { $0.figures.failedCheckpoints += 1 }
            onFault("cannot make a checkpoint: \(error)")
            return false
        }
        let done = locked {
            $0.figures.checkpoints += 1
            $0.figures.lastCheckpoint = began.duration(to: .now)
            return $0.figures.doneCount
        }
        publish(&pipeline, shown: done)
        return true
    }
}

/// Figures of the store's thread at one moment.
struct StoreWorkerFigures: Sendable {
    /// Batches and commands that were done.
    var doneCount: UInt64 = 0
    /// What became of messages.
    var ingest = IngestCounters()
    /// Index of undecodable messages as of the last snapshot.
    var deadLetters = DeadLetters()
    /// Messages that wait for codecs.
    var awaited = 0
    /// The journal.
    var journal = JournalStatistics()
    /// End of the journal.
    var journalHead: UInt64 = 0
    /// Messages refused before the journal, as too large.
    var refusedMessages: UInt64 = 0
    /// Checkpoints made since the start.
    var checkpoints: UInt64 = 0
    /// Checkpoints that failed.
    var failedCheckpoints: UInt64 = 0
    /// How long the last one took.
    var lastCheckpoint: Duration = .zero
}
