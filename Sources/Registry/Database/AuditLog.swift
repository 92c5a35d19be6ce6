internal import GRDB
public import Telemetry

/// One file of one import: who, when, and how many lines.
public struct AuditEntry: Hashable, Sendable {
    /// When it was imported.
    public let instant: Instant
    /// Who imported it.
    public let person: String
    /// What was done with the lines of the file.
    public let count: ImportReport.FileCount

    /// Creates an entry.
    public init(instant: Instant, person: String, count: ImportReport.FileCount) {
        self.instant = instant
        self.person = person
        self.count = count
    }
}

/// The audit log in the table `imports`.
enum AuditLog {
    static func append(
        _ report: ImportReport,
        by person: String,
        at instant: Instant,
        _ db: Database
    ) throws {
        for count in report.files {
            try db.execute(
                sql: """
                    INSERT INTO imports (at, person, file, inserted, updated, unchanged, refused)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    instant.milliseconds, person, count.file, count.inserted, count.updated,
                    count.unchanged, count.refused,
                ]
            )
        }
        try db.execute(
            sql: "DELETE FROM imports WHERE id <= (SELECT max(id) FROM imports) - ?",
            arguments: [RegistryLimits.maximumAuditCount]
        )
    }

    static func entries(limit: Int, _ db: Database) throws -> [AuditEntry] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT at, person, file, inserted, updated, unchanged, refused FROM imports
                ORDER BY id DESC LIMIT ?
                """,
            arguments: [max(0, limit)]
        )
        return rows.map { row in
            AuditEntry(
                instant: Instant(milliseconds: row[0]),
                person: row[1],
                count: ImportReport.FileCount(
                    file: row[2],
                    inserted: row[3],
                    updated: row[4],
                    unchanged: row[5],
                    refused: row[6]
                )
            )
        }
    }
}
