internal import Foundation
internal import RingStore

/// The folder that a copy is built in: beside its target, so that one renaming finishes it.
///
/// It has the target's name with `.partial` behind. Whoever builds it holds a lock in it, so that
/// what a copy that was killed has left can be told from a copy that is being made, and from a
/// folder that is none of ours: that has no file of the lock.
struct PartialCopy: ~Copyable {
    /// Name of the lock's file in it.
    static let lockFile = "copying"

    /// Where it lies.
    let path: String
    private let target: String
    private let lock: DirectoryLock

    /// Makes the folder, or clears the one that a killed copy has left.
    ///
    /// - Parameter target: Path of the copy; its parent must be there.
    /// - Throws: ``GatewayError/alreadyThere(path:)`` for a target that is there, or a folder of
    ///   somebody else in the way; ``GatewayError/beingCopied(path:processID:)``; `FileError`.
    init(of target: String) throws {
        lock = try Self.clear("\(target).partial", for: target)
        path = "\(target).partial"
        self.target = target
    }

    /// Gives the folder the name of the target, when all of it is on the disk.
    ///
    /// - Throws: `FileError`; it is then still under its own name.
    func install() throws(FileError) {
        let url = URL(filePath: target)
        let parent = url.deletingLastPathComponent().path(percentEncoded: false)
        let name = url.lastPathComponent
        try StorageFolder(parent).rename("\(name).partial", to: name)
        // Only now: until the renaming it marks what a killed copy leaves, and it does no harm.
        _ = try? StorageFolder(target).remove(Self.lockFile)
    }

    /// Removes the folder.
    func discard() {
        // The first error says why; that the remains could not be removed as well would not.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Makes the folder, or clears one that is ours and nobody's at the moment.
    private static func clear(_ path: String, for target: String) throws -> DirectoryLock {
        try requireAbsent(target)
        let lock = try lock(path, for: target)
        // Whoever held the lock until now may have finished.
        try requireAbsent(target)
        let folder = StorageFolder(path)
        for name in try folder.names() where name != lockFile { try folder.remove(name) }
        return lock
    }

    /// Makes the folder when it is missing, and takes the lock of one that is ours.
    private static func lock(_ path: String, for target: String) throws -> DirectoryLock {
        let folder = StorageFolder(path)
        try folder.createIfMissing()
        let remains = try folder.names()
        guard remains.isEmpty || remains.contains(lockFile) else {
            throw GatewayError.alreadyThere(path: path)
        }
        do throws(FileError) {
            return try DirectoryLock(folder: path, fileName: lockFile)
        } catch {
            guard case .alreadyInUse(_, let processID) = error else { throw error }
            throw GatewayError.beingCopied(path: target, processID: processID)
        }
    }

    private static func requireAbsent(_ target: String) throws(GatewayError) {
        guard FileManager.default.fileExists(atPath: target) else { return }
        throw .alreadyThere(path: target)
    }
}
