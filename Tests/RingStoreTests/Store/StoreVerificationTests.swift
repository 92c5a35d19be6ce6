@testable import RingStore
import Telemetry
import TestKit
import Testing

/// Everything that is wrong with a store is found and told with its place.
struct StoreVerificationTests {
    /// A written store, its file, and where its parts lie.
    private struct Written {
        let path: String
        let image: [UInt8]
        let statistics: StoreStatistics
        let disk: StoreDisk
        let root: StoreRoot

        init(_ folder: TemporaryFolder, seed: UInt64 = 5) throws {
            path = folder.path(of: "data")
            statistics = try WrittenStore.make(path, seed: seed).statistics
            image = try RingStoreCrashTests.file(path)
            disk = try LoadedStore.disk(StorageFolder(path), .readOnly)
            root = try LoadedStore.newestRoot(disk)
        }

        func damage(_ places: [Int], by mask: UInt8 = 1) throws {
            var image = image
            for place in places { image[place] ^= mask }
            try RingStoreCrashTests.write(image, to: path)
        }

        /// Puts another root in the place of the last one, with a checksum that fits.
        func replaceRoot(_ change: (inout StoreRoot) -> Void) throws {
            var root = root
            change(&root)
            let file = try StorageFile("\(path)/store", .readWrite)
            let bytes = root.bytes(identity: disk.geometry.identity)
            let offset = disk.geometry.rootOffset(root.sequence)
            try unsafe file.write(bytes.span.bytes, at: offset)
        }

        func verify() throws -> StoreVerification { try StoreVerification.run(folder: path) }
    }

    @Test func `a sound store has no fault, and the counts are its own`() throws {
        let folder = try TemporaryFolder()
        let written = try Written(folder)
        var shares: [Double] = []
        let report = try StoreVerification.run(folder: written.path) { shares.append($0) }
        #expect(report.faults.isEmpty && report.faultCount == 0 && report.notes.isEmpty)
        #expect(report.headerPageCount == 2 && report.rootCount == 2)
        #expect(report.sampleCount == written.statistics.sampleCount)
        #expect(report.runCount == written.statistics.runCount)
        #expect(report.seriesCount == written.statistics.seriesCount)
        #expect(report.journalPosition == written.statistics.journalPosition)
        #expect(report.chunkCount > report.runCount && report.blockCount >= report.chunkCount)
        #expect(report.usedSlotCount > 0 && report.usedSlotCount <= report.slotCount)
        #expect(report.slotCount == 64)
        #expect(shares == shares.sorted() && shares.last == 1)
        // Verification lets the folder go again.
        _ = try RingStore.open(folder: written.path, settings: WrittenStore.settings)
    }

    @Test func `an empty store is sound`() throws {
        let folder = try TemporaryFolder()
        try RingStoreCrashTests.create(folder.path, .small())
        let report = try StoreVerification.run(folder: folder.path)
        #expect(report.faultCount == 0 && report.notes.isEmpty && report.rootCount == 1)
    }

    @Test func `a fault is told with run, chunk and byte`() throws {
        let folder = try TemporaryFolder()
        let written = try Written(folder)
        let run = try #require(written.root.partitions.last?.runs.last)
        let first = Int(written.disk.offset(0, in: run))
        try written.damage([first + 40])
        var report = try written.verify()
        #expect(report.faultCount == 1)
        #expect(
            report.faults.first?.description
                == "run \(run.number), chunk 0 at byte \(first): it does not pass its check"
        )
        let index = Int(written.disk.offset(run.dataBytes, in: run))
        try written.damage([index + 9])
        report = try written.verify()
        #expect(report.faults.first?.place == "run \(run.number), index at byte \(index)")
        try written.damage([20])
        report = try written.verify()
        #expect(report.faults.map(\.place) == ["header page 0 at byte 0"])
        #expect(report.headerPageCount == 1)
    }

    @Test func `a root that fails beside a whole one is noted, two are an error`() throws {
        let folder = try TemporaryFolder()
        let written = try Written(folder)
        let geometry = written.disk.geometry
        let last = Int(geometry.rootOffset(written.root.sequence))
        try written.damage([last + 30])
        let report = try written.verify()
        #expect(report.rootCount == 1 && report.notes.count == 1 && report.hasFailedRoot)
        #expect(report.notes.first?.contains("at byte \(last)") == true)
        try written.damage([last + 30, Int(geometry.rootOffset(written.root.sequence + 1)) + 30])
        #expect(throws: StoreError.self) { _ = try written.verify() }
        let second = try #require(geometry.secondCatalogueOffset(endingAt: 1))
        try written.damage([Int(geometry.catalogueOffset) + 40, Int(second) + 40])
        let error = #expect(throws: StoreError.self) { _ = try written.verify() }
        #expect("\(try #require(error))".contains("labels at byte 0"))
    }

    @Test func `what contradicts itself is found although every checksum fits`() throws {
        let folder = try TemporaryFolder()
        let written = try Written(folder)
        let last = written.root.partitions.count - 1
        let cases: [(String, (inout StoreRoot) -> Void)] = [
            ("its root says", { $0.partitions[last].runs[0].sampleCount += 1 }),
            ("its root says", { $0.partitions[last].runs[0].earliest -= 1 }),
            ("beyond the times of its run", { $0.partitions[last].runs[0].latest -= 1 }),
            (
                "beyond its partition",
                { $0.partitions[last].start = $0.partitions[last].runs[0].earliest + 1 }
            ),
            ("a partition lies before the horizon", { $0.horizon = $0.partitions[last].start }),
            ("have no partition", { $0.partitions[0].start = $0.horizon + 1 }),
        ]
        for (reason, change) in cases {
            try written.replaceRoot(change)
            let report = try written.verify()
            #expect(report.faults.contains { $0.reason.contains(reason) }, "\(reason): \(report)")
        }
        // A slot that is in use twice is refused by every opening.
        try written.replaceRoot { root in
            root.partitions[last].runs[0].slots[0] = root.partitions[0].runs[0].slots[0]
        }
        let error = #expect(throws: StoreError.self) { _ = try written.verify() }
        #expect("\(try #require(error))".contains("away twice"))
    }

    @Test func `a bit that changes in any byte in use is found`() throws {
        let folder = try TemporaryFolder()
        let written = try Written(folder)
        var generator = SeededGenerator(seed: 1234)
        print("verify, bit flips: seed \(generator.seed)")
        let runs = written.root.partitions.flatMap(\.runs)
        for _ in 0..<150 {
            let run = runs[Int(generator.next() % UInt64(runs.count))]
            let length = UInt64(run.dataBytes + run.indexBytes)
            let place = Int(written.disk.offset(Int(generator.next() % length), in: run))
            try written.damage([place], by: 1 << UInt8(generator.next() % 8))
            let report = try written.verify()
            #expect(report.faultCount > 0, "byte \(place)")
        }
    }

    @Test func `what cannot be read is told`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: StoreError.notFound(path: "\(folder.path)/store")) {
            _ = try StoreVerification.run(folder: folder.path)
        }
        let bench = try StoreBench(folder.path(of: "data"))
        let error = #expect(throws: StoreError.self) {
            _ = try StoreVerification.run(folder: bench.folder)
        }
        guard case .file(.alreadyInUse) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(bench.store.statistics.seriesCount == 8)
    }
}
