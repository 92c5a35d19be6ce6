import Telemetry
import TestKit

@testable import RingStore

/// A store whose raw tier holds hours of the days that it was told, and the summaries of all.
struct SummarisedStore {
    /// Milliseconds of all samples, about.
    static let span: Int64 = 5 * 86_400_000
    static let start: Int64 = 1_750_000_000_000

    let folder: String
    let model: RollupModel
    let statistics: StoreStatistics

    static var settings: StoreSettings {
        var settings = StoreSettings.small()
        settings.rollupBytes = [.fiveMinutes: 2 << 20, .hour: 1 << 20, .day: 256 << 10]
        return settings
    }

    /// Writes a store and closes it.
    init(
        _ folder: String,
        seed: UInt64,
        sampleCount: Int = 60_000,
        settings: StoreSettings = Self.settings
    ) throws {
        print("summarised store: seed \(seed)")
        self.folder = folder
        var bench = try StoreBench(folder, settings)
        var generator = SeededGenerator(seed: seed)
        var model = RollupModel()
        for index in 0..<sampleCount {
            let time = Self.start + Self.span / Int64(sampleCount) * Int64(index)
            let series = bench.series[index % 8]
            let value = Double(bitPattern: generator.next())
            let sample = StoreWords.sample(time, index % 3 == 0 ? value : Double(index % 500))
            if bench.store.append(series, sample) != .tooOld { model.append(series, sample) }
            if index % 5000 == 4999 { try bench.store.checkpoint(journalPosition: UInt64(index)) }
        }
        try bench.store.checkpoint(journalPosition: UInt64(sampleCount))
        self.model = model
        statistics = bench.store.statistics
    }

    /// All rows of a closed store's tier in words, every bit told: by labels, then by the ends of
    /// buckets.
    static func rows(_ folder: String, _ tier: StoreTier) throws -> [Labels: [Int64: String]] {
        try rows(StoreSnapshot.open(folder: folder), tier)
    }

    /// All rows of a snapshot's tier.
    static func rows(
        _ snapshot: StoreSnapshot,
        _ tier: StoreTier
    ) throws -> [Labels: [Int64: String]] {
        var all: [Labels: [Int64: String]] = [:]
        guard let view = snapshot.rollups.first(where: { $0.tier == tier }) else { return [:] }
        var reader = RollupReader(view.partitions, .all)
        for number in 0..<UInt32(snapshot.catalogue.count) {
            let labels = snapshot.catalogue.labels(of: number)
            try reader.load(number, endingIn: max(.min, view.horizon) ... .max)
            reader.forEach { all[labels, default: [:]][$0.end] = words($0) }
        }
        return all
    }

    private static func words(_ row: RollupRow) -> String {
        guard let summary = row.summary else { return "\(row.isWhole)" }
        let values = [
            summary.sum.value, summary.minimum, summary.maximum, summary.first, summary.last,
            summary.resetSum,
        ]
        let bits = values.map { String($0.bitPattern, radix: 16) }
        return "\(row.isWhole) \(summary.count) \(bits) \(summary.firstTime) \(summary.lastTime)"
    }
}
