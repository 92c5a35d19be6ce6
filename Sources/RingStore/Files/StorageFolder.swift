internal import Glibc

/// A folder whose files the journal or the store owns.
public struct StorageFolder: Sendable {
    /// Owner does all, group looks in, others nothing.
    public static let permissions: UInt32 = 0o750

    /// Path without a slash at its end.
    public let path: String
    private let calls: any FileCalls

    /// Names a folder; nothing is opened or created.
    public init(_ path: String, calls: any FileCalls = SystemFileCalls()) {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.path = String(trimmed)
        self.calls = calls
    }

    /// Path of a file inside the folder.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Makes the folder unless it is there, and its name durable in its parent.
    ///
    /// - Throws: `FileError.system` when the parent is missing or the right to write is.
    public func createIfMissing() throws(FileError) {
        do {
            _ = try StorageFile.retrying("create folder", path) {
                calls.createFolder(path, permissions: Self.permissions)
            }
        } catch {
            if error.code != EEXIST { throw error }
            return try synchronizeNameIfAllowed()
        }
        try parent.synchronize()
    }

    private var parent: StorageFolder {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return StorageFolder(parent.isEmpty ? "/" : parent, calls: calls)
    }

    /// Waits for the name of a folder that was there: whoever made it may not have come to that.
    ///
    /// An operator's folder may lie in one that this program may not read; its name is old then.
    private func synchronizeNameIfAllowed() throws(FileError) {
        do {
            try parent.synchronize()
        } catch {
            if error.code != EACCES, error.code != EPERM { throw error }
        }
    }

    /// Waits until the names of created, renamed and removed files are on the disk.
    ///
    /// A file's own synchronisation does not do this: without it a new file may lose its name.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func synchronize() throws(FileError) {
        let descriptor = try StorageFile.retrying("open folder", path) {
            calls.open(path, flags: O_RDONLY | O_DIRECTORY, permissions: 0)
        }
        defer { _ = calls.close(Int32(descriptor)) }
        _ = try StorageFile.retrying("synchronise folder", path) {
            calls.synchronize(Int32(descriptor))
        }
    }

    /// Opens or creates a file of the folder.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func open(_ name: String, _ access: StorageFile.Access) throws(FileError) -> StorageFile
    {
        try StorageFile(path(of: name), access, calls: calls)
    }

    /// Whether a file of that name is there.
    ///
    /// - Throws: `FileError.system` when that cannot be known.
    public func contains(_ name: String) throws(FileError) -> Bool {
        do {
            _ = try open(name, .readOnly)
            return true
        } catch {
            if error.isNotFound { return false }
            throw error
        }
    }

    /// Removes a file; one that is not there is no error.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func remove(_ name: String) throws(FileError) {
        do {
            _ = try StorageFile.retrying("remove", path(of: name)) { calls.remove(path(of: name)) }
        } catch {
            if !error.isNotFound { throw error }
        }
    }

    /// The bytes of a small file, which is only ever replaced as a whole; nil when it is not there.
    ///
    /// - Throws: `FileError` with the reason.
    public func contents(of name: String) throws(FileError) -> [UInt8]? {
        do {
            let file = try open(name, .readOnly)
            return try file.bytes(Int(try file.sizeBytes()), at: 0)
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }

    /// Writes a small file so that after a crash it is whole with the new bytes, or as it was.
    ///
    /// The bytes go to `NAME.new`, which then takes the name over; the folder is synchronised.
    ///
    /// - Throws: `FileError.system` with the reason; the old file is then still in place.
    public func replace(_ name: String, with bytes: [UInt8]) throws(FileError) {
        let fresh = "\(name).new"
        try remove(fresh)
        let file = try open(fresh, .createNew)
        try unsafe file.write(bytes.span.bytes, at: 0)
        try file.synchronizeData()
        try rename(fresh, to: name)
    }

    /// Gives a file of the folder another name, replacing what had it, durably.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func rename(_ name: String, to newName: String) throws(FileError) {
        _ = try StorageFile.retrying("rename", path(of: name)) {
            calls.rename(path(of: name), to: path(of: newName))
        }
        try synchronize()
    }

    /// Names of the entries in rising order, without `.` and `..`.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func names() throws(FileError) -> [String] {
        guard let stream = unsafe opendir(path) else {
            throw .system(operation: "list", path: path, code: errno)
        }
        // The stream, and with it each entry that readdir lends, lives until this.
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe String(cString: UnsafeRawPointer(field).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes that an ordinary user may still write on the folder's file system.
    ///
    /// - Throws: `FileError.system` with the reason.
    public func availableBytes() throws(FileError) -> UInt64 {
        UInt64(try StorageFile.retrying("measure", path) { calls.availableBytes(at: path) })
    }

    /// Checks that there is room for files of fixed size before any of them is made.
    ///
    /// - Throws: `FileError.notEnoughSpace` with both numbers.
    public func requireSpace(neededBytes: UInt64) throws(FileError) {
        let available = try availableBytes()
        guard available >= neededBytes else {
            throw .notEnoughSpace(
                path: path,
                neededBytes: neededBytes,
                availableBytes: available
            )
        }
    }
}
