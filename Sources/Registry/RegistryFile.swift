internal import Foundation

/// One table that is to be imported: a file of comma-separated values, or a sheet of a workbook.
///
/// The columns of each table are listed in ``RegistryDatabase``.
public struct RegistryFile: Hashable, Sendable {
    /// One row of a sheet.
    public struct Row: Hashable, Sendable {
        /// Its number in the sheet, from 1.
        public let line: Int
        /// Its fields from the first column on; the last may be missing when they are empty.
        public let fields: [Field]

        /// Creates a row.
        public init(line: Int, fields: [Field]) {
            self.line = line
            self.fields = fields
        }
    }

    /// What stands in one field.
    public enum Field: Hashable, Sendable {
        /// A text as it would stand in a file of comma-separated values; empty for nothing.
        case text(String)
        /// What cannot be taken, and why: lower case, no full stop.
        case fault(String)
    }

    enum Content: Hashable, Sendable {
        /// The bytes of a whole file, UTF-8.
        case bytes([UInt8])
        /// The rows of a sheet, the first of which names the columns.
        case rows([Row])
    }

    /// Its name as faults call it.
    public let name: String
    /// Name of the table that it fills, as `devices`; an unknown one is a fault of the import.
    public let table: String
    let content: Content

    /// Creates a file whose name says which table it fills, as `units.csv` or `new/devices.csv`.
    public init(name: String, bytes: [UInt8]) {
        self.name = name
        let last = name.split(separator: "/").last.map(String.init) ?? name
        table = last.hasSuffix(".csv") ? String(last.dropLast(".csv".count)) : last
        content = .bytes(bytes)
    }

    /// Creates the sheet of a workbook.
    ///
    /// - Parameters:
    ///   - name: what faults call it.
    ///   - table: the table that it fills.
    ///   - rows: the first names the columns; sorted by line.
    public init(name: String, table: String, rows: [Row]) {
        self.name = name
        self.table = table
        content = .rows(rows)
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
            files.append(RegistryFile(name: name, bytes: try bytes(of: "\(path)/\(name)")))
        }
        return files
    }

    private static func bytes(of path: String) throws(RegistryError) -> [UInt8] {
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
