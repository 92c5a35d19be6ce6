import Glibc
@testable import RingStore
import Telemetry
import TestKit
import Testing

/// Bits that change on the disk are found, told, and never pass for data.
struct StoreDamageTests {
    /// A stored file, what is in it, and where its parts lie.
    struct Stored {
        let path: String
        let image: [UInt8]
        let model: StoreModel
        let position: UInt64
        /// Offsets of the slots in use.
        let usedSlots: [Int]

        static let settings = StoreSettings.small(maximumSeries: 16)
        static let rootBytes = 8192
        static let catalogue = 8192 + 2 * rootBytes
        static let secondLabels = catalogue + 32_768
        static let slots = catalogue + 65_536

        init(_ folder: TemporaryFolder) throws {
            path = folder.path(of: "data")
            var model = StoreModel()
            var usedSlots: [Int] = []
            do {
                var bench = try StoreBench(path, Self.settings, seriesCount: 4)
                var generator = SeededGenerator(seed: 21)
                for step in 0..<4000 {
                    let sample = StoreWords.sample(
                        Int64(step) * 500,
                        Double(bitPattern: generator.next())
                    )
                    let series = bench.series[step % 4]
                    _ = model.append(series, sample)
                    _ = bench.store.append(series, sample)
                    if step == 1000 || step == 3999 {
                        try bench.store.checkpoint(journalPosition: UInt64(step))
                    }
                }
                for slot in bench.store.raw.partitions.flatMap(\.runs).flatMap(\.record.slots) {
                    usedSlots.append(Int(bench.store.disk.geometry.slotOffset(slot)))
                }
            }
            self.model = model
            self.usedSlots = usedSlots
            position = 3999
            image = try RingStoreCrashTests.file(path)
        }

        /// Puts the file back, with some bytes changed.
        func damage(_ places: [Int], by mask: UInt8 = 1) throws {
            var image = image
            for place in places { image[place] ^= mask }
            try RingStoreCrashTests.write(image, to: path)
        }

        func open() throws -> RingStore {
            try RingStore.open(folder: path, settings: Self.settings)
        }
    }

