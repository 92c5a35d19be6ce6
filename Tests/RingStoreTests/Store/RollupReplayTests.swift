import Telemetry
import TestKit
import Testing

@testable import RingStore

/// A crash in the middle of a checkpoint in which the raw tier lets go of samples: the journal
/// brings late ones again of the very bucket that its horizon has come to lie in.
struct RollupReplayTests {
    private static let settings: StoreSettings = {
        var settings = StoreSettings.small(maximumSeries: 16)
        for tier in StoreTier.rollups { settings.rollupBytes[tier] = 1 << 20 }
        return settings
    }()
    private static let start: Int64 = 1_750_000_000_000

    /// What is given to a store: days of samples, and among the last of them late ones.
    private static func given(_ step: Int64) -> [(series: SeriesID, sample: Sample)] {
        var generator = SeededGenerator(seed: 91)
        return (0..<26_000).map { index in
            // One of eight comes late once the store is nearly full, by any time.
            let isLate = index > firstCount && generator.next() % 8 == 0
            let place = isLate ? Int64(generator.next() % UInt64(index)) : Int64(index)
            // Between the others' times, so that nothing is written over.
            let time = start + place * step + (isLate ? 1 + Int64(index) % (step - 1) : 0)
            let value = Double(generator.next() % (1 << 40)) / 7
            return (SeriesID(UInt32(index % 8)), StoreWords.sample(time, value))
        }
    }

    private static let firstCount = 20_000

    /// Gives a store what it lacks; returns how many it refused.
    private static func replay(
        _ given: [(series: SeriesID, sample: Sample)],
        into store: inout RingStore
    ) throws -> Int {
        for number in 0..<8 { _ = try store.series(for: StoreBench.labels(number)) }
        var refused = 0
        for index in Int(store.journalPosition)..<given.count {
            let outcome = store.append(
                given[index].series,
                given[index].sample,
                journaledAt: UInt64(index)
            )
            if outcome == .tooOld, given[index].sample.time >= store.statistics.horizon {
                refused += 1
            }
        }
        return refused
    }

    /// With a retention the horizon moves before there is no room any more, and a checkpoint begins
    /// anew when something has to be summarised first.
    @Test(arguments: [(30_000, nil), (2_700, 10)] as [(Int64, Int64?)])
    func `late samples that a checkpoint had summarised are taken again, wherever it stops`(
        _ step: Int64,
        retentionHours: Int64?
    ) throws {
        var settings = Self.settings
        settings.retention = retentionHours.map { Milliseconds($0 * 3_600_000) }
        let given = Self.given(step)
        let now = given.map(\.sample.time).max()
        var (samples, summaries) = (StoreModel(), RollupModel())
        for (series, sample) in given {
            _ = samples.append(series, sample)
            summaries.append(series, sample)
        }
        let root = try TemporaryFolder("langso-disk")
        let before: DiskState
        let operations: [DiskOperation]
        do {
            let disk = FaultyDisk(root)
            let path = disk.path(of: "data")
            var store = try RingStore.create(folder: path, settings: settings, calls: disk)
            _ = try Self.replay(Array(given.prefix(Self.firstCount)), into: &store)
            try store.checkpoint(journalPosition: UInt64(Self.firstCount))
            try #require(store.statistics.horizon == .distantPast, "nothing has given way yet")
            before = disk.contents
            let count = disk.operationCount
            #expect(try Self.replay(given, into: &store) == 0)
            try store.checkpoint(journalPosition: UInt64(given.count), at: now)
            try #require(store.statistics.horizon.milliseconds > Self.start)
            operations = Array(disk.operations[count...])
        }
        var state = before
        var (stops, interesting) = (0, 0)
        for (index, operation) in operations.enumerated() {
            state.apply(operation)
            var stopped = state
            stopped.apply(.powerCut(seed: UInt64(index)))
            let disk = FaultyDisk(root, stopped)
            let path = disk.path(of: "data")
            var store = try RingStore.open(folder: path, settings: settings, calls: disk)
            let horizon = store.statistics.horizon
            let isInside = horizon > .distantPast && store.journalPosition < given.count
            if isInside { interesting += 1 }
            #expect(try Self.replay(given, into: &store) == 0, "stop \(index)")
            stops += 1
            guard isInside || index % 16 == 0 else { continue }
            var left = samples
            left.dropSamples(before: horizon)
            #expect(try left.difference(from: store.snapshot()) == nil, "stop \(index)")
            try store.checkpoint(journalPosition: UInt64(given.count))
            for rollup in store.rollups {
                #expect(try summaries.difference(from: store, rollup) == nil, "stop \(index)")
            }
        }
        print("replay: \(stops) stops, \(interesting) of them between letting go and the end")
        #expect(interesting > 0)
    }
}
