internal import Telemetry

/// The rows of the tables as they will be when the import ends.
struct ImportState: Sendable {
    private struct Content: Sendable {
        var stored: [String: [Cell]] = [:]
        var rows: [String: [Cell]] = [:]
        /// Lines of accepted rows by key.
        var lines: [String: Int] = [:]
        /// Places of refused lines by key, as `villages.csv:7`.
        var refused: [String: String] = [:]

        mutating func refuse(_ key: String, _ place: String) {
            lines[key] = nil
            rows[key] = stored[key]
            refused[key] = place
        }
    }

    private var contents: [String: Content] = [:]
    /// Whether what is imported is a change that says since when it holds; see ``DeviceChange``.
    let isDatedChange: Bool
    /// The time of day.
    let now: Instant

    init(isDatedChange: Bool = false, at now: Instant) {
        self.isDatedChange = isDatedChange
        self.now = now
    }

    /// Notes what a table holds before the import.
    mutating func load(_ rows: [[Cell]], of table: Table) {
        let stored = Dictionary(uniqueKeysWithValues: rows.map { (table.key($0), $0) })
        contents[table.name] = Content(stored: stored, rows: stored)
    }

    /// Rows as they will be, by key; empty for a table that was not loaded.
    func rows(of table: String) -> [String: [Cell]] { contents[table]?.rows ?? [:] }

    /// Rows as they are before the import, by key.
    func storedRows(of table: String) -> [String: [Cell]] { contents[table]?.stored ?? [:] }

    /// Whether a row comes from a line of the import.
    func isImported(_ key: String, _ table: String) -> Bool { line(of: key, table) != nil }

    /// The line that a row comes from.
    func line(of key: String, _ table: String) -> Int? { contents[table]?.lines[key] }

    /// Keys of the rows that come from the import, sorted.
    func importedKeys(of table: String) -> [String] { contents[table]?.lines.keys.sorted() ?? [] }

    /// Where a line with the key was refused in this import.
    func refusal(of key: String, _ table: String) -> String? { contents[table]?.refused[key] }

    /// Takes a row.
    mutating func accept(_ row: [Cell], key: String, line: Int, of table: Table) {
        contents[table.name]?.rows[key] = row
        contents[table.name]?.lines[key] = line
    }

    /// Notes that a line is refused; what stood before stands again.
    mutating func refuse(key: String, place: String, of table: Table) {
        contents[table.name]?.refuse(key, place)
    }
}
