import RingStore
import Telemetry
import TestKit
import Testing

struct RingStoreAppendTests {
    @Test func `a sample is told apart as stored, overwritten, unchanged or late`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 1)
        let series = bench.series[0]
        #expect(bench.store.append(series, StoreWords.sample(1000, 1)) == .stored)
        #expect(bench.store.append(series, StoreWords.sample(1000, 1)) == .unchanged)
        #expect(bench.store.append(series, StoreWords.sample(1000, 2)) == .overwritten)
        try bench.store.checkpoint(journalPosition: 1)
        #expect(bench.store.append(series, StoreWords.sample(1001, 2)) == .stored)
        #expect(bench.store.append(series, StoreWords.sample(1000, 2)) == .late)
        #expect(bench.store.append(series, StoreWords.sample(999, 2)) == .late)
        #expect(bench.store.append(series, StoreWords.sample(1000, 3)) == .overwritten)
        #expect(bench.store.append(series, StoreWords.sample(1000, 3)) == .unchanged)
        try bench.store.checkpoint(journalPosition: 2)
        bench = try bench.reopened()
        #expect(bench.store.append(series, StoreWords.sample(1000, 3)) == .late)
        #expect(bench.store.append(series, StoreWords.sample(1002, 1)) == .stored)
        let all = try StoreWords.read(bench.store.snapshot(), series)
        let wanted = [(999, 2), (1000, 3), (1001, 2), (1002, 1)].map { (time, value: Double) in
            StoreWords.sample(time, value)
        }
        #expect(all == wanted)
    }

    @Test func `every bit of every double comes back, and the ends of time are times`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 1)
        let patterns: [UInt64] = [
            0x7FF0_0000_0000_0002, 0x8000_0000_0000_0000, 0, 0x7FF0_0000_0000_0000,
            0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0001, 0xFFFF_FFFF_FFFF_FFFF, 1,
            0x3FF0_0000_0000_0000, 0x8000_0000_0000_0001,
        ]
        let times: [Int64] = [.min, .min + 1, -5, 0, 1, 1_750_000_000_000, .max - 1, .max]
        var wanted: [UInt64] = []
        for (index, time) in times.enumerated() {
            let pattern = patterns[index % patterns.count]
            wanted.append(pattern)
            let sample = StoreWords.sample(time, Double(bitPattern: pattern))
            #expect(bench.store.append(bench.series[0], sample) == .stored)
        }
        for (index, pattern) in patterns.enumerated() {
            _ = bench.store.append(
                bench.series[0],
                StoreWords.sample(100 + Int64(index), Double(bitPattern: pattern))
            )
        }
        wanted.insert(contentsOf: patterns, at: 5)
        try bench.store.checkpoint(journalPosition: 1)
        try bench.store.checkInvariants()
        bench = try bench.reopened()
        let all = try StoreWords.read(bench.store.snapshot(), bench.series[0])
        #expect(all.map(\.value.bitPattern) == wanted)
        #expect(all.first?.time == .distantPast && all.last?.time == .distantFuture)
        let ends = try StoreWords.read(bench.store.snapshot(), bench.series[0], .max ... .max)
        #expect(ends.count == 1)
    }

    @Test func `what is older than the horizon is refused, what is newer always fits`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 1)
        var generator = SeededGenerator(seed: 5)
        let series = bench.series[0]
        var time: Int64 = 0
        while bench.store.statistics.horizon == .distantPast {
            for _ in 0..<1000 {
                time += 1000
                let value = Double(bitPattern: generator.next())
                #expect(bench.store.append(series, StoreWords.sample(time, value)) == .stored)
            }
            try bench.store.checkpoint(journalPosition: UInt64(time))
            try #require(time < 100_000_000)
        }
        let figures = bench.store.statistics
        #expect(figures.usedBytes > figures.budgetBytes / 2, "it gave way too early")
        #expect(figures.usedBytes <= figures.budgetBytes)
        let horizon = figures.horizon
        #expect(figures.oldest == horizon)
        #expect(
            bench.store.append(series, Sample(time: horizon - .seconds(1), value: 1)) == .tooOld
        )
        #expect(try StoreWords.read(bench.store.snapshot(), series).first?.time == horizon)
        // A whole tier of late samples pushes out older ones, never itself.
        let late = horizon + .seconds(1)
        #expect(bench.store.append(series, Sample(time: late, value: 7)) == .late)
        try bench.store.checkpoint(journalPosition: 0)
        #expect(try StoreWords.read(bench.store.snapshot(), series).contains { $0.value == 7 })
        bench = try bench.reopened()
        #expect(bench.store.statistics.horizon == horizon)
        #expect(
            bench.store.append(series, Sample(time: horizon - .seconds(1), value: 1)) == .tooOld
        )
    }

    @Test func `of a head that is larger than the tier the newest part is kept`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 3)
        var model = StoreModel()
        var generator = SeededGenerator(seed: 6)
        for round in 0..<2 {
            // 60 000 samples of about ten bytes into 256 KiB, in no order at all.
            for step in 0..<60_000 {
                let time = Int64(round) * 20_000_000 + Int64(generator.next() % 50_000_000)
                let sample = StoreWords.sample(time, Double(bitPattern: generator.next()))
                let outcome = bench.store.append(bench.series[step % 3], sample)
                if !outcome.agrees(with: model.append(bench.series[step % 3], sample)) {
                    Issue.record("step \(step): \(outcome)")
                }
            }
            try bench.store.checkpoint(journalPosition: UInt64(round))
            let figures = bench.store.statistics
            model.dropSamples(before: figures.horizon)
            #expect(try model.difference(from: bench.store.snapshot()) == nil)
            #expect(figures.usedBytes > figures.budgetBytes / 2)
            try bench.store.checkInvariants()
        }
        bench = try bench.reopened()
        #expect(try model.difference(from: bench.store.snapshot()) == nil)
    }

    @Test func `samples older than the retention give way at a checkpoint that knows the time`()
        throws
    {
        let folder = try TemporaryFolder()
        let settings = StoreSettings.small(retention: .hours(1))
        var bench = try StoreBench(folder.path(of: "data"), settings, seriesCount: 1)
        for minute in 0..<120 {
            _ = bench.store.append(bench.series[0], StoreWords.sample(Int64(minute) * 60_000))
        }
        try bench.store.checkpoint(journalPosition: 1)
        #expect(bench.store.statistics.horizon == .distantPast)
        // A clock that runs ahead does not clear the store: the latest sample is the measure.
        let wrong = Instant(milliseconds: 2_100_000_000_000)
        try bench.store.checkpoint(journalPosition: 2, at: wrong)
        #expect(bench.store.statistics.horizon == Instant(milliseconds: 59 * 60_000))
        #expect(try StoreWords.read(bench.store.snapshot(), bench.series[0]).count == 61)
        #expect(bench.store.append(bench.series[0], StoreWords.sample(58 * 60_000)) == .tooOld)
        try bench.store.checkInvariants()
    }

    @Test func `a series whose samples have all given way goes on where the others are cut`() throws
    {
        let folder = try TemporaryFolder()
        var settings = StoreSettings.small(retention: .hours(1))
        for tier in StoreTier.rollups { settings.rollupBytes[tier] = 1 << 20 }
        var bench = try StoreBench(folder.path(of: "data"), settings, seriesCount: 2)
        _ = bench.store.append(bench.series[0], StoreWords.sample(0))
        for minute in 0..<120 {
            _ = bench.store.append(bench.series[1], StoreWords.sample(Int64(minute) * 60_000))
        }
        try bench.store.checkpoint(journalPosition: 1)
        try bench.store.checkpoint(
            journalPosition: 2,
            at: Instant(milliseconds: 120 * 60_000)
        )
        #expect(bench.store.statistics.horizon == Instant(milliseconds: 59 * 60_000))
        let next = StoreWords.sample(80 * 60_000)
        #expect(next.time < bench.store.surelyTaken && bench.store.horizon <= next.time)
        let takesOnce = bench.store.takes(bench.series[0], at: next.time)
        #expect(takesOnce)
        #expect(bench.store.append(bench.series[0], next) != .tooOld)
        let takesTwice = bench.store.takes(bench.series[0], at: next.time)
        #expect(!takesTwice, "it is there")
        // The journal brings it again after a crash.
        bench = try bench.reopened()
        #expect(bench.store.append(bench.series[0], next, journaledAt: 2) != .tooOld)
        #expect(bench.store.append(bench.series[1], next, journaledAt: 3) == .tooOld)
    }
}
