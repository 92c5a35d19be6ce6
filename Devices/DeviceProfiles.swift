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
        try files(in: folder) { $0 == "profile.yaml" }
    }

    /// Reads all examples of a folder of models, sorted by name: `examples.yaml`, and files such as
    /// `examples-0011223344556677.yaml` beside it, which keep frames of single devices.
    ///
    /// - Parameter folder: a folder of models; the one that comes with langso unless given.
    /// - Returns: the examples' texts.
    /// - Throws: what the file system says when the folder or a file cannot be read.
    public static func examples(in folder: String = folder) throws -> [File] {
        try files(in: folder) { name in
            name == "examples.yaml" || (name.hasPrefix("examples-") && name.hasSuffix(".yaml"))
        }
    }

    private static func files(in folder: String, where isWanted: (String) -> Bool) throws -> [File]
    {
        let root = URL(filePath: folder, directoryHint: .isDirectory)
        let models = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        return try models.flatMap { model in
            let place = root.appending(path: model, directoryHint: .isDirectory)
            // A file beside the folders of models, such as a README, holds no profiles.
            guard try place.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else {
                return [] as [File]
            }
            let names = try FileManager.default.contentsOfDirectory(
                atPath: place.path(percentEncoded: false)
            )
            return try names.filter(isWanted).sorted().map { name in
                File(
                    name: "\(model)/\(name)",
                    text: try String(contentsOf: place.appending(path: name), encoding: .utf8)
                )
            }
        }
    }
}
