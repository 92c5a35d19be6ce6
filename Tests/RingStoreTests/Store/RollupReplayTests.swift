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

    private typealias Given = (series: SeriesID, sample: Sample)

    /// How many samples come before each checkpoint.
    private static let counts = [20_000, 26_000, 40_000]
    /// Eight, and one for each round of meters.
    private static let seriesCount = 12
    /// How many come after a crash before the next checkpoint.
    private static let laterCount = 3_000

    /// What is given to a store: samples, and among those after the first checkpoint late ones, and
    /// in each round a meter, if there shall be some, that delivers all since the beginning, the
    /// oldest first.
    private static func given(_ step: Int64, hasMeters: Bool) -> [Given] {
        var generator = SeededGenerator(seed: 91)
        let ends = counts + [counts[2] + laterCount]
        return (0..<counts[2] + laterCount).map { index in
            if hasMeters, index > counts[0], index % 4 == 1 {
                let round = ends.firstIndex { index < $0 } ?? counts.count
                let first = ends[round - 1]
                let place = (index - first) * index / (ends[round] - first)
                return (
                    SeriesID(UInt32(8 + round)),
                    StoreWords.sample(start + Int64(place) * step, Double(index))
                )
            }
            // One of eight, of any time before.
            let isLate = index > counts[0] && generator.next() % 8 == 0
            let place = isLate ? Int64(generator.next() % UInt64(index)) : Int64(index)
            // Between the others' times, so that nothing is written over.
            let time = start + place * step + (isLate ? 1 + Int64(index) % (step - 1) : 0)
            let value = Double(generator.next() % (1 << 40)) / 7
            return (SeriesID(UInt32(index % 8)), StoreWords.sample(time, value))
        }
    }

    /// Gives a store what it lacks; returns which it refused.
    private static func replay(
        _ given: some RandomAccessCollection<Given>,
        into store: inout RingStore
    ) throws -> Set<Int> {
        for number in 0..<seriesCount { _ = try store.series(for: StoreBench.labels(number)) }
        var refused: Set<Int> = []
        for (index, given) in given.enumerated().dropFirst(Int(store.journalPosition)) {
            let outcome = store.append(
                given.series,
                given.sample,
                journaledAt: UInt64(index)
            )
            if outcome == .tooOld { refused.insert(index) }
        }
        return refused
    }

    /// With a retention the horizon moves before there is no room any more, and a checkpoint begins
    /// anew when something has to be summarised first.
    @Test(arguments: [(30_000, nil), (2_700, 10)] as [(Int64, Int64?)])
    func `what a checkpoint had summarised is taken again and nothing else, wherever it stops`(
        _ step: Int64,
        retentionHours: Int64?
    ) throws {
        var settings = Self.settings
        settings.retention = retentionHours.map { Milliseconds($0 * 3_600_000) }
        let hasMeters = retentionHours == nil
        let all = Self.given(step, hasMeters: hasMeters)
        let root = try TemporaryFolder("langso-disk")
        let disk = FaultyDisk(root)
        let path = disk.path(of: "data")
        var (samples, summaries) = (StoreModel(), RollupModel())
        var refused: Set<Int> = []
        var (letGoCount, secondCount) = (0, 0)
        for (round, count) in Self.counts.enumerated() {
            let given = all[..<count]
            let before = disk.contents
            let operationCount: Int
            do {
                var store =
                    try round == 0
                    ? RingStore.create(folder: path, settings: settings, calls: disk)
                    : RingStore.open(folder: path, settings: settings, calls: disk)
                let first = Int(store.journalPosition)
                refused.formUnion(try Self.replay(given, into: &store))
                for index in first..<count where !refused.contains(index) {
                    _ = samples.append(given[index].series, given[index].sample)
                    summaries.append(given[index].series, given[index].sample)
                }
                operationCount = disk.operationCount
                let now = round == 0 ? nil : given.map(\.sample.time).max()
                try store.checkpoint(journalPosition: UInt64(count), at: now)
            }
            guard round > 0 else { continue }
            var checkpoint = Checkpoint(settings: settings, root: root, state: before)
            checkpoint.operations = Array(disk.operations[operationCount...])
            checkpoint.given = given
            checkpoint.refused = refused
            checkpoint.samples = samples
            checkpoint.summaries = summaries
            letGoCount += try checkpoint.checkStops().letGo
            // What the journal brings is summarised once more, with some more, and cut short again.
            // With a retention no root comes between.
            guard hasMeters else { continue }
            var second = checkpoint
            try second.goOn(
                from: try #require(checkpoint.lastUnfinished),
                with: all[..<(count + Self.laterCount)]
            )
            secondCount += try second.checkStops().unfinished
        }
        #expect(letGoCount > 10)
        #expect(secondCount > 10 || !hasMeters)
        #expect(refused.count > 10, "some were too late")
    }

    /// A checkpoint, what it began with, and what must hold whenever it stops.
    private struct Checkpoint {
        let settings: StoreSettings
        let root: TemporaryFolder
        var state: DiskState
        var operations: [DiskOperation] = []
        var given: ArraySlice<Given> = []
        var refused: Set<Int> = []
        var samples = StoreModel()
        var summaries = RollupModel()
        /// What the last stop left whose root says that samples were summarised.
        var lastUnfinished: DiskState?

        /// Becomes a checkpoint that follows after a stop: everything comes again, and some more.
        mutating func goOn(from stopped: DiskState, with more: ArraySlice<Given>) throws {
            state = stopped
            let disk = FaultyDisk(root, stopped)
            let report = try StoreVerification.run(folder: disk.path(of: "data"), calls: disk)
            #expect(report.faults.isEmpty)
            #expect(report.journalPosition < given.count)
            #expect(report.committedPosition == given.count)
            var store = try open(disk)
            refused.formUnion(try RollupReplayTests.replay(more, into: &store))
            for index in given.count..<more.count where !refused.contains(index) {
                _ = samples.append(more[index].series, more[index].sample)
                summaries.append(more[index].series, more[index].sample)
            }
            given = more
            let first = disk.operationCount
            try store.checkpoint(
                journalPosition: UInt64(given.count),
                at: given.map(\.sample.time).max()
            )
            operations = Array(disk.operations[first...])
            lastUnfinished = nil
        }

        /// Cuts the power after each operation, and has the journal bring everything again.
        ///
        /// - Returns: How many stops came after samples had been let go, and how many after a root
        ///   that says what was summarised.
        mutating func checkStops() throws -> (letGo: Int, unfinished: Int) {
            let known = try open(FaultyDisk(root, state)).statistics.horizon
            var (letGoCount, unfinishedCount) = (0, 0)
            for (index, operation) in operations.enumerated() {
                state.apply(operation)
                var stopped = state
                stopped.apply(.powerCut(seed: UInt64(index)))
                var store = try open(FaultyDisk(root, stopped))
                let horizon = store.statistics.horizon
                let isDone = store.journalPosition >= given.count
                let hasLetGo = !isDone && horizon > known
                if hasLetGo { letGoCount += 1 }
                let isUnfinished = !isDone && store.committedPosition == given.count
                if isUnfinished {
                    unfinishedCount += 1
                    lastUnfinished = stopped
                }
                // All is replayed for each: a share will do, as campaigns stop everywhere.
                let isOneOfMany =
                    if hasLetGo { letGoCount % 4 == 1 } else if isUnfinished {
                        unfinishedCount % 6 == 0
                    } else { index % 64 == 0 }
                guard isOneOfMany else { continue }
                try check(&store, since: horizon, "stop \(index)")
            }
            print(
                "replay: \(operations.count) stops, \(letGoCount) after letting go, "
                    + "\(unfinishedCount) that a root tells of"
            )
            return (letGoCount, unfinishedCount)
        }

        /// When each series has samples.
        private func times(_ store: inout RingStore) throws -> [SeriesID: Set<Instant>] {
            var times: [SeriesID: Set<Instant>] = [:]
            for number in 0..<RollupReplayTests.seriesCount {
                let series = try store.series(for: StoreBench.labels(number))
                times[series] = Set(try StoreWords.read(store.snapshot(), series).map(\.time))
            }
            return times
        }

        private func open(_ disk: FaultyDisk) throws -> RingStore {
            try RingStore.open(folder: disk.path(of: "data"), settings: settings, calls: disk)
        }

        private func check(
            _ store: inout RingStore,
            since horizon: Instant,
            _ place: Comment
        ) throws {
            let first = Int(store.journalPosition)
            let present = try times(&store)
            let found = try RollupReplayTests.replay(given, into: &store)
            // What has given way is refused as well, and so may be what is on the disk already.
            let isLeft = { (index: Int) in given[index].sample.time >= horizon }
            let wanted = refused.filter { $0 >= first && isLeft($0) }
            #expect(found.isSuperset(of: wanted), place)
            let others = found.filter(isLeft).subtracting(wanted).map { given[$0] }
            #expect(
                others.allSatisfy { present[$0.series]?.contains($0.sample.time) == true },
                place
            )
            var left = samples
            left.dropSamples(before: horizon)
            #expect(try left.difference(from: store.snapshot()) == nil, place)
            try store.checkpoint(journalPosition: UInt64(given.count))
            for rollup in store.rollups {
                #expect(try summaries.difference(from: store, rollup) == nil, place)
            }
        }
    }
}
