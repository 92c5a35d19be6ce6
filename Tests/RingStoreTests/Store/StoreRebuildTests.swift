import Glibc
@testable import RingStore
import Telemetry
import TestKit
import Testing

/// A store gets another size or format with everything that has room, or stays as it was.
struct StoreRebuildTests {
    /// Says how a closed store differs from what it must hold, and checks it whole.
    private func difference(
        _ path: String,
        from model: StoreModel,
        calls: any FileCalls = SystemFileCalls()
    ) throws -> String? {
        let report = try StoreVerification.run(folder: path, calls: calls)
        if let fault = report.faults.first { return "\(fault)" }
        let snapshot = try StoreSnapshot.open(folder: path, calls: calls)
        return try model.difference(from: snapshot)
    }

    @Test func `a larger store has the same samples, position, horizon and counters`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let (model, before) = try WrittenStore.make(path, seed: 11, checkpoints: 20)
        #expect(before.horizon > .distantPast, "the ring has not gone round")
        var shares: [Double] = []
        let report = try RingStore.rebuild(folder: path, rawTierBytes: 1 << 20) {
            shares.append($0)
        }
        #expect(try difference(path, from: model) == nil)
        #expect(report.rawTierBytesBefore == before.budgetBytes)
        #expect(report.rawTierBytes == 1 << 20)
        #expect(report.sampleCount == model.count && report.droppedSampleCount == 0)
        #expect(report.droppedFrom == nil && report.droppedBefore == nil)
        #expect(shares.last == 1)
        let after = try StoreSnapshot.open(folder: path).statistics
        #expect(after.budgetBytes == 1 << 20)
        #expect(after.journalPosition == before.journalPosition)
        #expect(after.checkpointCount == before.checkpointCount)
        #expect(after.horizon == before.horizon)
        #expect(after.damagedBlockCount == 0)
        #expect(try StorageFolder(path).names() == ["lock", "store"])
    }

    @Test(arguments: [UInt64(21), 22, 23])
    func `a smaller store keeps the newest samples, and says what it dropped`(
        seed: UInt64
    ) throws {
        print("resize: seed \(seed)")
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let settings = StoreSettings(rawTierBytes: 1 << 20, maximumSeries: 512)
        var model = StoreModel()
        do {
            let written = try WrittenStore(path, seed: seed, settings: settings)
            for _ in 0..<12 { try written.write(3000) }
            model = written.model
        }
        let refusal = #expect(throws: StoreError.self) {
            _ = try RingStore.rebuild(folder: path, rawTierBytes: 256 << 10, allowing: .damaged)
        }
        #expect("\(try #require(refusal))".contains("--drop-oldest"))
        #expect(try difference(path, from: model) == nil)
        #expect(try StorageFolder(path).names() == ["lock", "store"])
        let report = try RingStore.rebuild(
            folder: path,
            rawTierBytes: 256 << 10,
            allowing: .oldest
        )
        let horizon = try #require(report.droppedBefore)
        let all = model.count
        let earliest = model.samples.values.compactMap { $0.keys.min() }.min()
        model.dropSamples(before: horizon)
        #expect(try difference(path, from: model) == nil)
        let after = try StoreSnapshot.open(folder: path).statistics
        #expect(after.horizon == horizon)
        // Some before the horizon lie in a run that is still there; they count as dropped later.
        #expect(report.sampleCount >= model.count)
        #expect(report.droppedSampleCount + report.sampleCount >= all)
        #expect(report.droppedFrom.map { $0.milliseconds <= earliest ?? .max } == true)
        #expect(model.count > 10_000, "half of the tier at least is in use: \(model.count)")
    }

    @Test func `a power cut at any step leaves the old store or the new one`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let (model, before) = try WrittenStore.make(
            path,
            seed: 31,
            checkpoints: 2,
            samplesEach: 3000,
            calls: disk
        )
        let written = disk.operationCount
        _ = try RingStore.rebuild(folder: path, rawTierBytes: 1 << 20, calls: disk)
        #expect(try difference(path, from: model, calls: disk) == nil)
        #expect(disk.contents.names(in: "data") == ["store"])
        let root = try TemporaryFolder()
        var generator = SeededGenerator(seed: 31)
        var state = DiskState()
        var sizes: Set<UInt64> = []
        for (step, operation) in disk.operations.enumerated() {
            state.apply(operation)
            guard step >= written else { continue }
            let stopped = FaultyDisk(root, state.afterPowerCut(using: &generator))
            let folder = stopped.path(of: "data")
            let size = try RingStore.sizes(folder: folder, calls: stopped).rawTierBytes
            sizes.insert(size)
            let differs = try difference(folder, from: model, calls: stopped)
            #expect(differs == nil, "step \(step)")
        }
        #expect(disk.operationCount - written > 20)
        #expect(sizes == [before.budgetBytes, 1 << 20])
    }

    @Test func `a full disk is told with both numbers, and the old store stays`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let (model, _) = try WrittenStore.make(path, seed: 41, checkpoints: 2, calls: disk)
        let settings = StoreSettings(rawTierBytes: 4 << 20, maximumSeries: 512)
        let needed = try settings.fileBytes()
        #expect(
            throws: StoreError.file(
                .notEnoughSpace(path: path, neededBytes: needed, availableBytes: 1000)
            )
        ) {
            disk.space = 1000
            defer { disk.space = 1 << 40 }
            _ = try RingStore.rebuild(folder: path, rawTierBytes: 4 << 20, calls: disk)
        }
        for call in [DiskFaults.Call.allocate, .write, .synchronizeData, .rename] {
            let isOnce = call == .allocate || call == .rename
            disk.fail(DiskFaults(after: isOnce ? 0 : 1, of: [call], code: ENOSPC))
            #expect(throws: StoreError.self, "\(call)") {
                _ = try RingStore.rebuild(folder: path, rawTierBytes: 1 << 20, calls: disk)
            }
            #expect(!disk.clearFaults())
            #expect(disk.contents.names(in: "data") == ["store"], "\(call)")
            #expect(try difference(path, from: model, calls: disk) == nil, "\(call)")
        }
    }

    @Test func `series without samples make room, and too many are refused`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        do {
            var bench = try StoreBench(path, .small(maximumSeries: 600), seriesCount: 500)
            for series in bench.series.prefix(40) {
                _ = bench.store.append(series, StoreWords.sample(1000))
            }
            try bench.store.checkpoint(journalPosition: 40)
        }
        let error = #expect(throws: StoreError.self) {
            _ = try RingStore.rebuild(folder: path, maximumSeries: 39)
        }
        #expect("\(try #require(error))".contains("39 are kept already"))
        let report = try RingStore.rebuild(folder: path, maximumSeries: 2000)
        #expect(report.seriesCount == 40 && report.emptySeriesCount == 460)
        let snapshot = try StoreSnapshot.open(folder: path)
        let found = try snapshot.select([], in: .distantPast ... .distantFuture)
        #expect(Set(found.map(\.labels)) == Set((0..<40).map { StoreBench.labels($0) }))
        #expect(try RingStore.sizes(folder: path).maximumSeries == 2016, "in whole pages")
    }

    @Test func `more labels than the limit says are kept when no limit is asked for`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let settings = StoreSettings.small(maximumSeries: 2000)
        do {
            // Room for 2,000 usual series: many more short ones.
            let room = StoreSettings.small(maximumSeries: 4000)
            try RingStoreCrashTests.create(path, settings)
            var store = try RingStore.open(folder: path, settings: room)
            for number in 0..<3000 {
                let series = try store.series(for: ["__name__": "m\(number)"])
                _ = store.append(series, StoreWords.sample(Int64(number)))
                if number % 500 == 0 { try store.checkpoint(journalPosition: 0) }
            }
            try store.checkpoint(journalPosition: 0)
        }
        let report = try RingStore.rebuild(folder: path, rawTierBytes: 1 << 20)
        #expect(report.seriesCount == 3000 && report.sampleCount == 3000)
    }

    @Test func `a damaged block is left out and counted`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let (_, before) = try WrittenStore.make(path, seed: 51, checkpoints: 2)
        let disk = try LoadedStore.disk(StorageFolder(path), .readWrite)
        let run = try #require(try LoadedStore.newestRoot(disk).partitions.last?.runs.first)
        let place = disk.offset(100, in: run)
        let byte = try disk.file.bytes(1, at: place)
        try unsafe disk.file.write([byte[0] ^ 1].span.bytes, at: place)
        let wanted = StoreError.wouldLoseDamaged(
            path: "\(path)/store",
            blocks: 1,
            unreadableSamples: 0
        )
        #expect(throws: wanted) { _ = try RingStore.rebuild(folder: path, allowing: .oldest) }
        let report = try RingStore.rebuild(folder: path, allowing: .damaged)
        #expect(report.damagedBlockCount == 1)
        let lost = before.sampleCount - report.sampleCount
        #expect(lost > 0 && lost < 1000)
        #expect(report.droppedSampleCount == 0)
        let after = try StoreSnapshot.open(folder: path).statistics
        #expect(after.damagedBlockCount == 1)
        #expect(try StoreVerification.run(folder: path).faultCount == 0)
    }

    @Test func `a run whose index is damaged is lost only when that was asked for`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let (_, before) = try WrittenStore.make(path, seed: 52, checkpoints: 2)
        let disk = try LoadedStore.disk(StorageFolder(path), .readWrite)
        let run = try #require(try LoadedStore.newestRoot(disk).partitions.last?.runs.first)
        let place = disk.offset(run.dataBytes + 10, in: run)
        let byte = try disk.file.bytes(1, at: place)
        try unsafe disk.file.write([byte[0] ^ 1].span.bytes, at: place)
        let wanted = StoreError.wouldLoseDamaged(
            path: "\(path)/store",
            blocks: 1,
            unreadableSamples: run.sampleCount
        )
        #expect(throws: wanted) { _ = try RingStore.rebuild(folder: path) }
        #expect(try StorageFolder(path).names() == ["lock", "store"])
        let always = Instant.distantPast ... .distantFuture
        let lost = try StoreSnapshot.open(folder: path).unreadableSampleCount(in: always)
        #expect(lost == run.sampleCount)
        let report = try RingStore.rebuild(folder: path, allowing: .damaged)
        #expect(report.unreadableSampleCount == run.sampleCount)
        #expect(report.sampleCount == before.sampleCount - run.sampleCount)
    }

    @Test func `what a rebuilding that was killed left is removed by the next opening`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        try RingStoreCrashTests.create(path, .small())
        let remains = try StorageFolder(path).open("store.new", .createNew)
        try remains.allocate(sizeBytes: 1 << 20)
        _ = try RingStore.open(folder: path, settings: .small())
        #expect(try StorageFolder(path).names() == ["lock", "store"])
    }

    @Test func `a store in use, none, and sizes that none can have are refused`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StoreError.notFound(path: "\(folder.path)/store")) {
            _ = try RingStore.rebuild(folder: folder.path, rawTierBytes: 1 << 20)
        }
        let bench = try StoreBench(folder.path(of: "data"))
        #expect(throws: StoreError.self) {
            _ = try RingStore.rebuild(folder: bench.folder, rawTierBytes: 1 << 20)
        }
        let path = folder.path(of: "other")
        try RingStoreCrashTests.create(path, .small())
        let error = #expect(throws: StoreError.self) {
            _ = try RingStore.rebuild(folder: path, rawTierBytes: 1)
        }
        #expect("\(try #require(error))".contains("outside"))
        #expect(bench.store.statistics.seriesCount == 8)
    }

    @Test func `the format is told, and a newer one is refused with what to do`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        try RingStoreCrashTests.create(path, .small())
        let formats = try RingStore.formats(folder: path)
        #expect(formats.found == StoreGeometry.version && formats.written == StoreGeometry.version)
        let newer = StoreGeometry.version + 1
        for offset in [UInt64(8), 4104] {
            let file = try StorageFile("\(path)/store", .readWrite)
            var bytes: [UInt8] = []
            bytes.appendLittleEndian(newer)
            try unsafe file.write(bytes.span.bytes, at: offset)
        }
        let wanted = StoreError.newerFormat(
            path: "\(path)/store",
            version: newer,
            supported: StoreGeometry.version
        )
        #expect(throws: wanted) { _ = try RingStore.formats(folder: path) }
        #expect(throws: wanted) { _ = try RingStore.rebuild(folder: path) }
        #expect("\(wanted)".contains("use the program that wrote it or a later one"))
    }
}
