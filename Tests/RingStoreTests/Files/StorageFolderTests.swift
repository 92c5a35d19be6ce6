import Glibc
import RingStore
import TestKit
import Testing

struct StorageFolderTests {
    @Test func `a folder is made once and keeps what is in it`() throws {
        let parent = try TemporaryFolder()
        let folder = StorageFolder(parent.path(of: "data/"))
        #expect(folder.path == parent.path(of: "data"))
        try folder.createIfMissing()
        _ = try folder.open("a", .createNew)
        try folder.createIfMissing()
        #expect(try folder.names() == ["a"])
        #expect(try folder.contains("a"))
        #expect(try !folder.contains("b"))
    }

    @Test func `a folder is not made where its parent is missing`() throws {
        let parent = try TemporaryFolder()
        let folder = StorageFolder(parent.path(of: "missing/data"))
        let error = #expect(throws: FileError.self) { try folder.createIfMissing() }
        #expect(error?.isNotFound == true)
    }

    @Test func `a replaced file has the new bytes and leaves no other behind`() throws {
        let parent = try TemporaryFolder()
        let folder = StorageFolder(parent.path)
        try folder.replace("a", with: [1, 2, 3])
        try folder.replace("a", with: [4])
        #expect(try folder.names() == ["a"])
        #expect(try folder.open("a", .readOnly).bytes(1, at: 0) == [4])
        #expect(try folder.open("a", .readOnly).sizeBytes() == 1)
    }

    @Test(arguments: [DiskFaults.Call.write, .synchronizeData, .rename])
    func `a file whose replacement fails is as it was`(call: DiskFaults.Call) throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: ""), calls: disk)
        try folder.replace("a", with: [1, 2, 3])
        disk.fail(DiskFaults(after: 0, of: [call], code: EIO))
        #expect(throws: FileError.self) { try folder.replace("a", with: [4, 5]) }
        #expect(try folder.open("a", .readOnly).bytes(3, at: 0) == [1, 2, 3])
        try folder.replace("a", with: [4, 5])
        #expect(try folder.open("a", .readOnly).bytes(2, at: 0) == [4, 5])
    }

    @Test func `a file is read whole, and one that is not there is none`() throws {
        let folder = try TemporaryFolder()
        let storage = StorageFolder(folder.path)
        #expect(try storage.contents(of: "a") == nil)
        try storage.replace("a", with: [1, 2, 3])
        #expect(try storage.contents(of: "a") == [1, 2, 3])
        try storage.replace("a", with: [])
        #expect(try storage.contents(of: "a") == [])
        #expect(throws: FileError.self) { _ = try storage.contents(of: "a/b") }
    }

    @Test func `removing a file that is not there is no error`() throws {
        let parent = try TemporaryFolder()
        let folder = StorageFolder(parent.path)
        try folder.remove("a")
        _ = try folder.open("a", .createNew)
        try folder.remove("a")
        #expect(try folder.names().isEmpty)
    }

    @Test func `missing space is told with both numbers`() throws {
        let parent = try TemporaryFolder()
        let folder = StorageFolder(parent.path, calls: FullDisk())
        try folder.requireSpace(neededBytes: 1000)
        let wanted = FileError.notEnoughSpace(
            path: parent.path,
            neededBytes: 1001,
            availableBytes: 1000
        )
        #expect(throws: wanted) { try folder.requireSpace(neededBytes: 1001) }
        #expect("\(wanted)".contains("free 1 bytes"))
    }
}

/// A folder that is there already, but whose name a power cut may still take away.
struct StorageFolderDurabilityTests {
    @Test func `a folder whose first making failed half-way keeps its name the second time`()
        throws
    {
        let disk = FaultyDisk(try TemporaryFolder())
        let folder = StorageFolder(disk.path(of: "data"), calls: disk)
        // As when waiting for the parent failed: the folder is there, its name is not on the disk.
        #expect(disk.createFolder(folder.path, permissions: StorageFolder.permissions) == 0)
        try folder.createIfMissing()
        disk.cutPower(seed: 1)
        #expect(disk.createFolder(folder.path, permissions: StorageFolder.permissions) < 0)
    }
}
