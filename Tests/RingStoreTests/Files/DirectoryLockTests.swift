import Foundation
import Glibc
import RingStore
import TestKit
import Testing

struct DirectoryLockTests {
    @Test func `a folder has one writer at a time, and the next is told who it is`() throws {
        let folder = try TemporaryFolder()
        try withLock(folder, .exclusive) {
            for mode in [DirectoryLock.Mode.exclusive, .shared] {
                let wanted = FileError.alreadyInUse(
                    path: folder.path(of: "lock"),
                    processID: getpid()
                )
                #expect(throws: wanted) { _ = try DirectoryLock(folder: folder.path, mode: mode) }
                #expect("\(wanted)".contains("process \(getpid())"))
            }
        }
        try withLock(folder, .exclusive) {}
    }

    @Test func `readers share a folder and keep writers out`() throws {
        let folder = try TemporaryFolder()
        try withLock(folder, .shared) {
            try withLock(folder, .shared) {}
            #expect(throws: FileError.self) { _ = try DirectoryLock(folder: folder.path) }
        }
        try withLock(folder, .exclusive) {}
    }

    @Test func `what a crashed holder left in the file does not matter`() throws {
        let folder = try TemporaryFolder()
        let file = try StorageFile(folder.path(of: "lock"), .createNew)
        try unsafe file.write(Array("not a number\n".utf8).span.bytes, at: 0)
        try withLock(folder, .exclusive) {
            let size = try file.sizeBytes()
            #expect(size == UInt64("\(getpid())\n".utf8.count))
        }
    }

    @Test func `a missing folder cannot be locked`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) {
            _ = try DirectoryLock(folder: folder.path(of: "missing"))
        }
        #expect(error?.isNotFound == true)
    }

    /// A process that this one starts has such copies until it runs its program.
    @Test func `a lock that was given up is free, also while others have its descriptor`() throws {
        let folder = try TemporaryFolder()
        var copies: [Int32] = []
        defer { for copy in copies { close(copy) } }
        try withLock(folder, .exclusive) {
            let path = folder.path(of: "lock")
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            let held = names.compactMap { Int32($0) }.filter { descriptor in
                let link = "/proc/self/fd/\(descriptor)"
                return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) == path
            }
            #expect(held.count == 1)
            copies = held.map { dup($0) }
        }
        try withLock(folder, .exclusive) {}
    }

    private func withLock(
        _ folder: TemporaryFolder,
        _ mode: DirectoryLock.Mode,
        _ body: () throws -> Void
    ) throws {
        let lock = try DirectoryLock(folder: folder.path, mode: mode)
        try body()
        #expect(lock.path == folder.path(of: "lock"))
    }
}
