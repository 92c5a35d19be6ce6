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

    /// What is given to a store: samples, and among those after the first checkpoint late ones.
    private static func given(_ step: Int64) -> [Given] {
        var generator = SeededGenerator(seed: 91)
        return (0..<counts[2]).map { index in
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
        for number in 0..<8 { _ = try store.series(for: StoreBench.labels(number)) }
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
        let all = Self.given(step)
        let root = try TemporaryFolder("langso-disk")
        let disk = FaultyDisk(root)
        let path = disk.path(of: "data")
        var (samples, summaries) = (StoreModel(), RollupModel())
        var refused: Set<Int> = []
        var insideCount = 0
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
            insideCount += try checkpoint.checkStops()
        }
        #expect(insideCount > 10)
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

        /// Cuts the power after each operation, and has the journal bring everything again.
        ///
        /// - Returns: After how many samples had been let go.
        mutating func checkStops() throws -> Int {
            let known = try open(FaultyDisk(root, state)).statistics.horizon
            var insideCount = 0
            for (index, operation) in operations.enumerated() {
                state.apply(operation)
                var stopped = state
                stopped.apply(.powerCut(seed: UInt64(index)))
                var store = try open(FaultyDisk(root, stopped))
                let horizon = store.statistics.horizon
                let isInside = store.journalPosition < given.count && horizon > known
                if isInside { insideCount += 1 }
                guard isInside || index % 64 == 0 else { continue }
                try check(&store, since: horizon, "stop \(index)")
            }
            print("replay: \(operations.count) stops, \(insideCount) after letting go")
            return insideCount
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
            let found = try RollupReplayTests.replay(given, into: &store)
            // What has given way is refused as well.
            let isLeft = { (index: Int) in given[index].sample.time >= horizon }
            let wanted = refused.filter { $0 >= first && isLeft($0) }
            #expect(found.filter(isLeft) == wanted, place)
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
