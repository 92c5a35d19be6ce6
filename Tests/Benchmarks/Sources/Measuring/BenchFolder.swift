internal import Foundation

/// A temporary folder of one measurement.
package struct BenchFolder {
    package let path: String

    /// Makes an empty one, in `TMPDIR` or `/tmp`.
    package init() throws {
        path = FileManager.default.temporaryDirectory
            .appending(path: "langso-bench-\(UUID().uuidString)").path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Removes it with all that is in it.
    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file in it, with the folders above.
    ///
    /// - Returns: Its path.
    package func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        let parent = URL(filePath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
}
