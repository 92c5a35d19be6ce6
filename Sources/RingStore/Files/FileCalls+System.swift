internal import Glibc

extension FileCalls {
    /// Opens a file; never inherited by child processes, whose life must not prolong a lock.
    public func open(_ path: String, flags: Int32, permissions: UInt32) -> Int {
        kernelResult(Int(unsafe Glibc.open(path, flags | O_CLOEXEC, mode_t(permissions))))
    }

    /// Closes a descriptor.
    public func close(_ descriptor: Int32) -> Int {
        kernelResult(Int(Glibc.close(descriptor)))
    }

    /// Reads at an offset into memory that the caller keeps, and returns how many bytes came.
    public func read(
        _ descriptor: Int32,
        into memory: UnsafeMutableRawBufferPointer,
        at offset: UInt64
    ) -> Int {
        // The caller keeps the memory alive for the length of this call.
        kernelResult(unsafe pread(descriptor, memory.baseAddress, memory.count, off_t(offset)))
    }

    /// Writes bytes at an offset and returns how many were taken.
    public func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        // The span keeps the memory alive inside the closure.
        unsafe bytes.withUnsafeBytes { memory in
            kernelResult(unsafe pwrite(descriptor, memory.baseAddress, memory.count, off_t(offset)))
        }
    }

    /// Waits until the file's data is on the disk.
    public func synchronizeData(_ descriptor: Int32) -> Int {
        kernelResult(Int(fdatasync(descriptor)))
    }

    /// Waits until the file's data and everything known about it is on the disk.
    public func synchronize(_ descriptor: Int32) -> Int {
        kernelResult(Int(fsync(descriptor)))
    }

    /// Reserves space on the disk for the first `sizeBytes` bytes, so that later writes find room.
    public func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        // This one call returns its error instead of setting errno.
        -Int(posix_fallocate(descriptor, 0, off_t(sizeBytes)))
    }

    /// Cuts a file to a length in bytes.
    public func truncate(_ descriptor: Int32, sizeBytes: UInt64) -> Int {
        kernelResult(Int(ftruncate(descriptor, off_t(sizeBytes))))
    }

    /// Returns the length of a file in bytes.
    public func size(_ descriptor: Int32) -> Int {
        var status = stat()
        let result = kernelResult(Int(unsafe fstat(descriptor, &status)))
        return result < 0 ? result : Int(status.st_size)
    }

    /// Gives a file another name on the same file system, replacing what had it.
    public func rename(_ path: String, to newPath: String) -> Int {
        kernelResult(Int(unsafe Glibc.rename(path, newPath)))
    }

    /// Removes a file.
    public func remove(_ path: String) -> Int {
        kernelResult(Int(unsafe unlink(path)))
    }

    /// Makes a folder whose parent exists.
    public func createFolder(_ path: String, permissions: UInt32) -> Int {
        kernelResult(Int(unsafe mkdir(path, mode_t(permissions))))
    }

    /// Returns how many bytes an ordinary user may still write on the file system of a path.
    public func availableBytes(at path: String) -> Int {
        var status = statvfs()
        let result = kernelResult(Int(unsafe statvfs(path, &status)))
        if result < 0 { return result }
        let (bytes, overflow) = Int(clamping: status.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }
}

/// Turns the C library's "-1 and errno" into the kernel's "-errno".
///
/// It must be the first thing after the call: anything else may change errno.
private func kernelResult(_ result: Int) -> Int {
    result < 0 ? -Int(errno) : result
}
