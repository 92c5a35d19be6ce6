internal import ConfigurationText
internal import GRDB
internal import Telemetry

/// One import: sorts files by their tables, judges them in the order of dependence, and writes.
struct ImportSession {
    private let files: [RegistryFile]
    private let mode: ImportMode
    private let keepsAdopted: Bool
    private var state: ImportState
    private var counts: [ImportReport.FileCount] = []
    private var faults: [ConfigurationFault] = []
    private var warnings: [ConfigurationFault] = []
    /// Codes of devices of which an installation is new, or another than it was.
    private(set) var changedInstallations: Set<String> = []

    init(
        _ files: [RegistryFile],
        _ mode: ImportMode,
        keepingAdopted: Bool,
        isDatedChange: Bool = false,
        at now: Instant
    ) {
        self.files = files
        self.mode = mode
        keepsAdopted = keepingAdopted
        state = ImportState(isDatedChange: isDatedChange, at: now)
    }

    /// Whether the import has a file of a table.
    func fills(_ table: Table) -> Bool { files.contains { $0.table == table.name } }

    /// Judges all files and writes them; the caller takes it back when the report is not written.
    mutating func run(_ db: Database) throws -> ImportReport {
        let chosen = filesByTable()
        try load(chosen, db)
        for table in Tables.all {
            guard let file = chosen[table.name] else { continue }
            try importFile(file, table, db)
        }
        let isWritten = mode == .goodLines || mode == .allOrNothing && faults.isEmpty
        return ImportReport(
            files: counts,
            refused: faults,
            warnings: warnings,
            isWritten: isWritten
        )
    }

    /// The file of each table; files that no table has or that stand twice are faults.
    private mutating func filesByTable() -> [String: RegistryFile] {
        let names = Set(Tables.all.map(\.name))
        var chosen: [String: RegistryFile] = [:]
        for (table, files) in Dictionary(grouping: files, by: \.table) {
            if !names.contains(table) {
                let known = Tables.all.map(\.name).joined(separator: ", ")
                refuse(files, "no table has the name \(table.prefix(40)); tables are \(known)")
            } else if files.count > 1 {
                refuse(files, "\(files.count) files fill the table \(table); put them into one")
            } else {
                chosen[table] = files[0]
            }
        }
        return chosen
    }

    private mutating func refuse(_ files: [RegistryFile], _ message: String) {
        faults += files.map { ConfigurationFault(file: $0.name, message: message) }
    }

    /// Loads the tables that are written, and those that they refer to.
    private mutating func load(_ chosen: [String: RegistryFile], _ db: Database) throws {
        var needed: Set<String> = ["units", "villages"]
        for table in Tables.all where chosen[table.name] != nil {
            needed.insert(table.name)
            needed.formUnion(table.columns.flatMap(\.references))
        }
        // What ended is what a line must not bring back.
        if chosen[Tables.devices.name] != nil { needed.insert(Tables.installations.name) }
        for table in Tables.all where needed.contains(table.name) {
            state.load(try table.rows(db), of: table)
        }
    }

    private mutating func importFile(
        _ file: RegistryFile,
        _ table: Table,
        _ db: Database
    ) throws {
        var reader = TableFileReader(file, table)
        var tableImport = TableImport(table, reader.read(), keepingAdopted: keepsAdopted)
        tableImport.judge(&state)
        let stored = state.storedRows(of: table.name)
        let rows = state.rows(of: table.name)
        var inserted = 0
        var updated: [String] = []
        var changed: [[Cell]] = []
        let keys = state.importedKeys(of: table.name)
        for key in keys {
            guard let row = rows[key], row != stored[key] else { continue }
            changed.append(row)
            if stored[key] == nil { inserted += 1 } else { updated.append(key) }
        }
        // An address may go from one device to another in one import.
        if table.name == Tables.devices.name { try table.clear("address", codes: updated, db) }
        try table.write(changed, db)
        if table.name == Tables.installations.name {
            changedInstallations.formUnion(
                changed.map { TableRow(table: table, cells: $0)["device"].shown }
            )
        }
        faults += tableImport.faults
        warnings += tableImport.warnings
        counts.append(
            ImportReport.FileCount(
                file: file.name,
                inserted: inserted,
                updated: updated.count,
                unchanged: keys.count - changed.count,
                refused: Set(tableImport.faults.map(\.line)).count
            )
        )
    }
}
