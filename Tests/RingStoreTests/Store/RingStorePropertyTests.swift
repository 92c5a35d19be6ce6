import RingStore
import Telemetry
import TestKit
import Testing

/// A store and a dictionary are told the same things in random order; they must answer alike.
struct RingStorePropertyTests {
    /// How a run of the test draws times and values.
    struct Workload: Sendable, CustomTestStringConvertible {
        let seed: UInt64
        let sampleCount: Int
        /// One of so many samples lies anywhere in the past.
        let lateness: UInt64
        /// Values that take many bits or few.
        let isCompressible: Bool
        /// A checkpoint about every so many samples.
        let checkpointEvery: UInt64

        var testDescription: String { "seed \(seed), \(sampleCount) samples" }

        func value(_ generator: inout SeededGenerator) -> Double {
            let draw = generator.next()
            if draw % 50 == 0 {
                let special: [UInt64] = [
                    0x7FF0_0000_0000_0002, 0x8000_0000_0000_0000, 0, 0x7FF8_0000_0000_0001,
                    0xFFF0_0000_0000_0000, 1, .max,
                ]
                return Double(bitPattern: special[Int(draw / 50 % 7)])
            }
            if isCompressible { return Double(draw % 16) / 2 }
            return Double(bitPattern: generator.next())
        }
    }

    static let workloads = [
        Workload(
            seed: 1,
            sampleCount: 30_000,
            lateness: 50,
            isCompressible: false,
            checkpointEvery: 1500
        ),
        Workload(
            seed: 2,
            sampleCount: 12_000,
            lateness: 3,
            isCompressible: true,
            checkpointEvery: 700
        ),
        Workload(
            seed: 3,
            sampleCount: 20_000,
            lateness: 1,
            isCompressible: false,
            checkpointEvery: 4000
        ),
        Workload(
            seed: 4,
            sampleCount: 25_000,
            lateness: 1000,
            isCompressible: false,
            checkpointEvery: 15_000
        ),
    ]

    @Test(arguments: workloads)
    func `the store answers as a dictionary does, through checkpoints, reopenings and laps`(
        workload: Workload
    ) throws {
        print("property test: \(workload.testDescription)")
        var generator = SeededGenerator(seed: workload.seed)
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"))
        var model = StoreModel()
        /// What a journal would hold: everything appended since the last checkpoint.
        var journal: [(SeriesID, Sample)] = []
        var now: Int64 = 1_750_000_000_000
        var position: UInt64 = 0
        for _ in 0..<workload.sampleCount {
            now += Int64(generator.next() % 2000)
            let draw = generator.next()
            let series = bench.series[Int(draw % UInt64(bench.series.count))]
            var time = now
            if generator.next() % workload.lateness == 0 {
                time -= Int64(generator.next() % 40_000_000)
            } else if draw >> 32 % 10 == 0, let last = journal.last {
                time = last.1.time.milliseconds
            }
            let sample = Sample(
                time: Instant(milliseconds: time),
                value: workload.value(&generator)
            )
            let wanted = model.append(series, sample)
            let outcome = bench.store.append(series, sample)
            if !outcome.agrees(with: wanted) {
                Issue.record("\(sample): \(outcome) instead of \(wanted)")
            }
            journal.append((series, sample))
            position += 1
            guard generator.next() % workload.checkpointEvery == 0 else { continue }
            try bench.store.checkpoint(journalPosition: position)
            journal.removeAll()
            model.dropSamples(before: bench.store.statistics.horizon)
            #expect(try model.difference(from: bench.store.snapshot()) == nil)
            if generator.next() % 4 == 0 { try bench.store.checkInvariants() }
        }
        bench = try bench.reopened()
        #expect(bench.store.journalPosition == position - UInt64(journal.count))
        // Without any checkpoint the labels are in the journal only.
        for (number, series) in bench.series.enumerated() {
            #expect(try bench.store.series(for: StoreBench.labels(number)) == series)
        }
        for (series, sample) in journal { _ = bench.store.append(series, sample) }
        #expect(try model.difference(from: bench.store.snapshot()) == nil)
        try bench.store.checkpoint(journalPosition: position)
        model.dropSamples(before: bench.store.statistics.horizon)
        try bench.store.checkInvariants()
        for _ in 0..<20 {
            let low = now - Int64(generator.next() % 60_000_000)
            let range =
                Instant(
                    milliseconds: low
                )...Instant(milliseconds: low + Int64(generator.next() % 10_000_000))
            #expect(try model.difference(from: bench.store.snapshot(), in: range) == nil)
        }
    }
}
