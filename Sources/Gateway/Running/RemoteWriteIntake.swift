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
    /// Names of series that the gateway's rules record.
    let reservedNames: Set<String>
    let now: Instant

    /// How far ahead of the gateway's clock a sample may be.
    ///
    /// - Source: Prometheus 3, `storage/remote/write_handler.go`, maxAheadTime.
    static let longestLead = Milliseconds.minutes(10)

    /// What of a request is wanted.
    struct Choice: Sendable {
        var samples = LabelledSamples()
        /// Samples that are there already and could not be stored again.
        var repeatedCount = 0
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
        // Rules may have judged that time already.
        let times = choice.samples.samples.map(\.time)
        worker.perform { pipeline in for time in times { pipeline.noteChange(time) } }
        return WriteOutcome(
            storedCount: choice.samples.samples.count + choice.repeatedCount,
            refusals: choice.refusals
        )
    }

    /// Whether the gateway itself gives the series of a name, whatever its rules and registry say.
    ///
    /// What devices measure may also come from elsewhere.
    private static func isOwn(_ name: String) -> Bool {
        switch SeriesOwner(of: name) {
        case nil, .devices: false
        case .registry, .gateway, .alerts: true
        }
    }

    /// Finds what can be stored; new series get their place in the store.
    static func choose(
        _ request: WriteRequest,
        _ store: inout RingStore,
        reserved: Set<String>,
        upTo latest: Instant
    ) -> Choice {
        var choice = Choice()
        choice.samples.reserveCapacity(request.samples.count)
        let surelyTaken = store.surelyTaken
        // A series may come more than once; where old samples need an order, that counts.
        let needsOrder = request.samples.contains { $0.time < surelyTaken }
        var latestTaken: [SeriesID: Instant] = [:]
        for series in request.series {
            let samples = request.samples[series.range]
            let name = series.labels.metricName ?? ""
            if reserved.contains(name) || isOwn(name) {
                choice.refusals.add(.reservedSeries, samples.count) { name }
                continue
            }
            // A sender whose clock is wrong must not use up the series that there may be.
            guard samples.contains(where: { $0.time <= latest && $0.time >= store.horizon }) else {
                refuse(samples, of: series, upTo: latest, &choice.refusals)
                continue
            }
            let id: SeriesID
            do {
                id = try store.series(for: series.labels)
            } catch {
                let reason: WriteRefusals.Reason =
                    switch error {
                    case .labelsTooLong: .longLabel
                    default: .seriesLimit
                    }
                choice.refusals.add(reason, samples.count) { "\(series.labels): \(error)" }
                continue
            }
            if samples.allSatisfy({ $0.time >= surelyTaken && $0.time <= latest }) {
                choice.samples.append(series.labels, samples)
                if needsOrder, let last = samples.map(\.time).max() {
                    latestTaken[id] = max(latestTaken[id] ?? last, last)
                }
                continue
            }
            // What is as old as the oldest there is must come in its order.
            var last = latestTaken[id] ?? .distantPast
            var (wanted, others): ([Sample], [Sample]) = ([], [])
            for sample in samples {
                let isTaken =
                    sample.time >= surelyTaken
                    || sample.time > last && store.takes(id, at: sample.time)
                guard isTaken, sample.time <= latest else {
                    // A sender repeats what was not answered.
                    if store.holds(id, sample) {
                        choice.repeatedCount += 1
                        continue
                    }
                    others.append(sample)
                    continue
                }
                last = max(last, sample.time)
                wanted.append(sample)
            }
            latestTaken[id] = last
            choice.samples.append(series.labels, wanted)
            refuse(others[...], of: series, upTo: latest, &choice.refusals)
        }
        return choice
    }

    /// Notes samples that are of the future or too old.
    private static func refuse(
        _ samples: ArraySlice<Sample>,
        of series: LabelledSamples.Series,
        upTo latest: Instant,
        _ refusals: inout WriteRefusals
    ) {
        for sample in samples {
            refusals.add(sample.time > latest ? .future : .tooOld, 1) {
                "\(series.labels) at \(sample.time.rfc3339)"
            }
        }
    }
}
