internal import CSQLite
internal import Foundation
internal import Measuring
internal import Telemetry

/// SQLite in this process: one table without row ids, a write-ahead log, 50 000 rows a transaction
/// and `synchronous=NORMAL`, so that nothing waits for the disk.
final class SQLitePeer: Peer {
    let name = "SQLite"
    private let folder: String
    private var database: OpaquePointer?
    private static let rowsPerTransaction = 50_000

    init(_ bench: BenchFolder) throws {
        folder = "\(bench.path)/sqlite"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let path = "\(folder)/samples.db"
        guard sqlite3_open(path, &database) == SQLITE_OK else { throw failure("open \(path)") }
        for statement in [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL",
            """
            CREATE TABLE samples(series INTEGER, ts INTEGER, value REAL, PRIMARY KEY(series, ts))
            WITHOUT ROWID
            """,
            "CREATE TABLE series(id INTEGER PRIMARY KEY, labels TEXT)",
        ] { try execute(statement) }
    }

    deinit { sqlite3_close_v2(database) }

    func load(_ workload: Workload) throws -> [Measure: Double] {
        for series in 0..<workload.seriesCount {
            let text = workload.labels(of: series).description
            try execute("INSERT INTO series VALUES(\(series), '\(text)')")
        }
        let before = ProcessFigures().residentBytes
        let cost = try insert(workload)
        let bytes = Double(ServerPeer.fileBytes(folder)) / Double(workload.sampleCount)
        let millions = Double(workload.sampleCount) / 1e6
        let counted = try rows("SELECT count(*) FROM samples")
        guard counted.first?.first == Double(workload.sampleCount) else {
            throw Failure("SQLite has \(counted) samples instead of \(workload.sampleCount)")
        }
        return [
            .cpuPerMillion: cost.cpuSeconds / millions,
            .wallPerMillion: cost.wallSeconds / millions,
            .bytesPerSample: bytes,
            .allBytesPerSample: bytes,
            .idleMegabytes: Double(ProcessFigures().residentBytes - before) / 1e6,
        ]
    }

    private func insert(_ workload: Workload) throws -> Cost {
        var insertion: OpaquePointer?
        let text = "INSERT INTO samples VALUES(?, ?, ?)"
        guard sqlite3_prepare_v2(database, text, -1, &insertion, nil) == SQLITE_OK else {
            throw failure(text)
        }
        defer { sqlite3_finalize(insertion) }
        var sources = workload.generators()
        var samples: [Sample] = []
        var cost = Cost()
        var rowCount = 0
        try execute("BEGIN")
        for _ in 0..<workload.samplesPerSeries {
            samples.removeAll(keepingCapacity: true)
            for series in sources.indices { samples.append(sources[series].next()) }
            let mark = Mark()
            for (series, sample) in samples.enumerated() {
                sqlite3_bind_int(insertion, 1, Int32(series))
                sqlite3_bind_int64(insertion, 2, sample.time.milliseconds)
                sqlite3_bind_double(insertion, 3, sample.value)
                guard sqlite3_step(insertion) == SQLITE_DONE else { throw failure(text) }
                sqlite3_reset(insertion)
                rowCount += 1
                if rowCount % Self.rowsPerTransaction == 0 {
                    try execute("COMMIT")
                    try execute("BEGIN")
                }
            }
            cost += mark.elapsed
        }
        let mark = Mark()
        try execute("COMMIT")
        try execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cost += mark.elapsed
        return cost
    }

    func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)? {
        guard way == .inProcess else { return nil }
        let text = Self.statement(query)
        // A statement of seconds is not asked as often.
        let count = query.kind == .maximumOfAll ? max(3, repeats / 5) : repeats
        let (latencies, last) = try Latencies.measure(repeats: count) { try rows(text) }
        var answer = QueryAnswer()
        for rows in Dictionary(grouping: last, by: { $0[0] }).values {
            answer.add(rows.compactMap(\.last))
        }
        return (latencies, answer)
    }

    /// Rows of series, time and value.
    ///
    /// Windows end with their last moment, as those of PromQL. A series is given as it was
    /// sampled: SQL has no steps to which the value before them would be carried.
    private static func statement(_ query: BenchQuery) -> String {
        switch (query.kind, query.times) {
        case (.latest, .instant(let time)):
            return """
                SELECT id, 0, (
                    SELECT value FROM samples WHERE series = id AND ts <= \(time)
                    ORDER BY ts DESC LIMIT 1
                ) FROM series
                """
        case (.oneSeries, .range(let from, let to, _)):
            return """
                SELECT series, ts, value FROM samples
                WHERE series = 7 AND ts >= \(from) AND ts < \(to) ORDER BY ts
                """
        case (.averageByZone, .range(let from, let to, let step)):
            return """
                SELECT zone, hour, avg(mean) FROM (
                    SELECT series / 10 AS zone, (ts - 1) / \(step) AS hour, avg(value) AS mean
                    FROM samples
                    WHERE series BETWEEN 0 AND 99 AND ts > \(from - step) AND ts <= \(to)
                    GROUP BY series, hour
                ) GROUP BY zone, hour
                """
        case (.maximumOfAll, .range(let from, let to, let step)):
            return """
                SELECT 0, (ts - 1) / \(step) AS window, max(value) FROM samples
                WHERE ts > \(from - step) AND ts <= \(to) GROUP BY window
                """
        default:
            return "SELECT series, ts, value FROM samples WHERE series = -1"
        }
    }

    private func rows(_ text: String) throws -> [[Double]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(database, text, -1, &statement, nil) == SQLITE_OK else {
            throw failure(text)
        }
        defer { sqlite3_finalize(statement) }
        var rows: [[Double]] = []
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw failure(text) }
            rows.append(
                (0..<sqlite3_column_count(statement)).map { sqlite3_column_double(statement, $0) }
            )
        }
    }

    private func execute(_ text: String) throws {
        guard sqlite3_exec(database, text, nil, nil, nil) == SQLITE_OK else { throw failure(text) }
    }

    private func failure(_ attempted: String) -> Failure {
        Failure("SQLite cannot \(attempted): \(String(cString: sqlite3_errmsg(database)))")
    }
}
