internal import Alerting
internal import Ingest
internal import RemoteWrite
internal import RingStore
internal import Telemetry
internal import WebServer

/// Takes samples that other programs push: judges them, has them journalled, and waits until they
/// are on the disk.
struct RemoteWriteIntake {
    let worker: StoreWorker
    let access: StoreAccess
    /// Names of series that only the gateway gives.
    let reservedNames: Set<String>
    let now: Instant

    /// How far ahead of the gateway's clock a sample may be.
    ///
    /// - Source: Prometheus 3, `storage/remote/write_handler.go`, maxAheadTime.
    static let longestLead = Milliseconds.minutes(10)
    /// Names of series that begin so are the gateway's own.
    static let ownPrefix = "langso_"

    /// What of a request is wanted.
    private struct Choice: Sendable {
        var samples = LabelledSamples()
        var refusals = WriteRefusals()
    }

    /// Stores what can be taken of a request.
    func write(_ request: WriteRequest) async -> WriteOutcome {
        let (names, latest) = (reservedNames, now + Self.longestLead)
        let choice = await worker.run { pipeline in
            Self.choose(request, &pipeline.store, reserved: names, upTo: latest)
        }
        guard let choice else { return WriteOutcome(failure: "the gateway is stopping") }
        let access = access
        let failure = await OwnThread.run { access.writeDurably(choice.samples) }
        guard failure == nil else { return WriteOutcome(failure: failure) }
        return WriteOutcome(storedCount: choice.samples.samples.count, refusals: choice.refusals)
    }

    private static func text(of series: WriteRequest.Series, _ sample: Sample) -> String {
        "\(series.labels) at \(sample.time.rfc3339)"
    }

    /// Finds what can be stored; new series get their place in the store.
    private static func choose(
        _ request: WriteRequest,
        _ store: inout RingStore,
        reserved: Set<String>,
        upTo latest: Instant
    ) -> Choice {
        var choice = Choice()
        choice.samples.reserveCapacity(request.samples.count)
        let oldest = store.statistics.horizon
        for series in request.series {
            let samples = request.samples[series.samples]
            let name = series.labels.metricName ?? ""
            if reserved.contains(name) || name.hasPrefix(ownPrefix) {
                choice.refusals.add(.reservedSeries, samples.count) { name }
                continue
            }
            var wanted = samples
            if !samples.allSatisfy({ $0.time >= oldest && $0.time <= latest }) {
                wanted =
                    samples.filter {
                        judge($0, of: series, since: oldest, upTo: latest, &choice.refusals)
                    }[...]
            }
            // A sender whose clock is wrong must not use up the series that there may be.
            guard !wanted.isEmpty else { continue }
            do {
                _ = try store.series(for: series.labels)
                choice.samples.append(series.labels, wanted)
            } catch {
                let reason: WriteRefusals.Reason =
                    switch error {
                    case .labelsTooLong: .longLabel
                    default: .seriesLimit
                    }
                choice.refusals.add(reason, wanted.count) { "\(series.labels): \(error)" }
            }
        }
        return choice
    }

    /// Whether a sample is of a time that can be stored; if not, that is noted.
    private static func judge(
        _ sample: Sample,
        of series: WriteRequest.Series,
        since oldest: Instant,
        upTo latest: Instant,
        _ refusals: inout WriteRefusals
    ) -> Bool {
        if sample.time > latest {
            refusals.add(.future, 1) { text(of: series, sample) }
        } else if sample.time < oldest {
            refusals.add(.tooOld, 1) { text(of: series, sample) }
        } else {
            return true
        }
        return false
    }
}
