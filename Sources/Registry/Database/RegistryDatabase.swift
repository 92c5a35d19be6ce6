internal import ConfigurationText
internal import GRDB
public import Telemetry

/// The registry in a file: places, devices, programmes and findings, with who imported them.
///
/// It is filled from files of comma-separated values or sheets of workbooks, and read as a whole by
/// ``snapshot()``. The first line names the columns in any order. Codes are 1 to 64 of
/// `A-Z a-z 0-9 . _ -`, days `2025-07-01`, times of day `18:30`, flags `true` or `false`, numbers
/// have a decimal point, lists are divided by semicolons. A column in brackets may be missing,
/// which keeps what stands, or be empty, which means that it is not known (but see
/// ``importFiles(_:by:at:mode:keepingAdopted:)`` for devices that were adopted); columns before the
/// bar tell rows apart.
///
/// ```
/// units            code | name kind(province district commune) [regions from to]
/// villages         code | name [latitude longitude households people]
/// memberships      unit village from | [to]
/// sites            code | name village [latitude longitude]
/// feeders          code | name village [site]
/// lighting         feeder from | mode(sun clock) [on off]
/// routes, zones    code | name
/// collections      route weekdays(mon … sun) start from | end [to]
/// devices          code | kind village [address name profile parameters site feeder route zone
///                  latitude longitude expected_interval(15m) nominal_power_watts
///                  fullness_threshold_ratio simulated]
/// installations    device until | change(replaced moved retired merged) village person reason
///                  [address profile parameters site feeder route zone latitude longitude
///                  last_indices first_indices successor]
/// roads            code | village class length_kilometres [lamps]
/// supplies         code | name chlorinated [loss_share]
/// supply_villages  supply village | [households people]
/// supply_devices   supply device role(meter quality) |
/// laboratory       supply from document | passes to [simulated]
/// points           device | kind
/// counts           key area date | numerator [denominator valid_to source simulated]
/// attestations     key area from | passes document [to simulated]
/// ```
///
/// Safe to call from any thread: SQLite runs in WAL mode, so a reader waits for no writer. Calls
/// block the thread, so none belongs on the hot path.
public final class RegistryDatabase: Sendable {
    private let path: String
    private let writer: any DatabaseWriter

    /// Opens the registry of a path, and creates it where there is none.
    ///
    /// - Throws: ``RegistryError/notADatabase(path:)``, ``RegistryError/foreignDatabase(path:)`` or
    ///   ``RegistryError/newerDatabase(path:version:supported:)`` for a file that is left as it is,
    ///   ``RegistryError/database(path:attempt:reason:)`` for what SQLite refuses.
    public init(path: String) throws(RegistryError) {
        self.path = path
        writer = try RegistryOpening.open(path)
    }

    private init(writer: any DatabaseWriter) {
        path = ":memory:"
        self.writer = writer
    }

    /// Creates an empty registry that is gone with the value, for tests.
    ///
    /// - Throws: ``RegistryError/database(path:attempt:reason:)`` when SQLite has no memory.
    public static func inMemory() throws(RegistryError) -> RegistryDatabase {
        RegistryDatabase(writer: try RegistryOpening.openInMemory())
    }

