internal import Foundation
internal import Ingest
internal import MQTT
internal import RingStore
internal import Telemetry

/// Where the broker's messages go: into a batch, with it into the journal, then to the store.
///
/// Acknowledgements leave after the commit, so what was acknowledged is on disk.
///
/// Owned by the broker session's thread, and after its end by whoever calls ``finish()``; the
/// store's thread reads the batches after the commit.
final class JournalSink: MessageSink, @unchecked Sendable {
    // Unchecked: everything but `worker` and `own`, which lock by themselves, is touched by one
    // thread at a time: the opening one before the session starts, the session's, and the one
    // that finishes after the session has ended.
    private var journal: Journal
    private let worker: StoreWorker
    private let own: OwnSamples
    private let now: @Sendable () -> Instant
    private var batch: RecordBatch
    private var redelivery = RedeliveryFilter()
    private var time: Instant?
    /// The numbers of the gateway's own series in the journal.
    private var numbers = SeriesNumbers()
    /// Portions of the gateway's own samples in the batch.
    private var ownCount = 0
    /// Whether the store's thread is behind, as of the last commit.
    private var mustPause = false

    /// Most bytes of a batch to which the gateway's own samples are added, some thousands of them;
    /// the rest waits outside, where its number has a limit too.
    static let ownBatchBytes = 512 << 10

    init(
        journal: consuming Journal,
        worker: StoreWorker,
        own: OwnSamples,
        now: @escaping @Sendable () -> Instant
    ) {
        self.journal = journal
        self.worker = worker
        self.own = own
        self.now = now
        batch = worker.freshBatch()
    }

    func receive(topic: RawSpan, payload: RawSpan, delivery: Delivery) -> Intake {
        var flags: RecordFlags = []
        if delivery.isRetained { flags.insert(.retained) }
        let identifier = delivery.packetIdentifier
        if redelivery.isActive,
            redelivery.isRedelivered(
                packetIdentifier: identifier,
                topic: topic,
                payload: payload
            )
        {
            flags.insert(.duplicate)
        }
        // One reading of the clock a batch: its messages came within 20 ms.
        let arrival = time ?? now()
        time = arrival
        topic.withUnsafeBytes { topic in
            payload.withUnsafeBytes { payload in
                do {
                    try batch.append(
                        kind: .message,
                        flags: flags,
                        receivedAt: arrival,
                        packetIdentifier: identifier,
                        topic: topic,
                        payload: payload
                    )
                } catch {
                    // The session refuses payloads above the record's limit before they come here.
                    worker.noteRefused("\(error)")
                }
            }
        }
        return mustPause ? .acceptedThenPause : .accepted
    }

    func commit() throws {
        time = nil
        guard !batch.isEmpty else { return }
        journal.protect(from: worker.safePosition)
        do {
            try journal.commit(batch)
        } catch {
            // A full journal waits for the store's next checkpoint; have it made now.
            worker.requestCheckpoint()
            throw error
        }
        worker.note(journal.statistics, head: journal.head)
        mustPause = !worker.take(batch)
        own.noteCommitted(ownCount)
        ownCount = 0
        batch = worker.freshBatch()
        own.wakeIfWaiting()
    }

    var isReady: Bool {
        guard worker.isDrained else { return false }
        mustPause = false
        return true
    }

    /// Takes what the gateway knows by itself; nothing while the store's thread is behind, which
    /// wakes the session when it is not any more.
    func wokenUp() {
        guard worker.isDrained else { return }
        takeOwn()
    }

    /// Journals what waits when the session has ended: from then on the caller owns the sink.
    ///
    /// - Throws: what the journal throws; what was not journalled by then is given up.
    func finish() throws {
        repeat {
            takeOwn()
            try commit()
        } while own.waitingCount > 0
    }

    /// Adds what the gateway knows by itself to the batch, as far as there is room.
    func takeOwn() {
        guard batch.byteCount < Self.ownBatchBytes else { return }
        let arrival = now()
        for portion in own.take(upTo: Self.ownBatchBytes - batch.byteCount) {
            do {
                try journal.append(portion, receivedAt: arrival, to: batch, numbers: &numbers)
                ownCount += 1
            } catch {
                // What no record can hold was refused before it came to wait.
                worker.noteRefused("\(error)")
                own.noteCommitted(1)
            }
        }
    }

    func tooLarge(topic: RawSpan, byteCount: Int) {
        let name = topic.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        worker.noteRefused("a message of \(byteCount) bytes on \(name) is above the limit")
    }

    /// Compares what comes first on a new connection with what is in the journal already.
    ///
    /// What is still uncommitted is not in the journal, and no broker delivers it again before it
    /// was committed: a connection is made only when nothing is.
    func connected(sessionWasPresent: Bool) {
        guard sessionWasPresent else { return redelivery.end() }
        do {
            let reader = try JournalReader(folder: journal.folder)
            try redelivery.begin(with: reader, head: journal.head)
        } catch {
            worker.noteRefused("cannot compare redelivered messages with the journal: \(error)")
        }
    }
}
