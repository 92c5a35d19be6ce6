import Glibc
import Telemetry
import TestKit
import Testing

@testable import RingStore

/// What becomes of rollup tiers, labels and deletions when the disk refuses at a bad moment.
struct RollupFaultTests {
    private static let settings: StoreSettings = {
        var settings = StoreSettings.small(maximumSeries: 64)
        settings.rollupBytes = [.fiveMinutes: 512 << 10, .hour: 256 << 10]
        return settings
    }()

    /// Samples of a few days, in two checkpoints.
    private static func write(_ path: String, _ disk: any FileCalls) throws -> RollupModel {
        var store = try RingStore.create(folder: path, settings: settings, calls: disk)
        var model = RollupModel()
        for half in 0..<2 {
            for minute in half * 1500..<(half + 1) * 1500 {
                let series = try store.series(for: StoreBench.labels(minute % 3))
                let time = 1_750_000_000_000 + Int64(minute) * 60_000
                let sample = StoreWords.sample(time, Double(minute % 100))
                _ = store.append(series, sample)
                model.append(series, sample)
            }
            try store.checkpoint(journalPosition: UInt64(half + 1))
        }
        return model
    }

    private static func check(_ path: String, _ disk: any FileCalls, _ model: RollupModel) throws {
        var settings = try RingStore.sizes(folder: path, calls: disk)
        settings.maximumSeries = Self.settings.maximumSeries
        let store = try RingStore.open(folder: path, settings: settings, calls: disk)
        #expect(store.rollups.count == 2)
        for rollup in store.rollups {
            #expect(rollup.frontier > 1_750_000_000_000)
            #expect(try model.difference(from: store, rollup) == nil)
        }
        try store.checkInvariants()
    }

    /// A store whose rows of five minutes reach beyond its frontier, as when a sealing was cut
    /// short after a part of its runs; one sample a minute, the last of them alone in its bucket.
    private static func reachingBeyond(
        _ path: String,
        _ model: inout RollupModel
    ) throws -> RingStore {
        var store = try RingStore.create(folder: path, settings: settings)
        let series = try store.series(for: StoreBench.labels(0))
        let samples = (0...300).map {
            StoreWords.sample(end - 300_000 - $0 * 60_000, Double($0))
        }
        for sample in samples.reversed() + [last] {
            _ = store.append(series, sample)
            model.append(series, sample)
        }
        try store.checkpoint(journalPosition: 1)
        try #require(store.rollups[0].frontier == end, "buckets that have begun are rolled up")
        store.rollups[0].ring.mark.frontier = end - 7_200_000
        try store.rollups[0].ring.commit()
        return store
    }

    /// Where the last bucket ends, and the only sample in it.
    private static let end: Int64 = 1_750_000_200_000
    private static let last = StoreWords.sample(end - 1000, 7)

    /// Adds samples of the next day, which move all frontiers on, and checks all rows.
    private static func goOn(_ store: inout RingStore, _ model: RollupModel) throws {
        var model = model
        let sample = StoreWords.sample(end + 2 * 86_400_000, 1)
        _ = store.append(SeriesID(0), sample)
        model.append(SeriesID(0), sample)
        try store.checkpoint(journalPosition: 2)
        #expect(store.rollups[0].frontier > end)
        for rollup in store.rollups {
            #expect(try model.difference(from: store, rollup) == nil)
        }
        try store.checkInvariants()
    }

    @Test func `a row beyond the frontier goes when its only value was a mistake`() throws {
        let folder = try TemporaryFolder()
        var model = RollupModel()
        var store = try Self.reachingBeyond(folder.path(of: "data"), &model)
        let marker = Sample(time: Self.last.time, value: Double(bitPattern: Sample.staleMarkerBits))
        _ = store.append(SeriesID(0), marker)
        model.append(SeriesID(0), marker)
        try Self.goOn(&store, model)
    }

    @Test func `a row beyond the frontier goes when its samples are deleted`() throws {
        let folder = try TemporaryFolder()
        var model = RollupModel()
        var store = try Self.reachingBeyond(folder.path(of: "data"), &model)
        let deletion = StoreDeletion(
            range: Self.last.time...Self.last.time,
            selection: "{}",
            author: "Hoàng Văn A",
            reason: "đồng hồ chạy sai",
            time: Self.last.time
        )
        _ = try store.delete([SeriesID(0)], deletion, journalPosition: 1)
        let time = Self.last.time.milliseconds
        model.remove(SeriesID(0), in: time...time)
        try Self.goOn(&store, model)
    }

