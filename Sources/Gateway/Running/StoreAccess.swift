internal import Foundation
internal import Knowledge
internal import MQTT
internal import RingStore
internal import Synchronization
internal import Telemetry

/// What the services see of the store: snapshots with the known series beside, and a way to write.
final class StoreAccess: Sendable {
    private let worker: StoreWorker
    private let own: OwnSamples
    private let known: Mutex<KnownSeries>

    init(worker: StoreWorker, own: OwnSamples, known: KnownSeries) {
        self.worker = worker
        self.own = own
        self.known = Mutex(known)
    }

    /// The newest state; nil before the store is open.
    func source(at now: Instant) -> KnownSource<StoreSnapshot>? {
        guard let snapshot = worker.snapshot() else { return nil }
        return KnownSource(snapshot, known.withLock { $0 }, now: now)
    }

    /// The newest state, for the many queries of rules: what they read is kept.
    ///
    /// - Parameters:
    ///   - now: the time that is judged, the last one of a run over history.
    ///   - ahead: how far apart in time the queries may be and still share what is read.
    /// - Returns: nil before the store is open.
    func ruleSource(
        at now: Instant,
        ahead: Milliseconds = .zero
    ) -> KnownSource<KeptSource<StoreSnapshot>>? {
        guard let snapshot = worker.snapshot() else { return nil }
        let kept = KeptSource(snapshot, ahead: ahead)
        return KnownSource(kept, known.withLock { $0 }, now: now)
    }

    /// Takes what a changed registry says.
    func replaceKnown(_ series: KnownSeries) {
        known.withLock { $0 = series }
    }

    /// Longest waits: for a place on the way to the journal, and for samples to be seen.
    ///
    /// A small box journals some hundred thousand a second; what takes longer is a disk that cannot
    /// write.
    private static let patience: (placing: TimeInterval, seeing: TimeInterval) = (10, 60)

    /// Journals samples and waits until snapshots show them, for what the next run must see.
    ///
    /// Takes as long as the disk does, and belongs on a thread of its own.
    /// - Returns: the reason when it cannot, else nil.
    func writeVisibly(_ samples: LabelledSamples) -> String? {
        let deadline = Date(timeIntervalSinceNow: Self.patience.seeing)
        return put(samples, until: deadline) { [own, worker] last in
            // What is committed waits for the store's thread before any snapshot asked for now.
            guard own.waitUntilCommitted(last, until: deadline),
                worker.snapshot(until: deadline) != nil
            else {
                return own.hasLetGo
                    ? "the gateway ends"
                    : "the store does not show them after \(Int(Self.patience.seeing)) s"
            }
            return nil
        }
    }

    /// Journals samples and waits until they are on the disk.
    ///
    /// Takes as long as the disk does, and belongs on a thread of its own.
    /// - Returns: the reason when it cannot, else nil; some may be stored all the same.
    func writeDurably(_ samples: LabelledSamples) -> String? {
        // More than the slowest disks take, so that a large request is not sent again for ever.
        let patience = Self.patience.placing + Double(samples.samples.count) / 10_000
        let deadline = Date(timeIntervalSinceNow: patience)
        return put(samples, until: deadline) { [own] last in
            guard own.waitUntilCommitted(last, until: deadline) else {
                return own.hasLetGo
                    ? "the gateway ends"
                    : "the journal does not have them after \(Int(patience)) s"
            }
            return nil
        }
    }

    /// Journals samples; waits a while for a place when too many are under way.
    ///
    /// - Returns: the reason when it cannot, else nil.
    func write(_ samples: LabelledSamples) -> String? {
        put(samples, until: Date(timeIntervalSinceNow: Self.patience.placing)) { _ in nil }
    }

    private func put(
        _ samples: LabelledSamples,
        until deadline: Date,
        _ goOn: (UInt64) -> String?
    ) -> String? {
        guard !samples.isEmpty else { return nil }
        do {
            switch try own.put(samples, until: deadline) {
            case .taken(let last): return goOn(last)
            case .full: return "the journal takes nothing; \(OwnSamples.capacity) portions wait"
            case .stopped: return "the gateway is stopping"
            }
        } catch {
            return "\(error)"
        }
    }
}