    @Test func `the layout that these tests aim at is the real one`() throws {
        let stored = try Stored(try TemporaryFolder())
        #expect(stored.image.count == Stored.slots + 262_144)
        #expect(stored.image[8192..<8196].elementsEqual("ROOT".utf8))
        #expect(
            stored.image[8192 + Stored.rootBytes..<8196 + Stored.rootBytes]
                .elementsEqual("ROOT".utf8)
        )
    }

    @Test func `one damaged header does no harm, two are no store`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        try stored.damage([20])
        #expect(try stored.open().journalPosition == stored.position)
        try stored.damage([20, 4116])
        #expect(throws: StoreError.notAStore(path: "\(stored.path)/store")) {
            _ = try stored.open()
        }
    }

    @Test func `a later format is refused with both versions`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        try stored.damage([8], by: 3)
        let wanted = StoreError.newerFormat(
            path: "\(stored.path)/store",
            version: 2,
            supported: 1
        )
        // The other page says what the format is; it is later only when both say so.
        #expect(try stored.open().journalPosition == stored.position)
        try stored.damage([8, 4104], by: 3)
        #expect(throws: wanted) { _ = try stored.open() }
        #expect("\(wanted)".contains("newer"))
        try stored.damage([8, 4104], by: 1)
        #expect(throws: StoreError.notAStore(path: "\(stored.path)/store")) {
            _ = try stored.open()
        }
    }

    @Test func `a damaged root costs nothing beside the other one, and two are told`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        for root in [8192, 8192 + Stored.rootBytes] {
            try stored.damage([root + 30])
            #expect(try stored.open().journalPosition == stored.position)
        }
        try stored.damage([8192 + 30, 8192 + Stored.rootBytes + 30])
        let error = #expect(throws: StoreError.self) { _ = try stored.open() }
        #expect("\(try #require(error))".contains("neither of its two roots"))
    }

    @Test func `damaged labels are put right from their second copy, and told`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        try stored.damage([Stored.catalogue + 40])
        let report = try StoreVerification.run(folder: stored.path)
        #expect(report.faults.map(\.place) == ["catalogue"])
        do {
            let store = try stored.open()
            #expect(store.repairedLabelBatchCount == 1)
            #expect(store.journalPosition == stored.position)
        }
        #expect(try StoreVerification.run(folder: stored.path).faultCount == 0)
        #expect(try stored.open().repairedLabelBatchCount == 0)
    }

    @Test func `a damaged second copy of the labels is written anew`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        let second = Stored.secondLabels
        try stored.damage([second + 40])
        #expect(try stored.open().repairedLabelBatchCount == 0)
        let image = try RingStoreCrashTests.file(stored.path)
        #expect(image[second + 40] == stored.image[second + 40])
    }

    @Test func `labels whose copies are both damaged are told`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        try stored.damage([Stored.catalogue + 40, Stored.secondLabels + 40])
        let error = #expect(throws: StoreError.self) { _ = try stored.open() }
        #expect("\(try #require(error))".contains("labels at byte 0"))
    }

    @Test func `a file that was cut short is told`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        let file = try StorageFile("\(stored.path)/store", .readWrite)
        try file.truncate(sizeBytes: UInt64(stored.image.count - 1))
        let error = #expect(throws: StoreError.self) { _ = try stored.open() }
        #expect("\(try #require(error))".contains("ends after"))
        try file.truncate(sizeBytes: 100)
        #expect(throws: StoreError.self) { _ = try stored.open() }
        #expect(throws: StoreError.self) { _ = try StoreSnapshot.open(folder: stored.path) }
    }

    @Test func `a damaged block is told by each read, counted, and given up in the end`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        try stored.damage([stored.usedSlots[0] + 50])
        var store = try stored.open()
        let snapshot = store.snapshot()
        var buffer = SampleBuffer()
        let all = Instant.distantPast ... .distantFuture
        for _ in 0..<2 {
            let error = #expect(throws: SeriesSourceError.self) {
                for series in 0..<4 {
                    try snapshot.read(SeriesID(UInt32(series)), in: all, into: &buffer)
                }
            }
            #expect("\(try #require(error))".contains("does not pass its check"))
        }
        #expect(snapshot.statistics.damagedBlockCount == 1)
        #expect(throws: StoreError.self) { try store.checkInvariants() }
        // What takes its place is written without it; nothing else is lost.
        let before = store.statistics.sampleCount
        for step in 0..<4000 {
            _ = store.append(SeriesID(UInt32(step % 4)), StoreWords.sample(Int64(step) * 500 + 1))
        }
        try store.checkpoint(journalPosition: 9)
        try store.checkInvariants()
        #expect(store.statistics.damagedBlockCount == 1)
        let lost = before + 4000 - store.statistics.sampleCount
        #expect(lost > 0 && lost < 1000, "\(lost) samples lost with a block of 4 KiB")
    }

    @Test(arguments: [1, 2, 5], [1, Int.max])
    func `a disk that refuses to read loses samples only when it goes on refusing`(
        refusals: Int,
        refusedReads: Int
    ) throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        var model = StoreModel()
        var store = try RingStore.create(folder: path, settings: Stored.settings, calls: disk)
        let series = try store.series(for: StoreBench.labels(0))
        func append(_ times: Range<Int64>) {
            for time in times {
                let sample = StoreWords.sample(time * 1000, Double(time) / 7)
                _ = model.append(series, sample)
                _ = store.append(series, sample)
            }
        }
        append(0..<1000)
        try store.checkpoint(journalPosition: 1)
        append(1000..<2000)
        var failures = 0
        for _ in 0..<refusals {
            disk.fail(DiskFaults(after: 0, of: [.read], code: EIO, times: refusedReads))
            do {
                try store.checkpoint(journalPosition: 2)
                break
            } catch {
                failures += 1
                #expect(store.journalPosition == 1)
            }
        }
        disk.clearFaults()
        #expect(failures == min(refusals, SampleRing.maximumRefusedReads))
        if failures == refusals { try store.checkpoint(journalPosition: 2) }
        #expect(store.journalPosition == 2)
        // A fault that passes costs nothing, however often it comes.
        let isLost = failures < refusals && refusedReads > 1
        #expect((store.statistics.damagedBlockCount > 0) == isLost)
        let difference = try model.difference(from: store.snapshot())
        #expect((difference != nil) == isLost)
        try store.checkInvariants()
    }

    @Test func `a root whose writing failed is gone before anything else is taken`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        do {
            var store = try RingStore.create(folder: path, settings: Stored.settings, calls: disk)
            let series = try store.series(for: StoreBench.labels(0))
            _ = store.append(series, StoreWords.sample(1000))
            try store.checkpoint(journalPosition: 1)
            _ = store.append(series, StoreWords.sample(2000))
            // The wait for samples works, the one for the root behind it does not.
            disk.fail(DiskFaults(after: 1, of: [.synchronizeData], code: EIO))
            #expect(throws: StoreError.self) { try store.checkpoint(journalPosition: 2) }
            #expect(!disk.clearFaults(), "the fault came")
            #expect(store.journalPosition == 1)
        }
        // The gateway dies, and the system still has all that was written.
        let opened = try RingStore.open(folder: path, settings: Stored.settings, calls: disk)
        #expect(opened.journalPosition == 1)
        #expect(opened.statistics.sampleCount == 1)
    }

    @Test func `a bit that changes anywhere is told or does not matter`() throws {
        let folder = try TemporaryFolder()
        let stored = try Stored(folder)
        var generator = SeededGenerator(seed: 77)
        print("bit flips: seed \(generator.seed)")
        var found = 0
        for trial in 0..<150 {
            // Half of the trials in what is certainly in use.
            let slot = stored.usedSlots[trial % stored.usedSlots.count]
            let draw = generator.next()
            let place =
                trial % 2 == 0
                ? Int(draw % UInt64(stored.image.count)) : slot + Int(draw % 3000)
            try stored.damage([place], by: 1 << UInt8(generator.next() % 8))
            do {
                var store = try stored.open()
                guard store.journalPosition == stored.position else {
                    found += 1
                    continue
                }
                let difference = try stored.model.difference(from: store.snapshot())
                if difference != nil {
                    #expect(store.statistics.damagedBlockCount > 0, "byte \(place)")
                    #expect(difference?.contains("lacks") == true, "byte \(place)")
                    found += 1
                }
            } catch is StoreError {
                found += 1
            } catch is SeriesSourceError {
                found += 1
            }
        }
        print("bit flips: \(found) of 150 found, the others lie in unused bytes")
        #expect(found > 50)
    }
}
