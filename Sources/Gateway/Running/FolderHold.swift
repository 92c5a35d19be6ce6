internal import RingStore
internal import Synchronization

/// The right of one gateway to a data folder, with all that lies in it; under another name that of
/// one adoption.
///
/// The store has a lock of its own, which comes too late for the registry: its import is done
/// before the store is opened, because recovery reads messages by it.
final class FolderHold: Sendable {
    private let lock: Mutex<DirectoryLock?>

    /// Name of the lock's file in the folder.
    static let fileName = "gateway.lock"

    /// Takes the folder, or the right that has its lock in another file of it.
    ///
    /// - Throws: `FileError.alreadyInUse` with the number of the process that has it.
    init(_ folder: String, fileName: String = FolderHold.fileName) throws {
        lock = Mutex(try DirectoryLock(folder: folder, fileName: fileName))
    }

    /// Takes the folder of a gateway that must not run.
    ///
    /// - Throws: ``GatewayError/runs(path:processID:)`` while it does, or `FileError`.
    static func ofStopped(_ folder: String) throws -> FolderHold {
        do {
            return try FolderHold(folder)
        } catch FileError.alreadyInUse(_, let processID) {
            throw GatewayError.runs(path: folder, processID: processID)
        }
    }

    /// Lets it go; the next may come.
    func release() { lock.withLock { $0 = nil } }
}
