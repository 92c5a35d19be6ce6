internal import Foundation

/// A file that an operator named: read whole, up to a limit, with one clear sentence when not.
public enum InputFile {
    /// Most bytes of a text that people write: settings, profiles, rules, criteria, mappings.
    public static let textBytes = 8 << 20

    /// The bytes of a file, a pipe among them.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - limit: the most bytes that are taken.
    /// - Throws: ``GatewayError/unreadable(path:reason:)``, also when it has more bytes.
    /// - Returns: all its bytes.
    public static func bytes(_ path: String, limit: Int) throws(GatewayError) -> [UInt8] {
        let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let start = bytes.count
            let room = min(max(64 << 10, start), limit + 1 - start)
            bytes.append(contentsOf: repeatElement(0, count: room))
            let count = bytes.withUnsafeMutableBytes { memory in
                read(descriptor, memory.baseAddress?.advanced(by: start), room)
            }
            if count < 0, errno != EINTR { throw unreadable(path) }
            bytes.removeLast(room - max(0, count))
            if count == 0 { return bytes }
        }
        throw .unreadable(path: path, reason: "it has more than the \(limit) bytes allowed")
    }

    /// The text of a file in UTF-8.
    ///
    /// - Parameters:
    ///   - path: where it lies.
    ///   - limit: the most bytes that are taken.
    /// - Throws: ``GatewayError/unreadable(path:reason:)``, also when it is not UTF-8.
    /// - Returns: the whole text.
    public static func text(_ path: String, limit: Int = textBytes) throws(GatewayError) -> String {
        let bytes = try bytes(path, limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(path: path, reason: "it is not text in UTF-8; save it as UTF-8")
        }
        return text
    }

    /// The names in a folder, sorted.
    ///
    /// - Throws: ``GatewayError/unreadable(path:reason:)``.
    static func names(inFolder path: String) throws(GatewayError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw .unreadable(path: path, reason: "there is no folder that can be listed")
        }
    }

    /// Why the last call failed on a file, by errno.
    static func unreadable(_ path: String) -> GatewayError {
        let code = errno
        let reason =
            switch code {
            case ENOENT: "there is no such file"
            case EISDIR: "it is a folder"
            case EACCES: "this user may not read it"
            default: strerror(code).map { String(cString: $0) } ?? "errno \(code)"
            }
        return .unreadable(path: path, reason: reason)
    }
}
