/// What can go wrong with the registry itself; wrong lines of a file are in ``ImportReport``.
public enum RegistryError: Error, Hashable, Sendable {
    /// The file is there and is no SQLite database.
    case notADatabase(path: String)
    /// The file is an SQLite database that another program made.
    case foreignDatabase(path: String)
    /// The file was written by a later version of this program.
    case newerDatabase(path: String, version: Int, supported: Int)
    /// SQLite refused; the text is what it said.
    case database(path: String, attempt: String, reason: String)
    /// A stored value is not what the import lets in.
    case damaged(table: String, column: String, value: String)
    /// An import does not say who makes it, or says it with too many bytes.
    case invalidPerson(bytes: Int)
    /// A change of a device that cannot be right; each reason says what to do.
    case changeRefused(change: String, device: String, reasons: [DeviceChangeNote])
    /// A file or folder that was to be imported cannot be read.
    case cannotReadFile(path: String, reason: String)
}

extension RegistryError: CustomStringConvertible {
    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .notADatabase(let path):
            "cannot open \(path): it is no SQLite database; correct the path or restore the "
                + "registry from a copy"
        case .foreignDatabase(let path):
            "cannot open \(path): it is a database of another program; choose another path"
        case .newerDatabase(let path, let version, let supported):
            "cannot open \(path): its version \(version) is newer than version \(supported), which "
                + "this program knows; use the program that wrote it or a later one"
        case .database(let path, let attempt, let reason):
            "cannot \(attempt) \(path): \(reason)"
        case .damaged(let table, let column, let value):
            "cannot read the registry: \(table) holds \"\(value)\" as \(column); restore the "
                + "registry from a copy or import the line again"
        case .invalidPerson(let bytes):
            "cannot import: the name of who imports has \(bytes) bytes, 1 to "
                + "\(RegistryLimits.maximumTextBytes) are allowed"
        case .changeRefused(let change, let device, let reasons):
            "cannot \(change) \(device): \(reasons.map(\.description).joined(separator: "; "))"
        case .cannotReadFile(let path, let reason):
            "cannot read \(path): \(reason)"
        }
    }
}
