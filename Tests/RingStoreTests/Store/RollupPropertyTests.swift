import Telemetry
import TestKit
import Testing

@testable import RingStore

/// A store with rollup tiers is told samples in any order; its summaries must be those of a plain
/// recomputation from everything that it took.
struct RollupPropertyTests {
    /// How a run of the test draws samples.
    struct Workload: Sendable, CustomTestStringConvertible {
        let seed: UInt64
        let sampleCount: Int
        /// Milliseconds between samples, at most twice as many.
        let step: UInt64
        /// One of so many samples lies anywhere in the past.
        let lateness: UInt64
        /// How far back those lie at most, in milliseconds.
        let reach: UInt64
        /// A checkpoint about every so many samples.
        let checkpointEvery: UInt64
        /// Bytes of each rollup tier.
        let rollupBytes: UInt64

        var testDescription: String { "seed \(seed), \(sampleCount) samples" }

        var settings: StoreSettings {
            var settings = StoreSettings.small()
            for tier in StoreTier.rollups { settings.rollupBytes[tier] = rollupBytes }
            return settings
        }

        func value(_ generator: inout SeededGenerator, _ index: Int) -> Double {
            let draw = generator.next()
            if draw % 60 == 0 {
                let special: [UInt64] = [
                    Sample.staleMarkerBits, 0x8000_0000_0000_0000, 0x7FF8_0000_0000_0001,
                ]
                return Double(bitPattern: special[Int(draw / 60 % 3)])
            }
            // A counter that begins anew now and then, or anything.
            return draw % 2 == 0 ? Double(index % 997) : Double(draw % 100_000) / 7
        }
    }

    static let workloads = [
        Workload(
            seed: 1,
            sampleCount: 16_000,
            step: 30_000,
            lateness: 40,
            reach: 3 * 86_400_000,
            checkpointEvery: 1500,
            rollupBytes: 1 << 20
        ),
        // Everything in any order.
        Workload(
            seed: 2,
            sampleCount: 8_000,
            step: 60_000,
            lateness: 2,
            reach: 20 * 86_400_000,
            checkpointEvery: 900,
            rollupBytes: 1 << 20
        ),
        // So many samples that the raw ring holds hours only.
        Workload(
            seed: 3,
            sampleCount: 40_000,
            step: 900,
            lateness: 10,
            reach: 14_400_000,
            checkpointEvery: 2500,
            rollupBytes: 512 << 10
        ),
        // So few that there are months, and the rollup rings go round too.
        Workload(
            seed: 4,
            sampleCount: 40_000,
            step: 1_200_000,
            lateness: 25,
            reach: 40 * 86_400_000,
            checkpointEvery: 3000,
            rollupBytes: 256 << 10
        ),
        // Hardly one late: rows of buckets that had begun are written over, whole blocks stay.
        Workload(
            seed: 5,
            sampleCount: 60_000,
            step: 7500,
            lateness: 20_000,
            reach: 86_400_000,
            checkpointEvery: 4000,
            rollupBytes: 1 << 20
        ),
    ]

    @Test(arguments: workloads)
    func `summaries are those of a recomputation`(_ workload: Workload) throws {
        let folder = try TemporaryFolder()
        print("rollups: \(workload.testDescription)")
        var bench = try StoreBench(folder.path(of: "data"), workload.settings)
        var generator = SeededGenerator(seed: workload.seed)
        try bench.store.checkpoint(journalPosition: 0)
        var model = RollupModel()
        var journal: [(series: SeriesID, sample: Sample)] = []
        var committed = 0
        var exact = 0
        var time: Int64 = 1_750_000_000_000
        for index in 0..<workload.sampleCount {
            let series = bench.series[Int(generator.next() % 8)]
            time += Int64(generator.next() % (2 * workload.step))
            let isLate = generator.next() % workload.lateness == 0
            var at = time - (isLate ? Int64(generator.next() % workload.reach) : 0)
            // Now and then the same again, or another value of the same time.
            if generator.next() % 50 == 0, let last = journal.last, last.series == series {
                at = last.sample.time.milliseconds
            }
            let value = workload.value(&generator, index)
            let sample = Sample(time: Instant(milliseconds: at), value: value)
            journal.append((series, sample))
            let isTaken = bench.store.takes(series, at: sample.time)
            let outcome = bench.store.append(series, sample)
            #expect(isTaken == (outcome != .tooOld), "\(outcome)")
            if outcome != .tooOld { model.append(series, sample) }
            if generator.next() % workload.checkpointEvery == 0 {
                try bench.store.checkpoint(journalPosition: UInt64(journal.count))
                committed = journal.count
                switch generator.next() % 4 {
                case 0: try Self.check(model, bench.store)
                case 1: try bench.store.checkInvariants()
                default: break
                }
            }
            if generator.next() % workload.checkpointEvery == 0 {
                exact += try Self.checkWindows(model, bench.store.snapshot(), &generator)
            }
            if generator.next() % (workload.checkpointEvery * 2) == 0 {
                bench = try bench.reopened()
                #expect(bench.store.journalPosition == UInt64(committed))
                for (series, sample) in journal[committed...] {
                    _ = bench.store.append(series, sample)
                }
            }
        }
        try bench.store.checkpoint(journalPosition: UInt64(journal.count))
        try Self.check(model, bench.store)
        try bench.store.checkInvariants()
        print("rollups: \(workload.testDescription), \(exact) answers from summaries")
        #expect(exact > 5)
    }

    /// Asks for random windows; returns how many answers came from summaries and were exact.
    private static func checkWindows(
        _ model: RollupModel,
        _ snapshot: StoreSnapshot,
        _ generator: inout SeededGenerator
    ) throws -> Int {
        var exact = 0
        guard let newest = snapshot.statistics.newest?.milliseconds else { return 0 }
        for _ in 0..<8 {
            let isAligned = generator.next() % 3 > 0
            let unit: Int64 = isAligned ? [300_000, 3_600_000][Int(generator.next() % 2)] : 7001
            let length = unit * Int64(1 + generator.next() % (isAligned ? 100 : 200_000))
            let windows = WindowGrid(
                firstEnd: (newest - Int64(generator.next() % 1_000_000_000)) / unit * unit,
                step: unit * Int64(1 + generator.next() % 200),
                count: 1 + Int(generator.next() % (isAligned ? 20 : 3)),
                length: length
            )
            guard let plan = snapshot.plan(windows, .all) else { continue }
            let view = try #require(snapshot.rollups.first { $0.tier.rawValue == plan.tier })
            let start = max(view.horizon, .min + plan.bucket.count) - plan.bucket.count
            guard windows.times.lowerBound >= min(start, snapshot.raw.horizon) else { continue }
            for series in 0..<UInt32(8) {
                if let fault = try model.difference(from: snapshot, SeriesID(series), plan) {
                    Issue.record("\(fault)")
                    throw Unequal()
                }
            }
            exact += 1
        }
        return exact
    }

    private static func check(_ model: RollupModel, _ store: borrowing RingStore) throws {
        for rollup in store.rollups {
            if let fault = try model.difference(from: store, rollup) {
                Issue.record("\(fault)")
                throw Unequal()
            }
        }
    }

    private struct Unequal: Error {}
}
