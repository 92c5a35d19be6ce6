import Glibc
import RingStore
import TestKit
import Testing

/// The disk that all other tests of faults stand on does what it says.
struct FaultyDiskTests {
    private static func write(
        _ bytes: [UInt8],
        _ file: borrowing StorageFile,
        at offset: UInt64 = 0
    )
        throws
    {
        try unsafe file.write(bytes.span.bytes, at: offset)
    }

    /// What power cuts leave of a file, for many seeds.
    private static func remains(_ disk: FaultyDisk, _ name: String) -> Set<[UInt8]?> {
        Set(
            (UInt64(0)..<200).map { seed in
                var generator = SeededGenerator(seed: seed)
                return disk.contents.afterPowerCut(using: &generator).bytes(named: name)
            }
        )
    }

    @Test func `what was waited for survives, and nothing else has to`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        let file = try folder.open("a", .createNew)
        try Self.write([1, 2, 3], file)
        try file.synchronizeData()
        #expect(Self.remains(disk, "a") == [nil, [1, 2, 3]], "without its folder it has no name")
        try folder.synchronize()
        #expect(Self.remains(disk, "a") == [[1, 2, 3]])
        try Self.write([4, 5], file, at: 2)
        #expect(try file.bytes(4, at: 0) == [1, 2, 4, 5], "readers see what was written")
        let remains = Self.remains(disk, "a")
        #expect(remains.isSuperset(of: [[1, 2, 3], [1, 2, 4], [1, 2, 4, 5]]))
        try file.synchronizeData()
        #expect(Self.remains(disk, "a") == [[1, 2, 4, 5]])
    }

    @Test func `sectors of unfinished writes arrive apart and in any order`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        let file = try folder.open("a", .createNew)
        try file.allocate(sizeBytes: 1024)
        try file.synchronizeData()
        try folder.synchronize()
        try Self.write([UInt8](repeating: 1, count: 1024), file)
        try Self.write([UInt8](repeating: 2, count: 512), file)
        let pairs = Self.remains(disk, "a").map { [$0?[0], $0?[1023]] }
        for first: UInt8 in 0...2 {
            for second: UInt8 in 0...1 { #expect(pairs.contains([first, second])) }
        }
    }

    @Test func `names that were not waited for may be lost, and are never both`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        try folder.replace("a", with: [1])
        let file = try folder.open("b", .createNew)
        try Self.write([2], file)
        try file.synchronizeData()
        try folder.synchronize()
        #expect(disk.rename(disk.path(of: "b"), to: disk.path(of: "a")) == 0)
        #expect(Self.remains(disk, "a") == [[1], [2]])
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<50 {
            let names = disk.contents.afterPowerCut(using: &generator).names(in: "")
            #expect(names == ["a"] || names == ["a", "b"])
        }
        try folder.synchronize()
        #expect(disk.contents.names(in: "") == ["a"])
        #expect(Self.remains(disk, "a") == [[2]])
        try folder.remove("a")
        #expect(Self.remains(disk, "a") == [nil, [2]])
    }

    @Test func `a wait that fails loses what it was for, whatever is waited for later`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        let file = try folder.open("a", .createNew)
        try file.allocate(sizeBytes: 1)
        try file.synchronizeData()
        try folder.synchronize()
        /// What was seen after the failure, and what a power cut left.
        var outcomes: Set<[UInt8]> = []
        for round: UInt8 in 1...60 {
            let before = try file.bytes(1, at: 0)
            try Self.write([round], file)
            disk.fail(DiskFaults(after: 0, of: [.synchronizeData], code: EIO))
            #expect(throws: FileError.self) { try file.synchronizeData() }
            try file.synchronizeData()
            let seen = try file.bytes(1, at: 0)
            let kept = Self.remains(disk, "a")
            #expect(kept == [[round]] || kept == [before])
            outcomes.insert([seen == [round] ? 1 : 0, kept == [[round]] ? 1 : 0])
            try Self.write(seen, file)
            try file.synchronizeData()
        }
        #expect(outcomes == [[1, 1], [0, 0], [1, 0]])
    }

    @Test func `calls fail when they are told to, and once`() throws {
        let disk = try FaultyDisk(space: 100)
        let folder = StorageFolder(disk.path(of: "data"), calls: disk)
        let wanted = FileError.notEnoughSpace(
            path: folder.path,
            neededBytes: 101,
            availableBytes: 100
        )
        #expect(throws: wanted) { try folder.requireSpace(neededBytes: 101) }
        disk.fail(DiskFaults(after: 0, of: [.createFolder], code: ENOSPC))
        let error = #expect(throws: FileError.self) { try folder.createIfMissing() }
        #expect(error?.code == ENOSPC)
        #expect(!disk.clearFaults())
        try folder.createIfMissing()
        let file = try folder.open("a", .createNew)
        disk.fail(DiskFaults(after: 1, of: [.write], code: EIO))
        try Self.write([1], file)
        #expect(throws: FileError.self) { try Self.write([2], file) }
        try Self.write([3], file)
        #expect(try file.bytes(1, at: 0) == [3])
    }

    @Test func `short and interrupted calls are all that a caller sees of some faults`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        let file = try folder.open("a", .createNew)
        let bytes = [UInt8](0..<200)
        var failures = 0
        for seed in 0..<200 {
            disk.fail(DiskFaults(oneOf: 3, seed: UInt64(seed)))
            do {
                try Self.write(bytes, file, at: UInt64(seed))
                #expect(try file.bytes(200, at: UInt64(seed)) == bytes)
            } catch {
                failures += 1
            }
        }
        #expect((20..<180).contains(failures), "\(failures) of 200 failed")
    }

    @Test func `a dead caller changes nothing`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        let file = try folder.open("a", .createNew)
        try Self.write([1], file)
        disk.fail(DiskFaults(callsToLive: 1))
        try Self.write([2], file)
        #expect(throws: FileError.self) { try Self.write([3], file) }
        #expect(throws: FileError.self) { try folder.remove("a") }
        #expect(disk.isDead)
        disk.clearFaults()
        #expect(try file.bytes(1, at: 0) == [2])
    }

    @Test func `the same operations give the same disk`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: "data"), calls: disk)
        try folder.createIfMissing()
        try folder.replace("a", with: [1, 2, 3])
        let file = try folder.open("a", .readWrite)
        try Self.write([9], file, at: 1)
        disk.mark(7)
        disk.cutPower(seed: 5)
        var state = DiskState()
        for operation in disk.operations { state.apply(operation) }
        #expect(state.folders == disk.contents.folders)
        #expect(state.names(in: "data") == disk.contents.names(in: "data"))
        #expect(state.bytes(named: "data/a") == disk.contents.bytes(named: "data/a"))
    }
}
