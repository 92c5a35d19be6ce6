import Glibc
@testable import RingStore
import Synchronization
import TestKit
import Testing

struct StorageFileTests {
    /// Calls that are interrupted every other time and never move more than three bytes at once.
    private final class Hesitant: FileCalls {
        private let count = Atomic(0)
        private let system = SystemFileCalls()

        private var isInterrupted: Bool {
            count.add(1, ordering: .relaxed).newValue % 2 == 1
        }

        func read(
            _ descriptor: Int32,
            into memory: UnsafeMutableRawBufferPointer,
            at offset: UInt64
        ) -> Int {
            if isInterrupted { return -Int(EINTR) }
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: memory.prefix(3))
            return unsafe system.read(descriptor, into: part, at: offset)
        }

        func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
            if isInterrupted { return -Int(EINTR) }
            return system.write(descriptor, bytes.extracting(first: 3), at: offset)
        }

        func synchronizeData(_ descriptor: Int32) -> Int {
            isInterrupted ? -Int(EINTR) : system.synchronizeData(descriptor)
        }
    }

    @Test func `interrupted and short calls are repeated until all is done`() throws {
        let folder = try TemporaryFolder()
        let file = try StorageFile(folder.path(of: "a"), .createNew, calls: Hesitant())
        let bytes = [UInt8](0..<100)
        try unsafe file.write(bytes.span.bytes, at: 7)
        try file.synchronizeData()
        #expect(try file.bytes(100, at: 7) == bytes)
        #expect(try file.sizeBytes() == 107)
    }

    @Test func `reading past the end says what was needed and what was there`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "a")
        let file = try StorageFile(path, .createNew)
        try unsafe file.write([UInt8](1...3).span.bytes, at: 0)
        let wanted = FileError.endOfFile(path: path, offset: 1, neededBytes: 5, hadBytes: 2)
        #expect(throws: wanted) { try file.bytes(5, at: 1) }
    }

    @Test func `a file is created only where there is none, and opened only where there is one`()
        throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "a")
        let missing = #expect(throws: FileError.self) { _ = try StorageFile(path, .readWrite) }
        #expect(missing?.isNotFound == true)
        _ = try StorageFile(path, .createNew)
        let present = #expect(throws: FileError.self) { _ = try StorageFile(path, .createNew) }
        #expect(present?.code == EEXIST)
        #expect("\(try #require(present))".contains(path))
    }

    @Test func `reserved space reads as zeros and counts in the length`() throws {
        let folder = try TemporaryFolder()
        let file = try StorageFile(folder.path(of: "a"), .createNew)
        try file.allocate(sizeBytes: 10_000)
        #expect(try file.sizeBytes() == 10_000)
        #expect(try file.bytes(10_000, at: 0).allSatisfy { $0 == 0 })
        try file.truncate(sizeBytes: 5)
        #expect(try file.sizeBytes() == 5)
    }

    @Test func `a full disk is told with both numbers`() throws {
        let disk = try FaultyDisk(space: 17)
        let file = try StorageFile(disk.path(of: "a"), .createNew, calls: disk)
        disk.fail(DiskFaults(after: 0, of: [.allocate], code: ENOSPC))
        let wanted = FileError.notEnoughSpace(
            path: file.path,
            neededBytes: 4096,
            availableBytes: 17
        )
        #expect(throws: wanted) { try file.allocate(sizeBytes: 4096) }
    }

    @Test func `numbers lie with their lowest byte first at any place`() {
        var bytes: [UInt8] = [0xEE]
        bytes.appendLittleEndian(UInt32(0x0403_0201))
        bytes.appendLittleEndian(Int64(-2))
        #expect(bytes == [0xEE, 1, 2, 3, 4, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(bytes.littleEndian(at: 1, as: UInt32.self) == 0x0403_0201)
        #expect(bytes.littleEndian(at: 5, as: Int64.self) == -2)
        #expect(bytes.littleEndian(at: 6, as: Int64.self) == nil)
        #expect(bytes.littleEndian(at: -1, as: UInt8.self) == nil)
    }
}
