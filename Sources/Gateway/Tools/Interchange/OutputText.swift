internal import Foundation
internal import RingStore

/// Text of any length on its way to a file or to standard output, some of it at a time.
///
/// A file is written beside under the name `NAME.partial` and gets its own with the last byte, so
/// that half a text never passes for a whole one.
struct OutputText {
    private static let fullBytes = 256 << 10

    /// The file, with no symbolic link in its path; nil for standard output.
    private let path: String?
    /// Whether the text goes where it belongs at once, as into a pipe.
    private let isDirect: Bool
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    /// Begins a text.
    ///
    /// - Parameters:
    ///   - path: of a file, which is replaced; of something else, which is written into; nil for
    ///     standard output.
    ///   - dataFolder: files in it are a gateway's own, and are not replaced; nil when no gateway's
    ///     data are read.
    /// - Throws: ``GatewayError/unwritable(path:reason:)``.
    init(_ path: String?, notIn dataFolder: String?) throws {
        guard let path else {
            self.path = nil
            isDirect = true
            handle = .standardOutput
            return
        }
        let resolved = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
        if let dataFolder {
            let own = URL(filePath: dataFolder).resolvingSymlinksInPath().path(
                percentEncoded: false
            )
            guard !resolved.hasPrefix(own.hasSuffix("/") ? own : "\(own)/") else {
                let reason = "it lies in the data folder \(dataFolder); name a file elsewhere"
                throw GatewayError.unwritable(path: path, reason: reason)
            }
        }
        let kind = try? FileManager.default.attributesOfItem(atPath: resolved)[.type]
        isDirect = kind.map { $0 as? FileAttributeType != .typeRegular } ?? false
        self.path = resolved
        let target = isDirect ? resolved : Self.partial(resolved)
        let fresh = isDirect ? 0 : O_CREAT | O_TRUNC | O_NOFOLLOW
        let descriptor = target.withCString { open($0, O_WRONLY | O_CLOEXEC | fresh, 0o640) }
        guard descriptor >= 0 else { throw Self.fault(path, errno) }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Adds text.
    ///
    /// - Throws: ``GatewayError/unwritable(path:reason:)``.
    mutating func write(_ text: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: text)
        if buffer.count >= Self.fullBytes { try flush() }
    }

    /// Writes what is left and gives the file its name.
    ///
    /// - Throws: ``GatewayError/unwritable(path:reason:)``.
    mutating func finish() throws {
        try flush()
        guard let path, !isDirect else { return }
        do {
            try handle.synchronize()
        } catch {
            throw GatewayError.unwritable(path: path, reason: "\(error.localizedDescription)")
        }
        let url = URL(filePath: path)
        let name = url.lastPathComponent
        try StorageFolder(url.deletingLastPathComponent().path(percentEncoded: false))
            .rename(Self.partial(name), to: name)
    }

    /// Removes what was written to a file.
    func abandon() {
        if let path, !isDirect { unlink(Self.partial(path)) }
    }

    private mutating func flush() throws {
        do {
            try handle.write(contentsOf: Data(buffer))
        } catch {
            let reason = "\(error.localizedDescription); free space there, or name another file"
            throw GatewayError.unwritable(path: path ?? "standard output", reason: reason)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func partial(_ path: String) -> String { "\(path).partial" }

    private static func fault(_ path: String, _ code: Int32) -> GatewayError {
        let reason = strerror(code).map { String(cString: $0) } ?? "errno \(code)"
        return .unwritable(path: path, reason: reason)
    }
}
