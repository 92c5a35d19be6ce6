/// How the tables of a registry are written.
public enum RegistryFormat: String, CaseIterable, Sendable, Codable {
    /// A folder with a file of comma-separated values for each table.
    case csv
    /// A workbook with a sheet for each table.
    case xlsx

    /// What a path is meant to be when nobody says it.
    public init(path: String) {
        self = path.lowercased().hasSuffix(".xlsx") ? .xlsx : .csv
    }
}
