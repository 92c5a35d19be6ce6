internal import ConfigurationText
internal import Foundation
internal import Registry
internal import Spreadsheets
public import Telemetry

/// What an import of files into the registry of a gateway did, or would do.
public struct RegistryImport: Codable, Hashable, Sendable {
    /// What became of the lines of one file or sheet.
    public struct File: Codable, Hashable, Sendable {
        /// The file, and behind a colon the sheet.
        public let file: String
        /// Lines that are new.
        public let inserted: Int
        /// Lines that change what stands.
        public let updated: Int
        /// Lines that stand as they are.
        public let unchanged: Int
        /// Lines that are wrong.
        public let refused: Int
    }

    /// Something wrong or odd at one place.
    public struct Finding: Codable, Hashable, Sendable {
        /// The file, and behind a colon the sheet.
        public let file: String
        /// Line or row, from 1; 0 for the whole file.
        public let line: Int
        /// The column's place in the file, from 1; 0 for the whole line.
        public let column: Int
        /// The cell as spreadsheets name it; nil for files that are none, and for whole lines.
        public let cell: String?
        /// Name of the column; empty for the whole line.
        public let field: String
        /// What was found, what would be right, and what to do.
        public let message: String
    }

    /// Whether nothing was to be written.
    public let dryRun: Bool
    /// Whether the registry has taken the files: all of them, or nothing.
    public let written: Bool
    /// Counts of each file.
    public let files: [File]
    /// What is wrong.
    public let refused: [Finding]
    /// What is odd and taken all the same.
    public let warnings: [Finding]

    /// Imports files in one transaction: all of them, or nothing when a line is wrong.
    ///
    /// - Parameters:
    ///   - paths: files of comma-separated values, workbooks, or folders of the former.
    ///   - dataFolder: of the gateway, which may run: it reads its registry when it starts.
    ///   - person: who imports, for the audit log.
    ///   - now: the time of day.
    ///   - isDryRun: whether to write nothing and only tell.
    /// - Throws: ``GatewayError``, `RegistryError`, `SpreadsheetError` for what is not read at all.
    public init(
        _ paths: [String],
        dataFolder: String,
        by person: String,
        at now: Instant,
        isDryRun: Bool
    ) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: dataFolder, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            let reason = "there is no such folder; start the gateway once, or correct --data"
            throw GatewayError.unreadable(path: dataFolder, reason: reason)
        }
        let files = try paths.flatMap { try Self.files($0) }
        let path = "\(dataFolder)/\(GatewayRuntime.registryFile)"
        // A dry run leaves no file where there was none.
        let isNew = !FileManager.default.fileExists(atPath: path)
        let database =
            isDryRun && isNew ? try RegistryDatabase.inMemory() : try RegistryDatabase(path: path)
        let report = try database.importFiles(
            files,
            by: person,
            at: now,
            mode: isDryRun ? .dryRun : .allOrNothing
        )
        let sheets = Set(files.filter { !$0.name.hasSuffix("\($0.table).csv") }.map(\.name))
        dryRun = isDryRun
        written = report.isWritten
        self.files = report.files.map {
            File(
                file: $0.file,
                inserted: $0.inserted,
                updated: $0.updated,
                unchanged: $0.unchanged,
                refused: $0.refused
            )
        }
        refused = report.refused.map { Finding($0, isSheet: sheets.contains($0.file)) }
        warnings = report.warnings.map { Finding($0, isSheet: sheets.contains($0.file)) }
    }

    private static func files(_ path: String) throws -> [RegistryFile] {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
        {
            let files = try RegistryFile.files(inFolder: path)
            guard files.isEmpty else { return files }
            throw GatewayError.unreadable(path: path, reason: "the folder has no file *.csv")
        }
        guard [".csv", ".xlsx"].contains(where: path.lowercased().hasSuffix) else {
            let reason = "its name ends in neither .csv nor .xlsx; save it as one of these"
            throw GatewayError.unreadable(path: path, reason: reason)
        }
        switch RegistryFormat(path: path) {
        case .xlsx:
            let bytes = try InputFile.bytes(path, limit: SpreadsheetLimits.maximumFileBytes)
            return try RegistryWorkbook.files(of: bytes, name: path)
        case .csv:
            let bytes = try InputFile.bytes(path, limit: RegistryLimits.maximumFileBytes)
            return [RegistryFile(name: path, bytes: bytes)]
        }
    }

    /// Counts, then each finding, for people.
    public var lines: [String] {
        var lines = files.map {
            "\($0.file): \($0.inserted) new, \($0.updated) changed, \($0.unchanged) unchanged, "
                + "\($0.refused) refused"
        }
        lines += refused.map { "refused: \($0.text)" }
        lines += warnings.map { "warning: \($0.text)" }
        if written, files.allSatisfy({ $0.inserted + $0.updated == 0 }) {
            lines.append("every line stands already")
        } else if written {
            lines.append("written; a running gateway takes it when it is started again")
        } else if !refused.isEmpty {
            let count = refused.count
            lines.append("nothing was written: correct \(count == 1 ? "it" : "all \(count)") first")
        } else {
            lines.append("nothing was written: this was a dry run, and all lines are right")
        }
        return lines
    }
}

extension RegistryImport.Finding {
    fileprivate init(_ fault: ConfigurationFault, isSheet: Bool) {
        self.init(
            file: fault.file,
            line: fault.line,
            column: fault.column,
            cell: isSheet && fault.line > 0 && fault.column > 0
                ? "\(Sheet.letters(of: fault.column))\(fault.line)" : nil,
            field: fault.field,
            message: fault.message
        )
    }

    /// Place, column and message.
    fileprivate var text: String {
        let place =
            if let cell { "\(file):\(cell)" } else if line > 0 {
                "\(file):\(line):\(max(column, 1))"
            } else { file }
        return field.isEmpty ? "\(place): \(message)" : "\(place): \(field): \(message)"
    }
}
