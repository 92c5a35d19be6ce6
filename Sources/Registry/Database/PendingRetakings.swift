internal import GRDB
internal import Telemetry

/// The table `pending_retakings`: one row for each box whose messages are to be stored again, with
/// the earliest time of arrival in milliseconds since 1970.
enum PendingRetakings {
    static func all(_ db: Database) throws -> [String: Instant] {
        let rows = try Row.fetchAll(db, sql: "SELECT address, since FROM pending_retakings")
        return Dictionary(
            rows.map { ($0[0] as String, Instant(milliseconds: $0[1])) },
            uniquingKeysWith: min
        )
    }

    /// Notes boxes; of two times for one of them the earlier counts.
    static func add(_ addresses: Set<String>, since start: Instant, _ db: Database) throws {
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO pending_retakings (address, since) VALUES (?, ?)
                ON CONFLICT (address) DO UPDATE SET since = min(since, excluded.since)
                """
        )
        for address in addresses {
            try statement.execute(arguments: [address, start.milliseconds])
        }
    }

    /// Forgets what was done; a box that was noted anew meanwhile, for an earlier time, stays.
    static func remove(_ done: [String: Instant], _ db: Database) throws {
        let statement = try db.makeStatement(
            sql: "DELETE FROM pending_retakings WHERE address = ? AND since = ?"
        )
        for (address, since) in done {
            try statement.execute(arguments: [address, since.milliseconds])
        }
    }
}
