import Telemetry
import TestKit
import Testing

@testable import RingStore

/// What summaries cost on disk; the page about costs has the figures that are printed here.
struct RollupCostTests {
    private static let (seriesCount, sampleCount) = (10, 10_000)

    /// Limits are a quarter above what was measured, but for days at one sample a minute: seven
    /// rows are too few to tell.
    @Test(arguments: [
        (60, [StoreTier.fiveMinutes: 16.0, .hour: 21.0]),
        (900, [.fiveMinutes: 2.5, .hour: 17.5, .day: 23.0]),
        (3600, [.fiveMinutes: 2.5, .hour: 2.5, .day: 19.5]),
    ])
    func `rows cost few bytes`(stepSeconds: Int, limits: [StoreTier: Double]) throws {
        let folder = try TemporaryFolder()
        let store = try filled(folder.path(of: "data"), Int64(stepSeconds))
        let days = Double(Self.sampleCount * stepSeconds) / 86_400
        for tier in store.statistics.tiers {
            let bytes = Double(tier.encodedBytes) / Double(Self.seriesCount)
            let row = max(tier.tier.bucketMilliseconds ?? 0, Int64(stepSeconds) * 1000)
            let rowBytes = bytes / (days * 86_400_000 / Double(row))
            let name = "\(stepSeconds) s, \(tier.tier.rawValue)"
            print("\(name): \(rowBytes) bytes a row, \(bytes / days) a day")
            guard let limit = limits[tier.tier] else { continue }
            #expect(rowBytes > 1 && rowBytes < limit, "\(tier.tier)")
        }
    }

    /// A store of random walks with one decimal, with jitter of up to 4 s.
    private func filled(_ folder: String, _ stepSeconds: Int64) throws -> RingStore {
        var settings = StoreSettings(rawTierBytes: 64 << 20, maximumSeries: 1000)
        for tier in StoreTier.rollups { settings.rollupBytes[tier] = 64 << 20 }
        var store = try RingStore.create(folder: folder, settings: settings)
        let series = try (0..<Self.seriesCount).map { number in
            try store.series(for: Labels(metric: "level_metres", ["device": "\(number)"]))
        }
        var generator = SeededGenerator(seed: 7)
        var tenths = [Int64](repeating: 200, count: Self.seriesCount)
        for step in 0..<Int64(Self.sampleCount) {
            for number in series.indices {
                tenths[number] += Int64(generator.next() % 7) - 3
                let jitter = Int64(generator.next() % 4001) + Int64(number) * 500
                let time = 1_767_225_600_000 + step * stepSeconds * 1000 + jitter
                let value = Double(tenths[number]) / 10
                let sample = Sample(time: Instant(milliseconds: time), value: value)
                _ = store.append(series[number], sample)
            }
            if step % 1000 == 999 { try store.checkpoint(journalPosition: UInt64(step)) }
        }
        return store
    }
}
