import Glibc
import RingStore
import Telemetry
import TestKit
import Testing

struct RingStoreOpeningTests {
    @Test func `a store is created once`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        try RingStoreCrashTests.create(path, .small())
        #expect(throws: StoreError.alreadyExists(path: "\(path)/store")) {
            _ = try RingStore.create(folder: path, settings: .small())
        }
    }

    @Test func `a store that is not there is not opened`() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, folder.path(of: "missing")] {
            let wanted = StoreError.notFound(path: "\(path)/store")
            #expect(throws: wanted) { _ = try RingStore.open(folder: path) }
            #expect(throws: wanted) { _ = try StoreSnapshot.open(folder: path) }
        }
        #expect(try StorageFolder(folder.path).names().isEmpty)
    }

    @Test func `a second opener is refused, whether it writes or reads`() throws {
        let folder = try TemporaryFolder()
        let bench = try StoreBench(folder.path(of: "data"))
        let wanted = StoreError.file(
            .alreadyInUse(path: "\(bench.folder)/lock", processID: getpid())
        )
        #expect(throws: wanted) {
            _ = try RingStore.open(folder: bench.folder, settings: .small())
        }
        #expect(throws: wanted) {
            _ = try RingStore.create(folder: bench.folder, settings: .small())
        }
        #expect(throws: wanted) { _ = try StoreSnapshot.open(folder: bench.folder) }
        #expect(bench.store.statistics.seriesCount == 8)
    }

    @Test func `a stopped store can be read, and is not written meanwhile`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        var wanted: [Sample] = []
        do {
            var bench = try StoreBench(path, seriesCount: 1)
            wanted = (0..<100).map { StoreWords.sample($0 * 1000, Double($0)) }
            for sample in wanted { _ = bench.store.append(bench.series[0], sample) }
            try bench.store.checkpoint(journalPosition: 77)
        }
        let snapshot = try StoreSnapshot.open(folder: path)
        #expect(snapshot.journalPosition == 77)
        #expect(try StoreWords.read(snapshot, SeriesID(0)) == wanted)
        #expect(throws: StoreError.self) {
            _ = try RingStore.open(folder: path, settings: .small())
        }
        let second = try StoreSnapshot.open(folder: path)
        #expect(second.statistics == snapshot.statistics)
    }

    @Test func `a tier of another size than configured is refused with both`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        try RingStoreCrashTests.create(path, .small())
        let other = StoreSettings(rawTierBytes: 1 << 20)
        let wanted = StoreError.differentSize(
            path: "\(path)/store",
            tier: .raw,
            configuredBytes: 1 << 20,
            actualBytes: StoreSettings.minimumRawTierBytes
        )
        #expect(throws: wanted) { _ = try RingStore.open(folder: path, settings: other) }
    }

    @Test func `a full disk at creation is told with both numbers and leaves nothing behind`()
        throws
    {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let needed = try StoreSettings.small().fileBytes()
        #expect(
            throws: StoreError.file(
                .notEnoughSpace(path: path, neededBytes: needed, availableBytes: 1000)
            )
        ) {
            _ = try RingStore.create(folder: path, settings: .small(), calls: FullDisk())
        }
        for call in [DiskFaults.Call.allocate, .write, .synchronizeData, .rename] {
            disk.fail(DiskFaults(after: 0, of: [call], code: ENOSPC))
            let error = #expect(throws: StoreError.self) {
                _ = try RingStore.create(folder: path, settings: .small(), calls: disk)
            }
            #expect("\(try #require(error))".contains("free"), "\(call)")
            #expect(disk.contents.names(in: "data").isEmpty, "\(call)")
        }
        _ = try RingStore.create(folder: path, settings: .small(), calls: disk)
    }

    @Test func `the whole file is there from the beginning and never grows`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"))
        let path = "\(bench.folder)/store"
        let file = try StorageFile(path, .readOnly)
        let size = try file.sizeBytes()
        #expect(size == bench.store.statistics.fileBytes)
        #expect(try bench.settings.fileBytes() == size)
        var generator = SeededGenerator(seed: 3)
        for step in 0..<30_000 {
            let sample = StoreWords.sample(Int64(step), Double(bitPattern: generator.next()))
            _ = bench.store.append(bench.series[step % 8], sample)
        }
        try bench.store.checkpoint(journalPosition: 0)
        #expect(try file.sizeBytes() == size)
    }
}
