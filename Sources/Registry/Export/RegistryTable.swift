/// A table of the registry as files and workbooks hold it.
public struct RegistryTable: Hashable, Sendable {
    /// A column and what an official needs to know to fill it.
    public struct Column: Hashable, Sendable {
        /// Its name, which is its heading.
        public let name: String
        /// Whether each row needs a value.
        public let isRequired: Bool
        /// Whether it holds numbers.
        public let isNumber: Bool
        /// The words that may stand in it; empty when others may.
        public let choices: [String]
        /// What it means, in Vietnamese.
        public let guide: String
    }

    /// One value.
    public enum Value: Hashable, Sendable {
        /// Not known.
        case empty
        /// A text as the import reads it.
        case text(String)
        /// A number.
        case number(Double)
    }

    /// Its name; that of its file is this and `.csv`.
    public let name: String
    /// What it holds, in Vietnamese.
    public let guide: String
    /// Its columns in their order.
    public let columns: [Column]
    /// Its rows, a value for each column, sorted by key.
    public let rows: [[Value]]

    init(_ table: Table, _ rows: [[Cell]]) {
        name = table.name
        guide = TableGuide.text(of: table.name)
        columns = table.columns.map { column in
            Column(
                name: column.name,
                isRequired: column.isRequired,
                isNumber: column.kind.isNumber,
                choices: column.kind.choices,
                guide: TableGuide.text(of: column.name, in: table.name)
            )
        }
        self.rows = rows.map { row in zip(table.columns, row).map { $0.kind.written($1) } }
    }

    /// All tables without rows.
    public static let templates = Tables.all.map { RegistryTable($0, []) }

    /// The table as comma-separated values with a heading.
    ///
    /// - Source: RFC 4180, with line feeds.
    public var csv: [UInt8] {
        var text = columns.map(\.name).joined(separator: ",") + "\n"
        for row in rows { text += row.map(\.quoted).joined(separator: ",") + "\n" }
        return Array(text.utf8)
    }
}

extension RegistryTable.Value {
    /// As the import reads it; empty when not known.
    public var text: String {
        switch self {
        case .empty: ""
        case .text(let text): text
        case .number(let number): Self.text(of: number)
        }
    }

    /// A number without a fraction that it does not have, and bit for bit when it has one.
    public static func text(of number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }

    fileprivate var quoted: String {
        let text = text
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return "\"" + parts.joined(separator: "\"\"") + "\""
    }
}