    @Test func `a tier that a crash left with one of its two headers gets the other`() throws {
        let root = try TemporaryFolder("langso-disk")
        let disk = FaultyDisk(root)
        let path = disk.path(of: "data")
        _ = try RingStore.create(folder: path, settings: .small(), calls: disk)
        var state = disk.contents
        let count = disk.operationCount
        _ = try RingStore.open(folder: path, settings: Self.settings, calls: disk)
        // All up to the first header of the first tier that is added, and that on the disk.
        for operation in disk.operations[count...] {
            state.apply(operation)
            guard case .write(let file, offset: 0, _) = operation else { continue }
            state.apply(.synchronize(file: file))
            break
        }
        let left = FaultyDisk(root, state)
        _ = try RingStore.open(folder: path, settings: Self.settings, calls: left)
        #expect(try StoreVerification.run(folder: path, calls: left).faults == [])
    }

    @Test func `a rebuilding whose renaming is not waited for keeps all summaries`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let model = try Self.write(path, disk)
        var failures = 0
        // Every wait for a folder in turn, the one behind the renaming among them.
        for count in 0..<8 {
            disk.fail(DiskFaults(after: count, of: [.synchronize], code: EIO))
            do {
                _ = try RingStore.rebuild(folder: path, rawTierBytes: 512 << 10, calls: disk)
            } catch {
                failures += 1
            }
            disk.clearFaults()
            if count % 2 == 0 { disk.cutPower(seed: UInt64(count)) }
            try Self.check(path, disk, model)
        }
        #expect(failures > 1)
    }

    @Test func `a tier that a rebuilding was to remove is there while the old store counts`() throws
    {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let model = try Self.write(path, disk)
        for call in 0..<2 {
            disk.fail(DiskFaults(after: call, of: [.rename], code: EIO))
            #expect(throws: StoreError.self) {
                _ = try RingStore.rebuild(
                    folder: path,
                    rollupBytes: [.hour: 0],
                    allowing: .oldest,
                    calls: disk
                )
            }
            disk.clearFaults()
            try Self.check(path, disk, model)
        }
        _ = try RingStore.rebuild(
            folder: path,
            rollupBytes: [.hour: 0],
            allowing: .oldest,
            calls: disk
        )
        #expect(
            Array(try RingStore.sizes(folder: path, calls: disk).rollupBytes.keys) == [.fiveMinutes]
        )
    }

    @Test func `an opening that cannot read what a rebuilding left behind keeps it`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let model = try Self.write(path, disk)
        // As when it dies behind the renaming of the raw tier.
        let tier = StoreTier.hour
        let old = try #require(disk.contents.bytes(named: "data/\(tier.fileName)"))
        _ = try RingStore.rebuild(folder: path, rawTierBytes: 512 << 10, calls: disk)
        let storage = StorageFolder(path, calls: disk)
        try storage.rename(tier.fileName, to: tier.freshFileName)
        try storage.replace("\(tier.fileName).before", with: old)
        try storage.rename("\(tier.fileName).before", to: tier.fileName)
        var settings = try RingStore.sizes(folder: path, calls: disk)
        settings.maximumSeries = Self.settings.maximumSeries
        var failures = 0
        for call: DiskFaults.Call in [.open, .read] {
            for count in 0..<12 {
                // Nothing but the opening is put right, so that each finds the same.
                let calls = FaultyDisk(try TemporaryFolder(), disk.contents)
                let copy = calls.path(of: "data")
                calls.fail(DiskFaults(after: count, of: [call], code: EIO))
                do {
                    _ = try RingStore.open(folder: copy, settings: settings, calls: calls)
                } catch {
                    failures += 1
                }
                calls.clearFaults()
                try Self.check(copy, calls, model)
            }
        }
        #expect(failures > 10)
    }

    @Test(arguments: 0..<40)
    func `a power cut while a tier is added leaves a store that opens`(seed: UInt64) throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        var first = Self.settings
        first.rollupBytes = [:]
        do {
            var store = try RingStore.create(folder: path, settings: first, calls: disk)
            let series = try store.series(for: StoreBench.labels(0))
            _ = store.append(series, StoreWords.sample(1_750_000_000_000))
            try store.checkpoint(journalPosition: 1)
        }
        // Dies somewhere while it makes the files, and loses what was not waited for.
        disk.fail(DiskFaults(callsToLive: 12 + Int(seed)))
        _ = try? RingStore.open(folder: path, settings: Self.settings, calls: disk)
        disk.clearFaults()
        disk.cutPower(seed: seed)
        let store = try RingStore.open(folder: path, settings: Self.settings, calls: disk)
        #expect(store.rollups.count == 2)
        #expect(store.statistics.sampleCount == 1)
    }

    @Test func `labels that a failed checkpoint could not write keep their room`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        var store = try RingStore.create(folder: path, settings: Self.settings, calls: disk)
        func labels(_ number: Int) -> Labels {
            Labels(metric: "m\(number)", ["text": String(repeating: "\(number) ", count: 700)])
        }
        var count = 0
        var refusal: StoreError?
        while refusal == nil {
            do throws(StoreError) {
                _ = try store.series(for: labels(count))
                count += 1
            } catch {
                refusal = error
            }
            disk.fail(DiskFaults(after: 0, of: [.write], code: ENOSPC))
            _ = try? store.checkpoint(journalPosition: 0)
            disk.clearFaults()
        }
        #expect(refusal == .catalogueFull(capacityBytes: 65_536))
        try store.checkpoint(journalPosition: 1)
        #expect(store.storedCatalogue.byteCount <= 65_536)
        #expect(store.storedCatalogue.seriesCount == count)
    }

    @Test func `summaries that are damaged when runs are merged are made again`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let calls = SystemFileCalls()
        var model = try Self.write(path, calls)
        for tier in Self.settings.rollupBytes.keys {
            let place: Int
            do {
                let snapshot = try StoreSnapshot.open(folder: path)
                let view = try #require(snapshot.rollups.first { $0.tier == tier })
                let record = try #require(view.partitions.last?.runs.first).record
                place = Int(view.geometry.slotOffset(record.slots[0])) + 100
            }
            var image = try RingStoreCrashTests.file(path, tier.fileName)
            image[place] ^= 1
            try RingStoreCrashTests.write(image, to: path, tier.fileName)
        }
        do {
            var store = try RingStore.open(folder: path, settings: Self.settings)
            // Late ones in most buckets: so many that runs are merged, and not all rows made anew
            for number in 0..<1700 {
                let series = try store.series(for: StoreBench.labels(number % 3))
                let minute = Int64(number / 3 * 5)
                let sample = StoreWords.sample(1_750_000_000_001 + minute * 60_000, 1)
                _ = store.append(series, sample)
                model.append(series, sample)
            }
            try store.checkpoint(journalPosition: store.journalPosition)
            #expect(store.rollups.allSatisfy { $0.ring.damagedBlockCount > 0 })
        }
        try Self.check(path, calls, model)
    }

    @Test func `a damaged run of summaries is answered from samples, and made again`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let calls = SystemFileCalls()
        let model = try Self.write(path, calls)
        let place: Int
        do {
            let snapshot = try StoreSnapshot.open(folder: path)
            let view = try #require(snapshot.rollups.first { $0.tier == .hour })
            let record = try #require(view.partitions.last?.runs.first).record
            let (slotIndex, rest) = record.dataBytes.quotientAndRemainder(
                dividingBy: view.geometry.slotBytes
            )
            place = Int(view.geometry.slotOffset(record.slots[slotIndex])) + rest
        }
        var image = try RingStoreCrashTests.file(path, "store.1h")
        image[place + 8] ^= 1
        try RingStoreCrashTests.write(image, to: path, "store.1h")
        let hour: Int64 = 3_600_000
        let start = (Int64(1_750_000_000_000) / hour + 1) * hour
        let windows = WindowGrid(firstEnd: start + hour, step: hour, count: 40, length: hour)
        let plan = SummaryPlan(
            windows: windows,
            fields: .all,
            tier: "1h",
            bucket: Milliseconds(hour)
        )
        do {
            // The folder is locked against writers as long as it lives.
            let damaged = try StoreSnapshot.open(folder: path)
            for series in 0..<UInt32(3) {
                #expect(try model.difference(from: damaged, SeriesID(series), plan) == nil)
            }
        }
        do {
            var store = try RingStore.open(folder: path, settings: Self.settings)
            try store.checkpoint(journalPosition: store.journalPosition)
        }
        try Self.check(path, calls, model)
    }
}
