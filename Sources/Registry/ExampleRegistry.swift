internal import Foundation

/// The registry that comes with the gateway: the units of Bình Liêu before and after 2025-07-01.
///
/// It holds what public sources say and nothing else, so it has no device; `SOURCES.md` beside the
/// files names the source of each line.
public enum ExampleRegistry {
    /// The files, sorted by name.
    ///
    /// - Throws: ``RegistryError/cannotReadFile(path:reason:)`` when they were not installed.
    public static func files() throws(RegistryError) -> [RegistryFile] {
        let folder = Bundle.module.bundleURL.appending(path: "Example")
        return try RegistryFile.files(inFolder: folder.path(percentEncoded: false))
    }
}
