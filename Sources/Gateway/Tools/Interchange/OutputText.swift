internal import Foundation

/// Text of any length on its way to a file or to standard output, some of it at a time.
///
/// A file is written beside under the name `NAME.partial` and gets its own with the last byte, so
/// that half a text never passes for a whole one.
struct OutputText {
    private static let fullBytes = 256 << 10

    private let path: String?
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    /// Begins a text.
    ///
    /// - Parameter path: of a file, which is replaced; nil for standard output.
    /// - Throws: ``GatewayError/unwritable(path:reason:)``.
    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            handle = .standardOutput
            return
        }
        let partial = Self.partial(path)
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
        let descriptor = partial.withCString { open($0, flags, 0o640) }
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
        guard let path else { return }
        do {
            try handle.synchronize()
        } catch {
            throw GatewayError.unwritable(path: path, reason: "\(error.localizedDescription)")
        }
        guard rename(Self.partial(path), path) == 0 else { throw Self.fault(path, errno) }
    }

    /// Removes what was written to a file.
    func abandon() {
        if let path { unlink(Self.partial(path)) }
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
