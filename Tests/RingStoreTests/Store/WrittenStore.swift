import RingStore
import Telemetry
import TestKit

/// A store that is written step by step, and what it must hold after any of its checkpoints.
final class WrittenStore {
    static let settings = StoreSettings.small(maximumSeries: 512)

    let folder: String
    private var store: RingStore
    private var generator: SeededGenerator
    private var samples: [(series: SeriesID, sample: Sample)] = []
    private var time: Int64 = 1_750_000_000_000

    init(
        _ folder: String,
        seed: UInt64,
        settings: StoreSettings = settings,
        calls: any FileCalls = SystemFileCalls()
    ) throws {
        self.folder = folder
        store = try RingStore.create(folder: folder, settings: settings, calls: calls)
        generator = SeededGenerator(seed: seed)
    }

    /// Figures of the store now.
    var statistics: StoreStatistics { store.statistics }

    /// Appends some samples, a few of them late, and makes a checkpoint.
    func write(_ count: Int) throws {
        for _ in 0..<count {
            let number = Int(generator.next() % 8)
            let series = try store.series(for: StoreBench.labels(number))
            time += Int64(generator.next() % 1000)
            let late = generator.next() % 30 == 0 ? Int64(generator.next() % 3_000_000) : 0
            let sample = Sample(
                time: Instant(milliseconds: time - late),
                value: Double(bitPattern: generator.next())
            )
            _ = store.append(series, sample)
            samples.append((series: series, sample: sample))
        }
        try store.checkpoint(journalPosition: UInt64(samples.count))
    }

    /// What a store must hold at a journal position, if nothing before the horizon is left.
    func model(at position: UInt64, horizon: Instant) -> StoreModel {
        var model = StoreModel()
        for (series, sample) in samples.prefix(Int(position)) { _ = model.append(series, sample) }
        model.dropSamples(before: horizon)
        return model
    }

    /// What it must hold now.
    var model: StoreModel {
        model(at: UInt64(samples.count), horizon: store.statistics.horizon)
    }

    /// Writes a store and closes it.
    static func make(
        _ folder: String,
        seed: UInt64,
        checkpoints: Int = 6,
        samplesEach: Int = 2500,
        calls: any FileCalls = SystemFileCalls()
    ) throws -> (model: StoreModel, statistics: StoreStatistics) {
        let written = try WrittenStore(folder, seed: seed, calls: calls)
        for _ in 0..<checkpoints { try written.write(samplesEach) }
        return (written.model, written.statistics)
    }
}
