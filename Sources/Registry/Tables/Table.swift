/// A table of the registry and the file that fills it.
struct Table: Sendable {
    /// Its name in the database; its file is this and `.csv`.
    let name: String
    /// One of its rows in words, as `a device`.
    let item: String
    let columns: [Column]
    /// Indices of the columns that tell rows apart; the first columns always.
    let keyCount: Int
    /// Most rows.
    let maximumCount: Int
    /// What the values of one row must keep among each other.
    let rules: [RowRule]
    /// What rows must keep among each other.
    let tableRules: [TableRule]
    private let indices: [String: Int]

    init(
        _ name: String,
        _ item: String,
        keyCount: Int = 1,
        maximumCount: Int = RegistryLimits.maximumRowCount,
        columns: [Column],
        rules: [RowRule] = [],
        tableRules: [TableRule] = []
    ) {
        self.name = name
        self.item = item
        self.keyCount = keyCount
        self.maximumCount = maximumCount
        self.columns = columns
        self.rules = rules
        self.tableRules = tableRules
        indices = Dictionary(uniqueKeysWithValues: columns.indices.map { (columns[$0].name, $0) })
    }

    var fileName: String { "\(name).csv" }

    /// Index of a column, or nil when the table has none of the name.
    func index(of column: String) -> Int? { indices[column] }

    /// What tells a row apart: its key columns.
    func key(_ cells: [Cell]) -> String {
        if keyCount == 1 { return cells[0].shown }
        // A control character, which no text may hold, so that two keys cannot look alike.
        return cells[..<keyCount].map(\.shown).joined(separator: "\u{1F}")
    }
}

/// A row with its table, for reading by name.
struct TableRow: Sendable {
    let table: Table
    let cells: [Cell]

    subscript(column: String) -> Cell {
        table.index(of: column).map { cells[$0] } ?? .null
    }
}
