internal import Ingest
internal import Knowledge
internal import Logging
internal import Registry
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry

/// Learns how often devices report whose interval nobody gave, once an hour.
struct LearningService: Service {
    let runtime: GatewayRuntime

    /// An interval shows in twenty messages: an hour more or less does not matter.
    static let interval = Duration.seconds(3600)

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var learned: ContinuousClock.Instant?
        repeat {
            let isDue = learned.map { $0.duration(to: .now) >= Self.interval } ?? true
            guard isDue, runtime.hasJudged.withLock({ $0 }) else { continue }
            learned = .now
            await runtime.learnIntervals()
        } while await oneSecond()
    }
}

extension GatewayRuntime {
    /// Looks at the messages of devices whose interval neither the registry nor their profile
    /// gives, and keeps what is new in the registry.
    func learnIntervals() async {
        let now = clock()
        guard let source = access.source(at: now)?.base else { return }
        let (registry, database, logger) = (registry, database, logger)
        let count = await OwnThread.run {
            do {
                let learned = try registry.learnedAnew(from: source, at: now)
                try database.note(learnedIntervals: learned)
                return learned.count
            } catch {
                logger.error("cannot learn how often devices report: \(error)")
                return 0
            }
        }
        guard count > 0 else { return }
        do {
            try await takeChangedRegistry()
            logger.info("learned how often \(count) devices report")
        } catch {
            logger.error("cannot take what was learned of devices: \(error)")
        }
    }
}

extension RegistrySnapshot {
    /// Intervals that messages show and that differ from what was learned before, by device.
    func learnedAnew(
        from source: StoreSnapshot,
        at now: Instant
    ) throws(SeriesSourceError) -> [String: Milliseconds] {
        let unknown = devicesInService.filter { device in
            knownInterval(of: device).map { $0.source == .learned } ?? true
        }
        guard !unknown.isEmpty else { return [:] }
        let name = LabelMatcher(Labels.metricNameLabel, .equal(IngestPipeline.heartbeatMetric))
        let since = now - (IntervalLearning.reaches.max() ?? .zero)
        let series = Dictionary(grouping: try source.select([name], in: since...now)) {
            $0.labels["device"] ?? ""
        }
        var learned: [String: Milliseconds] = [:]
        for device in unknown {
            guard let own = series[device.code],
                let interval = try IntervalLearning.interval(
                    of: own.map(\.id),
                    in: source,
                    since: boxSince(of: device.code) ?? .distantPast,
                    at: now
                ), IntervalLearning.replaces(interval, learnedIntervals[device.code])
            else { continue }
            learned[device.code] = interval
        }
        return learned
    }
}
