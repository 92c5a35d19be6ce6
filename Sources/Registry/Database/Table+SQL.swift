internal import GRDB

extension Table {
    private var quotedColumns: String {
        columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }

    /// All rows, sorted by key.
    func rows(_ db: Database) throws -> [[Cell]] {
        let keys = columns[..<keyCount].map { "\"\($0.name)\"" }.joined(separator: ", ")
        let cursor = try Row.fetchCursor(
            db,
            sql: "SELECT \(quotedColumns) FROM \"\(name)\" ORDER BY \(keys)"
        )
        var rows: [[Cell]] = []
        while let row = try cursor.next() {
            rows.append(columns.indices.map { Cell(row[$0] as DatabaseValue) })
        }
        return rows
    }

    /// Writes rows; one that has the key of a row takes its place.
    func write(_ rows: [[Cell]], _ db: Database) throws {
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let keys = columns[..<keyCount].map { "\"\($0.name)\"" }.joined(separator: ", ")
        let changes = columns[keyCount...].map { "\"\($0.name)\" = excluded.\"\($0.name)\"" }
        let resolution =
            changes.isEmpty ? "NOTHING" : "UPDATE SET \(changes.joined(separator: ", "))"
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO "\(name)" (\(quotedColumns)) VALUES (\(marks))
                ON CONFLICT (\(keys)) DO \(resolution)
                """
        )
        for row in rows {
            try statement.execute(arguments: StatementArguments(row.map(\.databaseValue)))
        }
    }

    /// Takes a value away from rows that will be written, so that two rows may exchange theirs.
    func clear(_ column: String, codes: [String], _ db: Database) throws {
        let statement = try db.makeStatement(
            sql: "UPDATE \"\(name)\" SET \"\(column)\" = NULL WHERE code = ?"
        )
        for code in codes { try statement.execute(arguments: [code]) }
    }
}

extension Cell {
    /// A stored value; bytes are in no column.
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null, .blob: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        }
    }
}
