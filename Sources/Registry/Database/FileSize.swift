internal import Foundation

/// Whether a file is there and holds anything.
enum FileSize {
    static func isWritten(_ path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return ((attributes?[.size] as? NSNumber)?.intValue ?? 0) > 0
    }
}
