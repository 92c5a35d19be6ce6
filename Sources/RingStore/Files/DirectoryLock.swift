internal import Glibc

/// The right to work in a data folder, held until the value goes.
///
/// It is an advisory `flock` on the file `lock` in the folder: the kernel gives it up when the
/// process ends, however it ends. The holder's process number is in the file, for the message that
/// the next one gets. A second lock in the same process is refused as well.
public struct DirectoryLock: ~Copyable, Sendable {
    /// What the holder means to do.
    public enum Mode: Sendable {
        /// Write: nobody else may hold it.
        case exclusive
        /// Read only: any number of readers may, but no writer.
        case shared
    }

    /// Name of the file in the folder.
    public static let fileName = "lock"

    /// A process number in decimal digits and a line feed fits.
    private static let textBytes = 16

    /// Path of the lock file.
    public let path: String
    private let descriptor: Int32
    private let mode: Mode

    /// Takes the lock at once or not at all.
    ///
    /// - Parameters:
    ///   - folder: It must be there.
    ///   - fileName: Another name for a right of its own in the same folder.
    ///   - mode: What the holder means to do.
    /// - Throws: `FileError.alreadyInUse` with the holder's process number where it is known;
    ///   `.system` when the folder is missing or may not be written.
    public init(
        folder: String,
        fileName: String = DirectoryLock.fileName,
        mode: Mode = .exclusive
    ) throws(FileError) {
        let path = StorageFolder(folder).path(of: fileName)
        let descriptor: Int32
        do {
            descriptor = try Self.open(path, O_RDWR | O_CREAT)
        } catch {
            // Whoever may only read the folder can still keep writers out of it.
            guard mode == .shared, [EACCES, EPERM, EROFS].contains(error.code) else { throw error }
            descriptor = try Self.open(path, O_RDONLY)
        }
        do {
            let kind = mode == .exclusive ? LOCK_EX : LOCK_SH
            _ = try StorageFile.retrying("lock", path) {
                flock(descriptor, kind | LOCK_NB) < 0 ? -Int(errno) : 0
            }
        } catch {
            let holder = Self.holder(in: descriptor)
            close(descriptor)
            throw error.code == EWOULDBLOCK ? .alreadyInUse(path: path, processID: holder) : error
        }
        self.path = path
        self.descriptor = descriptor
        self.mode = mode
        writeHolder()
    }

    deinit {
        // So that no later reader's refusal is put down to this process. A crash leaves the number
        // behind; the next holder overwrites it.
        if mode == .exclusive { _ = ftruncate(descriptor, 0) }
        // Closing is not enough: while this process starts another one, that holds a copy of every
        // descriptor until it runs its program.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func open(_ path: String, _ flags: Int32) throws(FileError) -> Int32 {
        let permissions = mode_t(StorageFile.permissions)
        let result = try StorageFile.retrying("open lock file", path) {
            let result = unsafe Glibc.open(path, flags | O_CLOEXEC, permissions)
            return result < 0 ? -Int(errno) : Int(result)
        }
        return Int32(result)
    }

    /// The number is a courtesy for a message; the lock holds without it, so failing is no error.
    private func writeHolder() {
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func holder(in descriptor: Int32) -> Int32? {
        var text = [UInt8](repeating: 0, count: textBytes)
        let count = unsafe text.withUnsafeMutableBytes {
            unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard count > 0 else { return nil }
        return Int32(String(decoding: text[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }
}