    /// Imports files in one transaction.
    ///
    /// Lines that are wrong are refused and reported; the mode says what becomes of the others. The
    /// order of files and of lines does not matter. Rows are added and changed and never removed:
    /// what has ended gets a last day. Boxes that a changed row of `installations` puts elsewhere
    /// wait to be taken again; see ``pendingRetakings()``. Costs one pass over the files and reads
    /// each table that they touch.
    /// - Parameters:
    ///   - files: at most one for each table.
    ///   - person: who imports, for the audit log; 1 to 500 bytes.
    ///   - instant: when, for the audit log.
    ///   - mode: what is written; the audit log holds what was.
    ///   - keepingAdopted: whether a line of a device without an address leaves one that has got an
    ///     address since as it is, but for what the line gives; for files that are imported again
    ///     and again. An address that another line gives is taken away all the same.
    /// - Returns: what was done with each file, and each refused line.
    /// - Throws: ``RegistryError/invalidPerson(bytes:)``, or
    ///   ``RegistryError/database(path:attempt:reason:)`` when nothing was imported.
    public func importFiles(
        _ files: [RegistryFile],
        by person: String,
        at instant: Instant,
        mode: ImportMode = .goodLines,
        keepingAdopted: Bool = false
    ) throws(RegistryError) -> ImportReport {
        try Self.check(person)
        return try RegistryOpening.wrapping(path, "import into") {
            try writer.writeWithoutTransaction { db in
                var session = ImportSession(
                    files,
                    mode,
                    keepingAdopted: keepingAdopted,
                    at: instant
                )
                var report: ImportReport?
                try db.inTransaction(.immediate) {
                    let before =
                        session.fills(Tables.installations) ? try Self.snapshot(db) : nil
                    let done = try session.run(db)
                    report = done
                    guard done.isWritten else { return .rollback }
                    try AuditLog.append(done, by: person, at: instant, db)
                    if let before, !session.changedInstallations.isEmpty {
                        let boxes = try Self.snapshot(db)
                            .boxes(movedSince: before, at: session.changedInstallations)
                        try PendingRetakings.add(boxes, db)
                    }
                    return .commit
                }
                return report ?? ImportReport(files: [], isWritten: false)
            }
        }
    }

    /// Changes a device since an instant, in one transaction: how it stood before stays on record,
    /// with who decided and why, and the boxes that it moves wait to be taken again; see
    /// ``pendingRetakings()``.
    ///
    /// - Parameters:
    ///   - change: what, since when, by whom and why.
    ///   - now: the time of day, which no change may be ahead of; for the audit log.
    ///   - isDryRun: whether to write nothing and only tell.
    /// - Returns: what changed, or would.
    /// - Throws: ``RegistryError/changeRefused(change:device:reasons:)`` for a change that cannot
    ///   be right, ``RegistryError/invalidPerson(bytes:)``, or
    ///   ``RegistryError/database(path:attempt:reason:)`` when nothing was changed.
    public func apply(
        _ change: DeviceChange,
        at now: Instant,
        isDryRun: Bool = false
    ) throws(RegistryError) -> DeviceChangeReport {
        try Self.check(change.person)
        return try RegistryOpening.wrapping(path, "change") {
            try writer.writeWithoutTransaction { db in
                var report: DeviceChangeReport?
                try db.inTransaction(.immediate) {
                    let plan = try change.plan(try Self.snapshot(db), now: now)
                    let mode: ImportMode = isDryRun ? .dryRun : .allOrNothing
                    var session = ImportSession(
                        plan.files,
                        mode,
                        keepingAdopted: false,
                        isDatedChange: true,
                        at: now
                    )
                    let done = try session.run(db)
                    guard done.refused.isEmpty else {
                        throw RegistryError.changeRefused(
                            change: change.verb,
                            device: change.device,
                            reasons: done.refused.map { .init(.registryCell, $0.field, $0.message) }
                        )
                    }
                    report = DeviceChangeReport(change, plan, isWritten: done.isWritten)
                    guard done.isWritten else { return .rollback }
                    try AuditLog.append(done, by: change.person, at: now, db)
                    let boxes = plan.boxes.map { ($0, change.since) }
                    try PendingRetakings.add(Dictionary(uniqueKeysWithValues: boxes), db)
                    return .commit
                }
                guard let report else {
                    let reason = "the transaction was not run; try again"
                    throw RegistryError.database(path: path, attempt: "change", reason: reason)
                }
                return report
            }
        }
    }

    private static func check(_ person: String) throws(RegistryError) {
        let bytes = person.utf8.count
        guard (1...RegistryLimits.maximumTextBytes).contains(bytes) else {
            throw .invalidPerson(bytes: bytes)
        }
    }

    private static func snapshot(_ db: Database) throws -> RegistrySnapshot {
        var snapshot = try RegistrySnapshot(
            tables: Dictionary(uniqueKeysWithValues: Tables.all.map { ($0.name, try $0.rows(db)) })
        )
        snapshot.learnedIntervals = try LearnedIntervals.all(db)
        return snapshot
    }

