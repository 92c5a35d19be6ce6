internal import Foundation
internal import Registry
internal import Spreadsheets

/// What an export of a gateway's registry wrote.
public struct RegistryExport: Codable, Hashable, Sendable {
    /// The workbook, or the folder of files.
    public let output: String
    /// How it is written.
    public let format: RegistryFormat
    /// Rows by table.
    public let rows: [String: Int]

    /// Writes all tables, so that importing them again changes nothing.
    ///
    /// - Parameters:
    ///   - dataFolder: of the gateway, which may run; nil for tables without rows, as a template.
    ///   - output: a workbook or a folder, neither of which may hold what would be replaced.
    ///   - format: how they are written; nil for what the name of the output means.
    /// - Throws: ``GatewayError``, `RegistryError`, `SpreadsheetError`.
    public init(dataFolder: String?, to output: String, format: RegistryFormat?) throws {
        let tables = try dataFolder.map { try Self.tables($0) } ?? RegistryTable.templates
        let format = try format ?? RegistryFormat(output: output)
        switch format {
        case .xlsx:
            try Self.refuseReplacing(output)
            try WorkbookWriter.write(RegistryWorkbook.sheets(tables), to: output)
        case .csv: try Self.write(tables, inFolder: output, notIn: dataFolder)
        }
        self.output = output
        self.format = format
        rows = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.rows.count) })
    }

    private static func tables(_ dataFolder: String) throws -> [RegistryTable] {
        let path = "\(dataFolder)/\(GatewayRuntime.registryFile)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw GatewayError.unreadable(
                path: path,
                reason: "there is no registry; correct --data"
            )
        }
        return try RegistryDatabase(path: path).tables()
    }

    private static func write(
        _ tables: [RegistryTable],
        inFolder folder: String,
        notIn dataFolder: String?
    ) throws {
        let paths = tables.map { "\(folder)/\($0.name).csv" }
        for path in paths { try refuseReplacing(path) }
        do {
            let url = URL(filePath: folder)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw GatewayError.unwritable(path: folder, reason: "no folder can be made there")
        }
        for (table, path) in zip(tables, paths) {
            var text = try OutputText(path, notIn: dataFolder)
            do {
                try text.write(table.csv)
                try text.finish()
            } catch {
                text.abandon()
                throw error
            }
        }
    }

    private static func refuseReplacing(_ path: String) throws(GatewayError) {
        if FileManager.default.fileExists(atPath: path) { throw .alreadyThere(path: path) }
    }
}
