/// How the tables of a registry are written.
public enum RegistryFormat: String, CaseIterable, Sendable, Codable {
    /// A folder with a file of comma-separated values for each table.
    case csv
    /// A workbook with a sheet for each table.
    case xlsx

    /// Ends of names that mean a file of another kind, and never a folder.
    private static let otherFiles = ["ods", "xls", "xlsm", "xlsb", "numbers", "csv", "tsv", "txt"]

    /// What the name of something to be written means when nobody says it: a workbook or a folder.
    ///
    /// - Throws: ``GatewayError/unwritable(path:reason:)`` for the name of another kind of file.
    init(output path: String) throws(GatewayError) {
        let end = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard !Self.otherFiles.contains(end) else {
            throw .unwritable(
                path: path,
                reason: "tables are written as a workbook, NAME.xlsx, or as a folder of .csv "
                    + "files; name one of these, or say --format csv for a folder of this name"
            )
        }
        self.init(path: path)
    }

    /// What a path is meant to be when nobody says it.
    public init(path: String) {
        self = path.lowercased().hasSuffix(".xlsx") ? .xlsx : .csv
    }
}
