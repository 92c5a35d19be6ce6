internal import GRDB
internal import Telemetry

/// The table `learned_intervals`.
enum LearnedIntervals {
    static func all(_ db: Database) throws -> [String: Milliseconds] {
        let rows = try Row.fetchAll(db, sql: "SELECT device, seconds FROM learned_intervals")
        return Dictionary(
            rows.map { ($0[0] as String, Milliseconds.seconds($0[1] as Int64)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    static func write(_ intervals: [String: Milliseconds], _ db: Database) throws {
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO learned_intervals (device, seconds)
                SELECT code, ? FROM devices WHERE code = ?
                ON CONFLICT (device) DO UPDATE SET seconds = excluded.seconds
                """
        )
        for (device, interval) in intervals {
            try statement.execute(arguments: [max(1, interval.count / 1000), device])
        }
    }
}
