import Telemetry
import TestKit
import Testing

@testable import RingStore

/// Rollup tiers through everything that is done with a store.
struct RollupStoreTests {
    private func faults(_ folder: String) throws -> [StoreVerification.Fault] {
        try StoreVerification.run(folder: folder).faults
    }

    @Test func `summaries outlive the samples, and say what was`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 41)
        #expect(stored.statistics.horizon.milliseconds > SummarisedStore.start + 86_400_000)
        let snapshot = try StoreSnapshot.open(folder: stored.folder)
        let hour: Int64 = 3_600_000
        let first = (SummarisedStore.start / hour + 2) * hour
        let windows = WindowGrid(firstEnd: first + 6 * hour, step: hour, count: 30, length: hour)
        let plan = try #require(snapshot.plan(windows, .all))
        #expect(plan.tier == "1h")
        for series in 0..<UInt32(8) {
            #expect(try stored.model.difference(from: snapshot, SeriesID(series), plan) == nil)
        }
        let range = Instant(milliseconds: first)...Instant(milliseconds: first + hour)
        let device = LabelMatcher("device", .equal("lamp-3"))
        let found = try snapshot.select([device], in: range)
        #expect(found.map(\.id.rawValue) == [3])
        #expect(try snapshot.labelValues(of: "device", in: range).count == 8)
    }

    @Test func `looking back before the horizon finds the last sample of each bucket`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 42)
        let snapshot = try StoreSnapshot.open(folder: stored.folder)
        let horizon = stored.statistics.horizon.milliseconds
        let lower = horizon - 7_200_000
        var buffer = SampleBuffer()
        let range = Instant(milliseconds: lower)...Instant(milliseconds: horizon + 600_000)
        try snapshot.readLasts(SeriesID(5), in: range, into: &buffer)
        // Before the horizon the last of each five minutes, then all.
        var lasts: [Int64: Int64] = [:]
        var all: Set<Int64> = []
        for (time, bits) in try #require(stored.model.samples[5])
        where range.contains(Instant(milliseconds: time)) && bits != Sample.staleMarkerBits {
            let end = RollupBuckets(width: 300_000).end(of: time)
            lasts[end] = max(lasts[end] ?? .min, time)
            if time >= horizon { all.insert(time) }
        }
        #expect(buffer.times == all.union(lasts.values.filter { $0 < horizon }).sorted())
        #expect(buffer.count > 24)
        for (time, value) in zip(buffer.times, buffer.values) {
            #expect(stored.model.samples[5]?[time] == value.bitPattern)
        }
    }

    @Test func `a store of other sizes has the same summaries`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 43)
        let path = stored.folder
        var before: [StoreTier: [Labels: [Int64: String]]] = [:]
        for tier in StoreTier.rollups { before[tier] = try SummarisedStore.rows(path, tier) }
        let report = try RingStore.rebuild(
            folder: path,
            rawTierBytes: 512 << 10,
            rollupBytes: [.fiveMinutes: 4 << 20, .hour: 512 << 10]
        )
        #expect(report.rollups.map(\.tier) == StoreTier.rollups)
        #expect(report.rollups.map(\.bytes) == [4 << 20, 512 << 10, 256 << 10])
        #expect(report.rollups.allSatisfy { $0.droppedBefore == nil })
        #expect(try faults(path) == [])
        for tier in StoreTier.rollups {
            #expect(try SummarisedStore.rows(path, tier) == before[tier])
        }
        var settings = SummarisedStore.settings
        settings.rawTierBytes = 512 << 10
        settings.rollupBytes = [.fiveMinutes: 4 << 20, .hour: 512 << 10, .day: 256 << 10]
        let store = try RingStore.open(folder: path, settings: settings)
        try store.checkInvariants()
        #expect(
            try StorageFolder(path).names() == [
                "lock", "store", "store.1d", "store.1h", "store.5m",
            ]
        )
    }

    @Test func `summaries without room, and whole tiers, are given up only when that is allowed`()
        throws
    {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 44)
        let path = stored.folder
        let before = try SummarisedStore.rows(path, .fiveMinutes)
        for sizes in [[StoreTier.fiveMinutes: UInt64(256 << 10)], [.day: 0]] {
            let error = #expect(throws: StoreError.self) {
                _ = try RingStore.rebuild(folder: path, rollupBytes: sizes)
            }
            #expect("\(try #require(error))".contains("--drop-oldest"))
            #expect(try faults(path) == [])
        }
        #expect(try SummarisedStore.rows(path, .fiveMinutes) == before)
        let report = try RingStore.rebuild(
            folder: path,
            rollupBytes: [.fiveMinutes: 256 << 10, .day: 0],
            allowing: .oldest
        )
        #expect(try faults(path) == [])
        let dropped = try #require(report.rollups[0].droppedBefore).milliseconds
        let after = try SummarisedStore.rows(path, .fiveMinutes)
        for (labels, rows) in before {
            #expect(after[labels] ?? [:] == rows.filter { $0.key >= dropped })
        }
        #expect(try StorageFolder(path).names() == ["lock", "store", "store.1h", "store.5m"])
        #expect(try RingStore.sizes(folder: path).rollupBytes.keys.contains(.day) == false)
    }

    @Test func `a tier that is wanted later begins with what the samples still tell`() throws {
        let folder = try TemporaryFolder()
        var settings = SummarisedStore.settings
        settings.rollupBytes[.hour] = nil
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 45, settings: settings)
        var store = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        try store.checkpoint(journalPosition: store.journalPosition)
        let hour = try #require(store.rollups.first { $0.tier == .hour })
        #expect(hour.ring.horizon > stored.statistics.horizon.milliseconds)
        #expect(hour.frontier > hour.ring.horizon + 7_200_000)
        #expect(try stored.model.difference(from: store, hour) == nil)
        try store.checkInvariants()
    }

    @Test func `a copy has all tiers`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 46)
        let target = folder.path(of: "copy")
        let copy = try StoreCopy.make(from: stored.folder, to: target)
        #expect(copy.damagedRunCount == 0)
        #expect(try faults(target) == [])
        for tier in StoreTier.rollups {
            let rows = try SummarisedStore.rows(target, tier)
            #expect(try rows == SummarisedStore.rows(stored.folder, tier) && !rows.isEmpty)
        }
        #expect(
            try StorageFolder(target).names()
                == ["lock", "store", "store.1d", "store.1h", "store.5m"]
        )
    }

    @Test func `an opening finishes what a crash left of a new store's renaming`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 47, sampleCount: 8000)
        let rows = try SummarisedStore.rows(stored.folder, .hour)
        let storage = StorageFolder(stored.folder)
        try storage.rename("store.1h", to: "store.1h.new")
        #expect(try SummarisedStore.rows(stored.folder, .hour) == rows)
        _ = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        #expect(try storage.contains("store.1h") && !storage.contains("store.1h.new"))
        #expect(try SummarisedStore.rows(stored.folder, .hour) == rows)
    }

    @Test func `a tier of another store is refused, and one that is not configured`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 48, sampleCount: 8000)
        let other = try SummarisedStore(folder.path(of: "other"), seed: 49, sampleCount: 8000)
        var settings = SummarisedStore.settings
        settings.rollupBytes[.day] = nil
        let wanted = StoreError.differentSize(
            path: "\(stored.folder)/store.1d",
            tier: .day,
            configuredBytes: 0,
            actualBytes: 256 << 10
        )
        #expect(throws: wanted) {
            _ = try RingStore.open(folder: stored.folder, settings: settings)
        }
        let image = try RingStoreCrashTests.file(other.folder, "store.1h")
        try RingStoreCrashTests.write(image, to: stored.folder, "store.1h")
        let foreign = StoreError.foreignTier(path: "\(stored.folder)/store.1h", tier: .hour)
        #expect(throws: foreign) {
            _ = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        }
        #expect(throws: foreign) { _ = try StoreSnapshot.open(folder: stored.folder) }
    }

    @Test func `times from the first to the last that there is are rolled up in a few steps`()
        throws
    {
        let folder = try TemporaryFolder()
        var settings = SummarisedStore.settings
        settings.rawTierBytes = 1 << 20
        var bench = try StoreBench(folder.path(of: "data"), settings)
        let times: [Int64] = [
            .min, .min + 1, -86_400_000, -1, 0, 1, 300_000, 1_750_000_000_000, 1_750_000_000_001,
            1_900_000_000_000, .max - 1, .max,
        ]
        for _ in 0..<2 {
            for time in times {
                for series in bench.series.prefix(3) {
                    _ = bench.store.append(series, StoreWords.sample(time, Double(time % 7)))
                }
            }
            try bench.store.checkpoint(journalPosition: 1)
            try bench.store.checkInvariants()
            bench = try bench.reopened()
        }
        let snapshot = bench.store.snapshot()
        let wanted = RollupBuckets(width: 300_000)
        // The last bucket that there is has not settled.
        let frontier = try #require(snapshot.rollups[0].root.mark.frontier)
        let rolledUp = times.filter { $0 <= frontier }
        #expect(rolledUp.count == times.count - 2)
        let ends = Set(rolledUp.map { wanted.end(of: $0) })
        var reader = RollupReader(snapshot.rollups[0].partitions, .all)
        try reader.load(bench.series[0].rawValue, endingIn: .min ... .max)
        var found: [Int64: Int] = [:]
        reader.forEach { found[$0.end] = $0.summary?.count }
        #expect(Set(found.keys) == ends)
        #expect(found.values.reduce(0, +) == rolledUp.count)
    }

    @Test func `damage in a rollup tier is told with its file, and never answered from`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 50)
        let snapshot = try StoreSnapshot.open(folder: stored.folder)
        let view = try #require(snapshot.rollups.first { $0.tier == .hour })
        let run = try #require(view.partitions.last?.runs.first)
        let place = Int(view.geometry.slotOffset(run.record.slots[0])) + 40
        var image = try RingStoreCrashTests.file(stored.folder, "store.1h")
        image[place] ^= 1
        try RingStoreCrashTests.write(image, to: stored.folder, "store.1h")
        let found = try faults(stored.folder)
        #expect(found.count == 1 && found[0].place.hasPrefix("store.1h, run "))
        let hour: Int64 = 3_600_000
        let last = (SummarisedStore.start + SummarisedStore.span) / hour * hour
        let windows = WindowGrid(firstEnd: last - 96 * hour, step: hour, count: 90, length: hour)
        let plan = try #require(snapshot.plan(windows, .all))
        var pieces = SummaryBuffer()
        let error = #expect(throws: SeriesSourceError.self) {
            for series in 0..<UInt32(8) {
                try snapshot.summarize(SeriesID(series), plan, into: &pieces)
            }
        }
        #expect("\(try #require(error))".contains("does not pass its check"))
    }
}
