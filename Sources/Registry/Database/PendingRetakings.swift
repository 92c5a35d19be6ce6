internal import GRDB
public import Telemetry

/// The boxes whose messages are to be stored again, as the table `pending_retakings` has them: one
/// row for each, with the earliest time of arrival in milliseconds since 1970 and how often it was
/// noted.
public struct PendingRetakings: Hashable, Sendable {
    /// Since when their messages arrived, by the address of each box.
    public let boxes: [String: Instant]
    /// How often each was noted: one that is noted again while it is being done is not done.
    private let noted: [String: Int]

    /// Whether there are none.
    public var isEmpty: Bool { boxes.isEmpty }

    init(_ db: Database) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT address, since, noted FROM pending_retakings")
        boxes = Dictionary(
            rows.map { ($0[0] as String, Instant(milliseconds: $0[1])) },
            uniquingKeysWith: min
        )
        noted = Dictionary(rows.map { ($0[0] as String, $0[2] as Int) }, uniquingKeysWith: max)
    }

    /// Notes boxes; of two times for one of them the earlier counts.
    static func add(_ boxes: [String: Instant], _ db: Database) throws {
        let statement = try db.makeStatement(
            sql: """
                INSERT INTO pending_retakings (address, since, noted) VALUES (?, ?, 1)
                ON CONFLICT (address)
                DO UPDATE SET since = min(since, excluded.since), noted = noted + 1
                """
        )
        for (address, since) in boxes {
            try statement.execute(arguments: [address, since.milliseconds])
        }
    }

    /// Forgets those that were done; what was noted meanwhile stays.
    func remove(_ db: Database) throws {
        let statement = try db.makeStatement(
            sql: "DELETE FROM pending_retakings WHERE address = ? AND noted = ?"
        )
        for (address, count) in noted { try statement.execute(arguments: [address, count]) }
    }
}
