internal import Foundation

/// One file of comma-separated values that is to be imported.
///
/// The last part of its name says what it holds, as `units.csv` or `devices.csv`; the columns of
/// each are listed in ``RegistryDatabase``.
public struct RegistryFile: Hashable, Sendable {
    /// Its name as faults call it; folders before the last `/` do not matter.
    public let name: String
    /// Its whole content, UTF-8.
    public let bytes: [UInt8]

    /// Creates a file.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Reads the files of a folder whose names end in `.csv`, sorted by name.
    ///
    /// Folders inside it are not looked into.
    /// - Throws: ``RegistryError/cannotReadFile(path:reason:)`` when the folder or a file cannot be
    ///   read, or a file is larger than ``RegistryLimits/maximumFileBytes``.
    public static func files(inFolder path: String) throws(RegistryError) -> [RegistryFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw .cannotReadFile(path: path, reason: "no folder there can be listed")
        }
        var files: [RegistryFile] = []
        for name in names.sorted() where name.lowercased().hasSuffix(".csv") {
            files.append(RegistryFile(name: name, bytes: try content(of: "\(path)/\(name)")))
        }
        return files
    }

    private static func content(of path: String) throws(RegistryError) -> [UInt8] {
        // Asked before reading, so that a file of gigabytes does not fill the memory first.
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
        guard size <= RegistryLimits.maximumFileBytes else {
            throw .cannotReadFile(
                path: path,
                reason: "it has \(size) bytes, \(RegistryLimits.maximumFileBytes) are allowed"
            )
        }
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .cannotReadFile(path: path, reason: "no file there can be read")
        }
    }
}
