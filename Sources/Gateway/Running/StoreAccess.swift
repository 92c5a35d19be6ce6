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
    private let wake: @Sendable () -> Void
    private let known: Mutex<KnownSeries>

    init(
        worker: StoreWorker,
        own: OwnSamples,
        known: KnownSeries,
        wake: @escaping @Sendable () -> Void
    ) {
        self.worker = worker
        self.own = own
        self.wake = wake
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

    /// Journals samples; waits while too many are under way.
    ///
    /// - Returns: the reason when it cannot, else nil.
    func write(_ samples: [SampleRecord.Entry]) -> String? {
        guard !samples.isEmpty else { return nil }
        do {
            return try own.put(samples, wake: wake) ? nil : "the gateway is stopping"
        } catch {
            return "\(error)"
        }
    }
}
