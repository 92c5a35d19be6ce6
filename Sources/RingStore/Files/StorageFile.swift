internal import Glibc

/// One open file of fixed size: positioned reads and writes that are whole or fail.
///
/// Costs one system call an operation, no allocation. Reads and writes carry their offset, so any
/// number of threads may use one value; what overlapping calls see is up to the callers. The
/// descriptor is closed when the value goes.
public struct StorageFile: ~Copyable, Sendable {
    /// How a file is opened.
    public enum Access: Sendable {
        /// For reading only; the file must exist.
        case readOnly
        /// For reading and writing; the file must exist.
        case readWrite
        /// For reading and writing; the file must not exist yet.
        case createNew
    }

    /// Owner reads and writes, group reads, others nothing: payloads may name people's homes.
    public static let permissions: UInt32 = 0o640

    /// Path that the file was opened by.
    public let path: String
    private let descriptor: Int32
    let calls: any FileCalls

    /// Opens or creates a file.
    ///
    /// - Throws: `FileError.system` with the reason.
    public init(
        _ path: String,
        _ access: Access,
        calls: any FileCalls = SystemFileCalls()
    ) throws(FileError) {
        let flags =
            switch access {
            case .readOnly: O_RDONLY
            case .readWrite: O_RDWR
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        let verb = access == .createNew ? "create" : "open"
        let result = try Self.retrying(verb, path) {
            calls.open(path, flags: flags, permissions: Self.permissions)
        }
        self.path = path
        self.descriptor = Int32(result)
        self.calls = calls
    }

    deinit {
        // Closing tells nothing about durability that synchronizeData has not told before.
        _ = calls.close(descriptor)
    }

    /// Length in bytes.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func sizeBytes() throws(FileError) -> UInt64 {
        UInt64(try Self.retrying("measure", path) { calls.size(descriptor) })
    }

    /// Fills memory from an offset as far as the file reaches, and returns the number of bytes.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func read(
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) throws(FileError) -> Int {
        var done = 0
        while done < memory.count {
            let count = try Self.retrying("read", path) {
                // The caller keeps the memory alive; the rebased part lies inside it.
                unsafe calls.read(
                    descriptor,
                    into: UnsafeMutableRawBufferPointer(rebasing: memory[done...]),
                    at: offset + UInt64(done)
                )
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Fills memory from an offset.
    ///
    /// - Throws: `FileError.endOfFile` when the file ends before, `.system` with any other reason.
    public func readFully(
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) throws(FileError) {
        let count = try unsafe read(into: memory, at: offset)
        guard count == memory.count else {
            throw .endOfFile(
                path: path,
                offset: offset,
                neededBytes: memory.count,
                hadBytes: count
            )
        }
    }

    /// Reads an exact number of bytes into a new array.
    ///
    /// - Throws: `FileError.endOfFile` when the file ends before, `.system` with any other reason.
    public func bytes(_ count: Int, at offset: UInt64) throws(FileError) -> [UInt8] {
        try [UInt8](capacity: count) { (output) throws(FileError) in
            try unsafe output.withUnsafeMutableBufferPointer {
                (memory, filled) throws(FileError) in
                try unsafe readFully(into: UnsafeMutableRawBufferPointer(memory), at: offset)
                filled = count
            }
        }
    }

    /// Writes all bytes at an offset; they are on the disk only after ``synchronizeData()``.
    ///
    /// - Throws: `FileError.system` with the reason; any part of the bytes may then be written.
    public func write(_ bytes: RawSpan, at offset: UInt64) throws(FileError) {
        var done = 0
        while done < bytes.byteCount {
            let count = try Self.retrying("write", path) {
                calls.write(
                    descriptor,
                    bytes.extracting(droppingFirst: done),
                    at: offset + UInt64(done)
                )
            }
            // A regular file never takes nothing without a reason; do not spin if one does.
            guard count > 0 else {
                throw .system(operation: "write", path: path, code: EIO)
            }
            done += count
        }
    }

    /// Waits until everything written is on the disk.
    ///
    /// After a failure the kernel may count the lost pages as written, so that a second call would
    /// succeed without them: write the bytes again first.
    ///
    /// - Throws: `FileError.system` with the reason.
    /// - Source: A. Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
    ///   2020.
    public func synchronizeData() throws(FileError) {
        _ = try Self.retrying("synchronise", path) { calls.synchronizeData(descriptor) }
    }

    /// Reserves room on the disk for the first `sizeBytes` bytes; new ones read as zeros.
    ///
    /// - Throws: `FileError.notEnoughSpace` when the disk is full, `.system` with any other reason.
    public func allocate(sizeBytes: UInt64) throws(FileError) {
        do {
            _ = try Self.retrying("reserve space for", path) {
                calls.allocate(descriptor, sizeBytes: sizeBytes)
            }
        } catch {
            guard error.code == ENOSPC || error.code == EDQUOT else { throw error }
            throw .notEnoughSpace(
                path: path,
                neededBytes: sizeBytes,
                availableBytes: UInt64(max(0, calls.availableBytes(at: path)))
            )
        }
    }

    /// Cuts the file, or lengthens it with zeros that have no room reserved.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func truncate(sizeBytes: UInt64) throws(FileError) {
        _ = try Self.retrying("cut", path) { calls.truncate(descriptor, sizeBytes: sizeBytes) }
    }

    /// Repeats a call while signals interrupt it, and turns its `-errno` into an error.
    static func retrying(
        _ operation: String,
        _ path: String,
        _ call: () -> Int
    ) throws(FileError) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = Int32(-result)
            if code != EINTR { throw .system(operation: operation, path: path, code: code) }
        }
    }
}
