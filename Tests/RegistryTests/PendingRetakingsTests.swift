import GRDB
import Telemetry
import TestKit
import Testing

@testable import Registry

/// Boxes whose messages wait to be taken again.
struct PendingRetakingsTests {
    private static let now = SmallFolder.now
    private static let noon = now - .days(2)
    private static let header = "device,until,change,address,village,person,reason\n"

    /// A registry for which everything is taken.
    private func database() throws -> RegistryDatabase {
        let database = try SmallFolder.database()
        try database.forget(pendingRetakings: database.pendingRetakings())
        return database
    }

    private func importing(
        _ line: String,
        _ database: RegistryDatabase,
        mode: ImportMode = .goodLines
    ) throws -> [String: Instant] {
        let file = SmallFolder.file("installations.csv", Self.header + line + "\n")
        let report = try database.importFiles([file], by: "An", at: Self.now, mode: mode)
        #expect(report.refused.isEmpty, "\(report)")
        return try database.pendingRetakings().boxes
    }

    @Test func `an imported installation has its boxes taken again, since it began`() throws {
        let database = try database()
        let line = "b1,\(Self.noon.rfc3339),replaced,bin/6,dm,An,hỏng"
        #expect(try importing(line, database, mode: .dryRun).isEmpty)
        let boxes = try importing(line, database)
        // The one of now was not there before, and the other was nowhere.
        #expect(boxes == ["bin/6": .distantPast, "bin/7": .distantPast])
        try database.forget(pendingRetakings: database.pendingRetakings())
        #expect(try importing(line, database).isEmpty, "it stands so already")
        let later = Self.noon + .hours(5)
        let second = "b1,\(later.rfc3339),replaced,bin/8,dm,An,hỏng"
        let after = try importing(second, database)
        #expect(after == ["bin/7": Self.noon, "bin/8": Self.noon], "what ended before stays")
    }

    @Test func `an exchange of a meter with indices that are put right is taken again`() throws {
        let database = try database()
        let text = """
            device,until,change,address,village,last_indices,first_indices,person,reason
            m1,2026-01-05T08:00:00+07:00,replaced,m-old,pl,water.volume=800,water.volume=3,An,hỏng
            """
        let file = SmallFolder.file("installations.csv", text)
        let box = DeviceChange.Box(address: "m-new")
        let change = DeviceChange("m1", .replace(box), since: Self.noon, by: "An", reason: "x")
        _ = try database.apply(change, at: Self.now)
        _ = try database.importFiles([file], by: "An", at: Self.now)
        // The old box's readings are what they were: its index is added to those after it.
        #expect(try database.pendingRetakings().boxes == ["m-new": Self.noon])
    }

    @Test func `boxes that a registry of the third version had yet to take again are taken`() throws
    {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let older = try DatabaseQueue(path: path)
        try RegistrySchema.migrator.migrate(older, upTo: "3")
        // As the third version wrote them; the first box had been at its place for ever.
        try older.write {
            try $0.execute(
                sql: """
                    INSERT INTO villages (code, name) VALUES ('dm', 'Đồng Mô');
                    INSERT INTO devices (code, kind, village, address, simulated)
                    VALUES ('b9', 'bin', 'dm', '24e124713b492805', 0);
                    INSERT INTO pending_retakings (address, since) VALUES
                        ('24e124713b492805', -62135596800000), ('bin/6', 1767225600123);
                    """
            )
        }
        try older.close()
        let database = try RegistryDatabase(path: path)
        let since: [String: Instant] = [
            "24e124713b492805": Instant(milliseconds: -62_135_596_800_000),
            "bin/6": Instant(milliseconds: 1_767_225_600_123),
        ]
        let pending = try database.pendingRetakings()
        #expect(pending.boxes == since)
        // One of them is noted once more while both are taken.
        let later = Instant(milliseconds: 1_767_300_000_000)
        let change = DeviceChange("b9", .retire, since: later, by: "An", reason: "hỏng")
        _ = try database.apply(change, at: later)
        try database.forget(pendingRetakings: pending)
        let left = try database.pendingRetakings()
        #expect(left.boxes.keys.sorted() == ["24e124713b492805"])
        #expect(left.boxes["24e124713b492805"] == since["24e124713b492805"])
        try database.forget(pendingRetakings: left)
        #expect(try database.pendingRetakings().isEmpty)
        let reopened = try RegistryDatabase(path: path)
        #expect(try reopened.pendingRetakings().isEmpty)
        #expect(try reopened.snapshot().device("b9")?.village == "dm")
    }
}