    /// Reads everything as it is at this moment.
    ///
    /// Measured with 10 000 devices on two shared cores: 0.09 to 0.14 s in a release build, about
    /// 0.5 s in a debug build (`swift test --filter RegistrySizeTests`).
    /// - Throws: ``RegistryError/damaged(table:column:value:)`` when another program wrote what the
    ///   import would refuse, or ``RegistryError/database(path:attempt:reason:)``.
    public func snapshot() throws(RegistryError) -> RegistrySnapshot {
        try RegistryOpening.wrapping(path, "read") {
            // One transaction, so that no import falls between two tables.
            try writer.read { db in try Self.snapshot(db) }
        }
    }

    /// Reads all tables as files and workbooks hold them, in the order in which they depend on each
    /// other; rows are sorted by key.
    ///
    /// Importing what it returns changes nothing.
    /// - Throws: ``RegistryError/database(path:attempt:reason:)``.
    public func tables() throws(RegistryError) -> [RegistryTable] {
        try RegistryOpening.wrapping(path, "read") {
            try writer.read { db in try Tables.all.map { RegistryTable($0, try $0.rows(db)) } }
        }
    }

    /// Notes how often devices report, as it was learned from their messages.
    ///
    /// - Parameter intervals: by code of the device; whole seconds, at least one. Codes that the
    ///   registry does not have are passed over, and what is not named stays.
    /// - Throws: ``RegistryError/database(path:attempt:reason:)``.
    public func note(learnedIntervals intervals: [String: Milliseconds]) throws(RegistryError) {
        try RegistryOpening.wrapping(path, "note learned intervals in") {
            try writer.write { db in try LearnedIntervals.write(intervals, db) }
        }
    }

    /// The boxes whose messages are to be stored again, each since when they arrived: changes, or
    /// imported installations, gave what they said another meaning.
    ///
    /// At most one for each address that devices have or had.
    /// - Throws: ``RegistryError/database(path:attempt:reason:)``.
    public func pendingRetakings() throws(RegistryError) -> PendingRetakings {
        try RegistryOpening.wrapping(path, "read") {
            try writer.read { db in try PendingRetakings(db) }
        }
    }

    /// Notes that what ``pendingRetakings()`` gave is done; what was noted since then stays.
    ///
    /// - Throws: ``RegistryError/database(path:attempt:reason:)``.
    public func forget(pendingRetakings done: PendingRetakings) throws(RegistryError) {
        try RegistryOpening.wrapping(path, "note stored messages in") {
            try writer.write { db in try done.remove(db) }
        }
    }

    /// Copies a registry as it is at one moment into a new file, while others go on reading and
    /// writing.
    ///
    /// It is read only: one of an earlier version, which an older program may have open, is not
    /// migrated, and neither is its copy.
    ///
    /// - Parameters:
    ///   - path: the registry.
    ///   - target: where there is no file yet.
    /// - Throws: ``RegistryError/notADatabase(path:)``, ``RegistryError/foreignDatabase(path:)``,
    ///   ``RegistryError/newerDatabase(path:version:supported:)``,
    ///   ``RegistryError/database(path:attempt:reason:)``.
    public static func copy(_ path: String, to target: String) throws(RegistryError) {
        try RegistryOpening.wrapping(path, "copy") {
            let source = try RegistryOpening.reader(path)
            let copy = try DatabaseQueue(path: target)
            try source.backup(to: copy)
            try copy.close()
        }
    }

    /// Reads the newest entries of the audit log, newest first.
    ///
    /// - Parameter limit: most entries; not negative.
    /// - Returns: one entry for each file of each import; at most 10 000 are kept.
    /// - Throws: ``RegistryError/database(path:attempt:reason:)``.
    public func auditLog(limit: Int = 100) throws(RegistryError) -> [AuditEntry] {
        try RegistryOpening.wrapping(path, "read") {
            try writer.read { db in try AuditLog.entries(limit: limit, db) }
        }
    }
}
