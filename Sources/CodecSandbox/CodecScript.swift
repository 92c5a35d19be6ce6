internal import Glibc

/// A codec's script as it was read, and what tells that its file has changed since.
struct CodecScript: Hashable {
    let text: String
    let stamp: Stamp

    /// What a file looks like from outside.
    struct Stamp: Hashable {
        let size: Int64
        let seconds: Int
        let nanoseconds: Int
        let inode: UInt64

        /// That of a file; nil when there is none.
        init?(of path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            size = Int64(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
            inode = UInt64(status.st_ino)
        }
    }

    /// Reads a script.
    ///
    /// - Throws: ``CodecError/unreadable(path:reason:)``, also when it is too long or no UTF-8.
    init(path: String) throws(CodecError) {
        guard let stamp = Stamp(of: path), let file = fopen(path, "r") else {
            throw .unreadable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: CodecLimits.scriptBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw .unreadable(path: path, reason: "reading failed") }
        guard count <= CodecLimits.scriptBytes else {
            throw .unreadable(
                path: path,
                reason: "it has more than \(CodecLimits.scriptBytes) bytes"
            )
        }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw .unreadable(path: path, reason: "it is no UTF-8")
        }
        self.text = text
        self.stamp = stamp
    }
}
