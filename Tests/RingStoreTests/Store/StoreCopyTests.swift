@testable import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// A copy is exactly the state of one checkpoint, whatever is written meanwhile.
struct StoreCopyTests {
    /// A store that is written by whoever reads the file, on the same thread.
    private final class Writer: @unchecked Sendable {
        // Unchecked: it is called from the thread of its test only.
        let store: WrittenStore
        private(set) var error: (any Error)?

        init(_ path: String, seed: UInt64) throws {
            store = try WrittenStore(path, seed: seed)
        }

        func write(_ count: Int) {
            do {
                try store.write(count)
            } catch {
                self.error = error
            }
        }
    }

    /// How the store of a folder differs from one of a writer's checkpoints.
    private func difference(_ path: String, from store: WrittenStore) throws -> String? {
        let report = try StoreVerification.run(folder: path)
        if let fault = report.faults.first { return "\(fault)" }
        let snapshot = try StoreSnapshot.open(folder: path)
        let model = store.model(
            at: snapshot.journalPosition,
            horizon: snapshot.statistics.horizon
        )
        guard model.count > 0 else { return "it is empty" }
        return try model.difference(from: snapshot)
    }

    @Test func `a stopped store and its copy are the same`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let (model, statistics) = try WrittenStore.make(path, seed: 61)
        var shares: [Double] = []
        let copy = try StoreCopy.make(from: path, to: folder.path(of: "copy")) {
            shares.append($0)
        }
        #expect(copy.passCount == 1 && copy.damagedRunCount == 0)
        #expect(copy.journalPosition == statistics.journalPosition)
        #expect(copy.runCount == statistics.runCount)
        let snapshot = try StoreSnapshot.open(folder: folder.path(of: "copy"))
        #expect(snapshot.statistics == statistics)
        #expect(try model.difference(from: snapshot) == nil)
        #expect(shares == shares.sorted())
        #expect(try StorageFolder(folder.path(of: "copy")).names() == ["lock", "store"])
    }

    @Test(arguments: [UInt64(71), 72, 73, 74, 75, 76])
    func `a store that goes round its ring meanwhile is copied as one checkpoint left it`(
        seed: UInt64
    ) throws {
        print("copy: seed \(seed)")
        let folder = try TemporaryFolder()
        let writer = try Writer(folder.path(of: "data"), seed: seed)
        for _ in 0..<8 { try writer.store.write(2500) }
        var generator = SeededGenerator(seed: seed)
        let counts = (0..<64).map { _ in Int(generator.next() % 2500) + 200 }
        let index = Mutex(0)
        let calls = InterleavingCalls(every: 25 + Int(seed % 7) * 10) {
            let next = index.withLock { index in
                index += 1
                return index
            }
            writer.write(counts[next % counts.count])
        }
        let target = folder.path(of: "copy")
        let copy = try StoreCopy.make(from: writer.store.folder, to: target, calls: calls)
        print("copy: \(copy.passCount) passes, \(index.withLock { $0 }) checkpoints meanwhile")
        #expect(writer.error == nil)
        #expect(index.withLock { $0 } > 0)
        #expect(copy.damagedRunCount == 0)
        #expect(try difference(target, from: writer.store) == nil)
        // The copy is a store of its own that goes on.
        var opened = try RingStore.open(folder: target, settings: WrittenStore.settings)
        try opened.checkpoint(journalPosition: opened.journalPosition)
        try opened.checkInvariants()
    }

    @Test func `a store that changes faster than it can be read is told, nothing is left`() throws {
        let folder = try TemporaryFolder()
        let writer = try Writer(folder.path(of: "data"), seed: 81)
        for _ in 0..<8 { try writer.store.write(2500) }
        let calls = InterleavingCalls(every: 3) { writer.write(4000) }
        let target = folder.path(of: "copy")
        let wanted = StoreError.overtaken(
            path: "\(writer.store.folder)/store",
            passes: StoreCopy.maximumPasses
        )
        #expect(throws: wanted) {
            _ = try StoreCopy.make(from: writer.store.folder, to: target, calls: calls)
        }
        #expect(writer.error == nil)
        #expect(try StorageFolder(target).names().isEmpty)
    }

    @Test func `damage is copied as it is and counted`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        _ = try WrittenStore.make(path, seed: 91)
        let disk = try LoadedStore.disk(StorageFolder(path), .readWrite)
        let run = try #require(try LoadedStore.newestRoot(disk).partitions.last?.runs.first)
        let place = disk.offset(100, in: run)
        let byte = try disk.file.bytes(1, at: place)
        try unsafe disk.file.write([byte[0] ^ 1].span.bytes, at: place)
        let target = folder.path(of: "copy")
        let copy = try StoreCopy.make(from: path, to: target)
        #expect(copy.damagedRunCount == 1 && copy.passCount == 1)
        let faults = try StoreVerification.run(folder: target).faults
        #expect(faults == (try StoreVerification.run(folder: path).faults))
        #expect(faults.count == 1)
    }

    @Test func `a target with a store, no source, and a full disk are refused`() throws {
        let folder = try TemporaryFolder()
        let (path, target) = (folder.path(of: "data"), folder.path(of: "copy"))
        #expect(throws: StoreError.notFound(path: "\(path)/store")) {
            _ = try StoreCopy.make(from: path, to: target)
        }
        _ = try WrittenStore.make(path, seed: 95, checkpoints: 1)
        #expect(throws: StoreError.alreadyExists(path: "\(path)/store")) {
            _ = try StoreCopy.make(from: path, to: path)
        }
        let error = #expect(throws: StoreError.self) {
            _ = try StoreCopy.make(from: path, to: target, calls: FullDisk())
        }
        #expect("\(try #require(error))".contains("1000 bytes are available"))
        #expect(try StorageFolder(target).names().isEmpty)
    }
}
