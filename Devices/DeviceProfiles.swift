internal import Foundation

/// The device profiles that come with langso: one folder a model, `profile.yaml` and
/// `examples.yaml`.
public enum DeviceProfiles {
    /// Folder that holds one folder a model.
    public static var folder: String {
        Bundle.module.bundleURL.appending(path: "Profiles").path(percentEncoded: false)
    }

    /// One profile file or examples file.
    public struct File: Hashable, Sendable {
        /// Name for messages, as `milesight-em310-udl/profile.yaml`.
        public let name: String
        /// The whole text.
        public let text: String

        /// Creates a file.
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// Reads all `profile.yaml` of a folder of models, sorted by name.
    ///
    /// - Parameter folder: a folder of models; the one that comes with langso unless given.
    /// - Returns: the profiles' texts.
    /// - Throws: what the file system says when the folder or a file cannot be read.
    public static func profiles(in folder: String = folder) throws -> [File] {
        try files(named: "profile.yaml", in: folder)
    }

    /// Reads all `examples.yaml` of a folder of models, sorted by name.
    ///
    /// - Parameter folder: a folder of models; the one that comes with langso unless given.
    /// - Returns: the examples' texts.
    /// - Throws: what the file system says when the folder or a file cannot be read.
    public static func examples(in folder: String = folder) throws -> [File] {
        try files(named: "examples.yaml", in: folder)
    }

    private static func files(named name: String, in folder: String) throws -> [File] {
        let root = URL(filePath: folder, directoryHint: .isDirectory)
        let models = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try models.compactMap { model in
            let url = root.appending(path: "\(model)/\(name)")
            guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
                return nil
            }
            return File(
                name: "\(model)/\(name)",
                text: try String(contentsOf: url, encoding: .utf8)
            )
        }
    }
}
