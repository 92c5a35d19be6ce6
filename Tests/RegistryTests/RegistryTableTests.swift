import ConfigurationText
import Testing

@testable import Registry

struct RegistryTableTests {
    private func sheet(_ table: RegistryTable) -> RegistryFile {
        let heading = RegistryFile.Row(line: 1, fields: table.columns.map { .text($0.name) })
        let rows = table.rows.enumerated().map { index, row in
            RegistryFile.Row(line: index + 2, fields: row.map { .text($0.text) })
        }
        return RegistryFile(name: "a.xlsx:\(table.name)", table: table.name, rows: [heading] + rows)
    }

    @Test func `importing what was exported changes nothing`() throws {
        let database = try SmallFolder.database()
        let before = try database.snapshot().everything
        let tables = try database.tables()
        #expect(tables.map(\.name) == Tables.all.map(\.name))
        #expect(tables.allSatisfy { !$0.rows.isEmpty })
        let csv = tables.map { RegistryFile(name: "\($0.name).csv", bytes: $0.csv) }
        for files in [csv, tables.map(sheet)] {
            let report = try database.importFiles(files, by: "test", at: SmallFolder.now)
            #expect(report.refused.isEmpty, "\(report)")
            #expect(!report.changedAnything, "\(report)")
            #expect(report.files.map(\.unchanged) == tables.map(\.rows.count))
            // Into an empty registry the export is all that there was.
            let copy = try RegistryDatabase.inMemory()
            _ = try copy.importFiles(files, by: "test", at: SmallFolder.now)
            #expect(try copy.snapshot().everything == before)
        }
    }

    @Test func `each table and column has a guide, and each guide one`() {
        #expect(Set(TableGuide.tables.keys) == Set(Tables.all.map(\.name)))
        var unused = Set(TableGuide.columns.keys)
        for table in Tables.all {
            for column in table.columns {
                let isKnown =
                    unused.remove("\(table.name).\(column.name)") != nil
                    || TableGuide.columns[column.name] != nil
                #expect(isKnown, "\(table.name).\(column.name)")
                unused.remove(column.name)
            }
        }
        #expect(unused.isEmpty)
    }

    @Test func `a dry run and a file with a wrong line write nothing, and say what they would`()
        throws
    {
        let database = try SmallFolder.database()
        let before = try database.snapshot().everything
        let log = try database.auditLog()
        let good = SmallFolder.file("zones.csv", "code,name\nz1,Một\nz2,Hai\n")
        let bad = SmallFolder.file("routes.csv", "code,name\nr 1,Tuyến\n")
        let dry = try database.importFiles(
            [good],
            by: "test",
            at: SmallFolder.now,
            mode: .dryRun
        )
        let refused = try database.importFiles(
            [good, bad],
            by: "test",
            at: SmallFolder.now,
            mode: .allOrNothing
        )
        for report in [dry, refused] {
            #expect(!report.isWritten)
            #expect(!report.changedAnything)
            let zones = report.files.first { $0.file == "zones.csv" }
            #expect(zones?.inserted == 1)
            #expect(zones?.updated == 1)
        }
        #expect(refused.refused.map(\.description).first?.hasPrefix("routes.csv:2:1: code") == true)
        #expect(try database.snapshot().everything == before)
        #expect(try database.auditLog() == log)
        let done = try database.importFiles(
            [good],
            by: "test",
            at: SmallFolder.now,
            mode: .allOrNothing
        )
        #expect(done.isWritten)
        #expect(done.files == dry.files)
        #expect(try database.snapshot().everything != before)
        #expect(try database.auditLog().count == log.count + 1)
    }

    @Test func `a sheet may leave out empty cells and not have values without a heading`() throws {
        let rows: [RegistryFile.Row] = [
            .init(
                line: 3,
                fields: [.text("code"), .text("name"), .text("village"), .text("site")]
            ),
            .init(line: 5, fields: [.text("f1"), .text("Tuyến 1"), .text("dm")]),
            .init(line: 6, fields: [.text("f2"), .fault("the cell shows the error #N/A")]),
            .init(line: 7, fields: ["f3", "T", "kr", "", "x"].map { .text($0) }),
        ]
        let report = try SmallFolder.database().importFiles(
            [RegistryFile(name: "a.xlsx:feeders", table: "feeders", rows: rows)],
            by: "test",
            at: SmallFolder.now
        )
        #expect(report.files.map(\.updated) == [1])
        #expect(report.files.map(\.refused) == [2])
        let texts = report.refused.map(\.description)
        #expect(texts.first == "a.xlsx:feeders:6:2: name: the cell shows the error #N/A")
        #expect(texts.contains("a.xlsx:feeders:6:3: village: empty; a value must stand here"))
        #expect(
            texts.last?.contains("the line has 5 fields, the header 4; give the column") == true
        )
    }
}
