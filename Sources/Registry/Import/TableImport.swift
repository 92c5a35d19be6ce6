internal import ConfigurationText

/// Judges the lines of one file against the rules of its table and all that it refers to.
///
/// What is refused depends on the set of lines only, never on their order: of lines that cannot
/// stand together all are refused.
struct TableImport {
    let table: Table
    let file: ImportFile
    private(set) var faults: [ConfigurationFault]
    private(set) var warnings: [ConfigurationFault] = []
    /// Whether lines without an address leave devices that have one as they are.
    private let keepsAdopted: Bool

    init(_ table: Table, _ file: ImportFile, keepingAdopted: Bool = false) {
        self.table = table
        self.file = file
        keepsAdopted = keepingAdopted
        faults = file.faults
    }

    /// Puts the rows that are in order into the state.
    mutating func judge(_ state: inout ImportState) {
        for (key, line) in file.refusedKeys { refuse(key, line, &state) }
        let stored = state.storedRows(of: table.name)
        let claimed = claimedAddresses()
        var adopted: [String: Cell] = [:]
        for (key, lines) in linesByKey() {
            guard let line = lines.first else { continue }
            guard lines.count == 1 else {
                refuseRepeated(key, lines, &state)
                continue
            }
            let address = adoptedAddress(line, stored[key], claimed)
            adopted[key] = address
            let row = merge(line, into: stored[key], keepingEmpty: address != nil)
            if let (column, message) = firstBreach(of: row, state) {
                note(line.number, column, message)
                refuse(key, line.number, &state)
            } else {
                state.accept(row, key: key, line: line.number, of: table)
            }
        }
        refuseOverflow(&state)
        refuseBreaches(&state)
        warnings = ImportWarning.warnings(of: table, state).compactMap { warning in
            state.line(of: warning.key, table.name).map {
                file.fault($0, warning.column, warning.message, in: table)
            }
        }
        noteAdopted(adopted, state)
    }

    // MARK: One line

    private func linesByKey() -> [String: [ImportLine]] {
        var lines: [String: [ImportLine]] = [:]
        for line in file.lines {
            lines[table.key(line.cells[..<table.keyCount].map { $0 ?? .null }), default: []]
                .append(line)
        }
        return lines
    }

    /// A column that the file does not have keeps the value that stands; so does an empty cell
    /// where that is wanted.
    private func merge(
        _ line: ImportLine,
        into stored: [Cell]?,
        keepingEmpty: Bool
    ) -> [Cell] {
        line.cells.enumerated().map { index, cell in
            let given = keepingEmpty && cell == .null ? nil : cell
            return given ?? stored?[index] ?? table.columns[index].whenEmpty
        }
    }

    private func firstBreach(
        of row: [Cell],
        _ state: ImportState
    ) -> (column: String, message: String)? {
        for rule in table.rules {
            if let breach = rule.check(TableRow(table: table, cells: row)) { return breach }
        }
        for (index, column) in table.columns.enumerated() where !column.references.isEmpty {
            guard let text = row[index].string else { continue }
            for code in text.split(separator: ";").map(String.init) {
                let isKnown = column.references.contains { state.rows(of: $0)[code] != nil }
                if !isKnown { return (column.name, unknown(code, column, state)) }
            }
        }
        return nil
    }

    private func unknown(_ code: String, _ column: Column, _ state: ImportState) -> String {
        for table in column.references {
            if let place = state.refusal(of: code, table) {
                return "\"\(code)\" was refused at \(place); correct that line first"
            }
        }
        let files = column.references.map { "\($0).csv" }.joined(separator: " or ")
        return "\"\(code)\" is not known; add it to \(files) or correct the code"
    }

    // MARK: Adopted devices

    /// Addresses that lines of the file give.
    private func claimedAddresses() -> Set<Cell> {
        guard keepsAdopted, let column = table.index(of: "address") else { return [] }
        return Set(file.lines.compactMap { $0.cells[column] })
    }

    /// The address that a device got elsewhere and that its line does not know: none for lines that
    /// give one, and none that another line claims.
    private func adoptedAddress(
        _ line: ImportLine,
        _ stored: [Cell]?,
        _ claimed: Set<Cell>
    ) -> Cell? {
        guard keepsAdopted, let column = table.index(of: "address"),
            line.cells[column] ?? .null == .null, let address = stored?[column], address != .null,
            !claimed.contains(address)
        else { return nil }
        return address
    }

    private mutating func noteAdopted(_ adopted: [String: Cell], _ state: ImportState) {
        guard let column = table.index(of: "address"), file.places[column] != nil else { return }
        for (key, address) in adopted {
            guard let line = state.line(of: key, table.name) else { continue }
            let message =
                "empty, and the device has the address \(address.shown) by an adoption or another "
                + "import, which is kept with all that the line leaves empty; write it here, or "
                + "take it away with langso registry import"
            warnings.append(file.fault(line, "address", message, in: table))
        }
    }

    // MARK: Lines among each other

    private mutating func refuseRepeated(
        _ key: String,
        _ lines: [ImportLine],
        _ state: inout ImportState
    ) {
        let names = table.columns[..<table.keyCount].map(\.name).joined(separator: ", ")
        for line in lines {
            let other = line.number == lines[0].number ? lines[1].number : lines[0].number
            note(
                line.number,
                table.columns[0].name,
                "\(table.item) with the same \(names) stands in line \(other) too; keep one of "
                    + "them"
            )
        }
        refuse(key, lines[0].number, &state)
    }

    private mutating func refuseOverflow(_ state: inout ImportState) {
        let excess = state.rows(of: table.name).count - table.maximumCount
        guard excess > 0 else { return }
        let stored = state.storedRows(of: table.name)
        let new = state.importedKeys(of: table.name).filter { stored[$0] == nil }
        for key in new.suffix(excess) {
            refuseBreach(
                key,
                table.columns[0].name,
                "\(table.maximumCount) rows are allowed in \(table.name)",
                &state
            )
        }
    }

    private mutating func refuseBreaches(_ state: inout ImportState) {
        // A refused row gives way to the one that stood before, which may break a rule in turn.
        for _ in 0..<RegistryLimits.maximumRefusalRounds {
            let breaches = table.tableRules.flatMap { $0.breaches(state, table) }
            if breaches.isEmpty { return }
            for breach in breaches where state.isImported(breach.key, table.name) {
                refuseBreach(breach.key, breach.column, breach.message, &state)
            }
        }
        guard table.tableRules.contains(where: { !$0.breaches(state, table).isEmpty }) else {
            return
        }
        for key in state.importedKeys(of: table.name) {
            refuseBreach(
                key,
                table.columns[0].name,
                "lines refused above make others of \(table.name) refused in turn, more than "
                    + "\(RegistryLimits.maximumRefusalRounds) times; correct those first",
                &state
            )
        }
    }

    private mutating func refuseBreach(
        _ key: String,
        _ column: String,
        _ message: String,
        _ state: inout ImportState
    ) {
        guard let line = state.line(of: key, table.name) else { return }
        note(line, column, message)
        refuse(key, line, &state)
    }

    private func refuse(_ key: String, _ line: Int, _ state: inout ImportState) {
        state.refuse(key: key, place: "\(file.name):\(line)", of: table)
    }

    private mutating func note(_ line: Int, _ column: String, _ message: String) {
        faults.append(file.fault(line, column, message, in: table))
    }
}
