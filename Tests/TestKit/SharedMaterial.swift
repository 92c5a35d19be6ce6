import Foundation

/// The folder of reference material that may lie beside a checkout as `../shared`.
///
/// Recordings and vectors of others stay there; tests that read it are skipped with a printed
/// reason where it is absent.
public enum SharedMaterial {
    /// Path of an item inside the folder, or nil when it is not there; prints the reason then.
    public static func path(_ item: String, from file: String = #filePath) -> String? {
        var folder = URL(filePath: file).deletingLastPathComponent()
        while folder.path(percentEncoded: false) != "/" {
            let manifest = folder.appending(path: "Package.swift").path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: manifest) {
                let shared = folder.deletingLastPathComponent().appending(path: "shared/\(item)")
                let path = shared.path(percentEncoded: false)
                if FileManager.default.fileExists(atPath: path) { return path }
            }
            folder = folder.deletingLastPathComponent()
        }
        print("skipped: ../shared/\(item) is not beside this checkout")
        return nil
    }
}
