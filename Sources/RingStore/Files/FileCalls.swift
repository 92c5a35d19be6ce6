/// The operating system's file calls that the journal and the store are built on.
///
/// It is the seam for faults: a test hands in calls that run out of space, fail, write short or
/// forget what was not synchronised, and everything above meets them as it would meet a real disk.
/// Every requirement has a default that makes the real call, so a faulty set overrides only what it
/// spoils. Results follow the kernel's own convention: 0 or a count when it worked, `-errno` when
/// it did not. Callers repeat interrupted and short calls; an implementation need not.
public protocol FileCalls: Sendable {
    /// Opens a file and returns its descriptor; `flags` and `permissions` are those of `open(2)`.
    func open(_ path: String, flags: Int32, permissions: UInt32) -> Int

    /// Closes a descriptor.
    func close(_ descriptor: Int32) -> Int

    /// Reads at an offset into memory that the caller keeps, and returns how many bytes came.
    func read(
        _ descriptor: Int32,
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int

    /// Writes bytes at an offset and returns how many were taken.
    func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int

    /// Waits until the file's data is on the disk.
    func synchronizeData(_ descriptor: Int32) -> Int

    /// Waits until the file's data and everything known about it is on the disk.
    func synchronize(_ descriptor: Int32) -> Int

    /// Reserves space on the disk for the first `sizeBytes` bytes, so that later writes find room.
    func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int

    /// Cuts a file to a length in bytes.
    func truncate(_ descriptor: Int32, sizeBytes: UInt64) -> Int

    /// Returns the length of a file in bytes.
    func size(_ descriptor: Int32) -> Int

    /// Gives a file another name on the same file system, replacing what had it.
    func rename(_ path: String, to newPath: String) -> Int

    /// Removes a file.
    func remove(_ path: String) -> Int

    /// Makes a folder whose parent exists.
    func createFolder(_ path: String, permissions: UInt32) -> Int

    /// Returns how many bytes an ordinary user may still write on the file system of a path.
    func availableBytes(at path: String) -> Int
}

/// The real file calls of the operating system.
public struct SystemFileCalls: FileCalls {
    /// Creates the set.
    public init() {}
}
