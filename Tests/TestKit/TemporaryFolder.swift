import Foundation

/// A folder of its own for one test, removed when the value goes.
public final class TemporaryFolder: Sendable {
    /// Path of the folder, without a slash at its end.
    public let path: String

    /// Creates an empty folder under the system's temporary one.
    ///
    /// - Throws: what the file manager says when it cannot.
    public init(_ name: String = "langso-test") throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Path of something inside the folder.
    public func path(of name: String) -> String { "\(path)/\(name)" }
}
