import Alerting
import Decoding
import Foundation
@testable import Gateway
import Ingest
import Knowledge
import PromQL
import Registry
import RingStore
import Simulation
import Telemetry
import TestKit
import Testing

/// The simulated village with its store, in this process: no broker, and no clock but the one that
/// is passed.
struct DemoStore: ~Copyable {
    let deployment: Deployment
    let known: KnownSeries
    private(set) var world: SimulatedDeployment
    private(set) var pipeline: IngestPipeline

    /// A village that has not sent anything yet.
    ///
    /// - Parameters:
    ///   - folder: takes registry and store.
    ///   - start: where its history begins.
    ///   - now: where it ends; the plan of faults is relative to it.
    ///   - size: how many devices.
    /// - Throws: what registry, rules or store refuse.
    init(
        _ folder: TemporaryFolder,
        from start: Instant,
        to now: Instant,
        size: DeploymentSize
    ) throws {
        let world = SimulatedDeployment(seed: 1, start: start, now: now, size: size)
        let demo = Demo(folder: folder.path(of: "demo"), webPort: 0)
        try StorageFolder(demo.folder).createIfMissing()
        let settings = try demo.settings(for: world, port: 1)
        let database = try RegistryDatabase.inMemory()
        let deployment = try Deployment(settings, database: database, by: "test", at: now)
        let today = CivilDate(now, offset: settings.zoneOffset)
        let decoder = MessageDecoder(
            rules: settings.subscriptions,
            library: deployment.profiles,
            directory: deployment.registry.deviceDirectory
        )
        let storage = try IngestPipeline.open(
            folder: settings.dataFolder,
            store: settings.store,
            journal: JournalSettings(sizeBytes: 16 << 20, segmentBytes: 1 << 20),
            decoder: decoder,
            directory: deployment.registry.ingestDirectory(on: today),
            now: now
        )
        // All at once: what cannot be copied may not be half made when something is thrown.
        self.world = world
        self.deployment = deployment
        known = deployment.registry.knownSeries(zoneOffset: settings.zoneOffset, on: today)
        pipeline = storage.handOver { pipeline, _ in pipeline }
    }

    /// Has the devices send until a time.
    mutating func advance(to time: Instant) throws {
        try take(world.advance(to: time))
    }

    /// Puts what was taken into the store's file, as a gateway does every quarter of an hour.
    mutating func checkpoint(at time: Instant) throws { try pipeline.checkpoint(at: time) }

    /// Takes a message of a device that was cut off on its way.
    mutating func takeBrokenMessage() throws {
        let next = world.advance(to: world.last + .minutes(1))
        try take(next)
        guard let message = next.last else { return }
        let payload = Array(message.payload.prefix(message.payload.count / 2))
        try take([TimedMessage(time: message.time, topic: message.topic, payload: payload)])
    }

    /// Takes messages as the gateway takes what its broker hands on.
    mutating func take(_ messages: [TimedMessage]) throws {
        let batch = RecordBatch()
        for message in messages {
            try batch.append(
                kind: .message,
                receivedAt: message.time,
                topic: Array(message.topic.utf8),
                payload: message.payload
            )
            guard batch.count == 1000 else { continue }
            pipeline.take(batch)
            batch.removeAll()
        }
        pipeline.take(batch)
    }

    /// Stores what the gateway knows by itself, as it journals it.
    mutating func store(_ samples: LabelledSamples, at now: Instant) throws {
        var journal = try Journal.open(folder: pipeline.store.folder)
        var numbers = SeriesNumbers()
        let batch = RecordBatch()
        try journal.append(samples, receivedAt: now, to: batch, numbers: &numbers)
        pipeline.take(batch)
    }

    /// What readers see at a time.
    mutating func source(at now: Instant) -> KnownSource<StoreSnapshot> {
        KnownSource(pipeline.store.snapshot(), known, now: now)
    }

    /// Judges rule groups over a stretch of time, and stores what they gave.
    ///
    /// - Returns: the engine with its book.
    @discardableResult
    mutating func judge(
        _ groups: [RuleGroup],
        from: Instant,
        to: Instant,
        step: Milliseconds,
        now: Instant
    ) throws -> AlertEngine {
        var engine = AlertEngine(
            groups: groups,
            relations: deployment.relations,
            queryEngine: QueryEngine()
        )
        engine.queryEngine.lookback = step + .minutes(1)
        let kept = KeptSource(pipeline.store.snapshot(), ahead: AlertService.shared)
        let source = KnownSource(kept, known, now: now)
        let outcome = try engine.evaluateHistory(from: from, to: to, step: step, source: source)
        try store(LabelledSamples(outcome.samples.lazy.map { ($0.labels, $0.sample) }), at: now)
        return engine
    }
}
