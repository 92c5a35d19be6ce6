import Foundation
import GRDB
import Registry
import Telemetry
import TestKit
import Testing

struct RegistryDatabaseTests {
    @Test func `a second import of the same files changes nothing`() throws {
        let database = try SmallFolder.database()
        let before = try database.snapshot().everything
        let report = try database.importFiles(SmallFolder.files, by: "test", at: SmallFolder.now)
        #expect(!report.changedAnything)
        #expect(report.refused.isEmpty)
        let lines = SmallFolder.texts.values.map { $0.split(separator: "\n").count - 1 }
        #expect(report.files.map(\.unchanged).reduce(0, +) == lines.reduce(0, +))
        #expect(try database.snapshot().everything == before)
    }

    @Test func `a changed line changes its row alone`() throws {
        let database = try SmallFolder.database()
        let text = "code,name,village\nf1,Tuyến một,dm\nf2,Tuyến 2,pl\n"
        let report = try database.importFiles(
            [SmallFolder.file("feeders.csv", text)],
            by: "test",
            at: SmallFolder.now
        )
        #expect(
            report.files == [
                .init(file: "feeders.csv", inserted: 0, updated: 1, unchanged: 1, refused: 0)
            ]
        )
        let snapshot = try database.snapshot()
        #expect(snapshot.feeder("f1")?.name == "Tuyến một")
        // The file has no column site, so the site stands.
        #expect(snapshot.feeder("f1")?.site == "cho")
        #expect(snapshot.feeders.count == 3)
    }

    @Test func `an empty field of a column takes the value away`() throws {
        let database = try SmallFolder.database()
        _ = try database.importFiles(
            [SmallFolder.file("feeders.csv", "code,name,village,site\nf1,A,dm,\n")],
            by: "test",
            at: SmallFolder.now
        )
        #expect(try database.snapshot().feeder("f1")?.site == nil)
    }

    @Test func `a village moves when one file ends a membership and begins the next`() throws {
        let database = try SmallFolder.database()
        let text = """
            unit,village,from,to
            hm,pl,2025-07-01,2026-06-30
            dv-old,pl,2026-07-01,
            """
        let report = try database.importFiles(
            [SmallFolder.file("memberships.csv", text)],
            by: "test",
            at: SmallFolder.now
        )
        #expect(report.refused.isEmpty)
        let unit = try database.snapshot().unit(of: "pl", on: try SmallFolder.day("2026-07-01"))
        #expect(unit?.code == "dv-old")
    }

    @Test func `the audit log says who imported what and when`() throws {
        let database = try SmallFolder.database()
        let later = SmallFolder.now + .days(1)
        _ = try database.importFiles(
            [SmallFolder.file("zones.csv", "code,name\nz1,Vùng 1\nz2,Vùng 2\nz 3,x\n")],
            by: "Hoàng Thị Lan",
            at: later
        )
        let entries = try database.auditLog(limit: 1)
        let count = ImportReport.FileCount(
            file: "zones.csv",
            inserted: 1,
            updated: 0,
            unchanged: 1,
            refused: 1
        )
        #expect(entries == [AuditEntry(instant: later, person: "Hoàng Thị Lan", count: count)])
        #expect(try database.auditLog().count == SmallFolder.files.count + 1)
    }

    @Test func `an import without a name of who makes it is refused`() throws {
        let database = try RegistryDatabase.inMemory()
        #expect(throws: RegistryError.invalidPerson(bytes: 0)) {
            try database.importFiles([], by: "", at: SmallFolder.now)
        }
    }

    // MARK: Files

    @Test func `what was imported stands when the file is opened again`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let written = try RegistryDatabase(path: path)
        _ = try written.importFiles(SmallFolder.files, by: "test", at: SmallFolder.now)
        let opened = try RegistryDatabase(path: path)
        #expect(try opened.snapshot().everything == written.snapshot().everything)
        #expect(try opened.snapshot().devices.count == 6)
        let mode = try DatabaseQueue(path: path).read {
            try String.fetchOne($0, sql: "PRAGMA journal_mode")
        }
        #expect(mode == "wal")
    }

    @Test func `a registry of an older version is copied as it is, and stays so`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        // As a program before the first version would have left it.
        let older = try DatabaseQueue(path: path)
        try older.write {
            try $0.execute(
                sql: """
                    PRAGMA application_id = 1818324583;
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    CREATE TABLE places (code TEXT);
                    INSERT INTO places VALUES ('pl');
                    """
            )
        }
        let target = folder.path(of: "copy.db")
        try RegistryDatabase.copy(path, to: target)
        for file in [path, target] {
            let tables = try DatabaseQueue(path: file).read { database in
                #expect(try String.fetchAll(database, sql: "SELECT code FROM places") == ["pl"])
                return try String.fetchAll(
                    database,
                    sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                )
            }
            #expect(tables == ["grdb_migrations", "places"], "\(file)")
        }
    }

    @Test func `a registry is copied while it is open, and no other file is`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let database = try RegistryDatabase(path: path)
        _ = try database.importFiles(SmallFolder.files, by: "test", at: SmallFolder.now)
        let target = folder.path(of: "copy.db")
        try RegistryDatabase.copy(path, to: target)
        #expect(
            try RegistryDatabase(path: target).snapshot().everything
                == (try database.snapshot().everything)
        )
        let other = folder.path(of: "other.db")
        try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE notes (text)") }
        #expect(throws: RegistryError.foreignDatabase(path: other)) {
            try RegistryDatabase.copy(other, to: folder.path(of: "second.db"))
        }
    }

    @Test func `a database of a later version is refused`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        _ = try RegistryDatabase(path: path)
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('7')")
        }
        let expected = RegistryError.newerDatabase(path: path, version: 7, supported: 4)
        #expect(throws: expected) { try RegistryDatabase(path: path) }
        #expect(expected.description.contains("its version 7 is newer than version 4"))
    }

    @Test func `a file that is no database is refused and left as it is`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let text = String(repeating: "this is no database\n", count: 100)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let expected = RegistryError.notADatabase(path: path)
        #expect(throws: expected) { try RegistryDatabase(path: path) }
        #expect(expected.description.contains("it is no SQLite database; correct the path"))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    }

    @Test func `a database of another program is refused and left as it is`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "other.db")
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
        #expect(throws: RegistryError.foreignDatabase(path: path)) {
            try RegistryDatabase(path: path)
        }
        let mode = try queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "delete")
    }

    @Test func `a path in no folder is refused with what was tried`() throws {
        let path = "/no/such/folder/registry.db"
        let error = #expect(throws: RegistryError.self) { try RegistryDatabase(path: path) }
        #expect(error?.description.hasPrefix("cannot open \(path): ") == true)
    }

    @Test func `a value that no import lets in is found when it is read`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "registry.db")
        let database = try RegistryDatabase(path: path)
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "INSERT INTO units VALUES ('u', 'U', 'ward', NULL, NULL, NULL)")
        }
        #expect(throws: RegistryError.damaged(table: "units", column: "kind", value: "ward")) {
            try database.snapshot()
        }
    }

    @Test func `the files of a folder are read by their ending`() throws {
        let folder = try TemporaryFolder()
        for name in ["b.csv", "a.CSV", "notes.md"] {
            try name.write(toFile: folder.path(of: name), atomically: true, encoding: .utf8)
        }
        let files = try RegistryFile.files(inFolder: folder.path)
        let names = ["a.CSV", "b.csv"]
        #expect(files == names.map { RegistryFile(name: $0, bytes: Array($0.utf8)) })
        #expect(throws: RegistryError.self) {
            try RegistryFile.files(inFolder: folder.path(of: "absent"))
        }
    }
}
