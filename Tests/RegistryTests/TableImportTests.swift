import ConfigurationText
import Testing

@testable import Registry

struct TableImportTests {
    /// A table of two rows at most, one of which it has.
    private static let table = Table(
        "routes",
        "a route",
        maximumCount: 2,
        columns: [.required("code", .code), .required("name", .text)]
    )

    private func judged(_ text: String) -> (TableImport, ImportState) {
        var state = ImportState(at: SmallFolder.now)
        state.load([[.text("m"), .text("M")]], of: Self.table)
        var reader = TableFileReader(SmallFolder.file("routes.csv", text), Self.table)
        var tableImport = TableImport(Self.table, reader.read())
        tableImport.judge(&state)
        return (tableImport, state)
    }

    @Test(arguments: ["code,name\na,A\nb,B\nz,Z\n", "code,name\nz,Z\nb,B\na,A\n"])
    func `rows beyond the limit are refused by code, whatever their order`(text: String) {
        let (tableImport, state) = judged(text)
        #expect(state.rows(of: "routes").keys.sorted() == ["a", "m"])
        #expect(tableImport.faults.count == 2)
        #expect(tableImport.faults.allSatisfy { $0.message == "2 rows are allowed in routes" })
    }

    @Test func `a full table still takes changes of its rows`() {
        let (tableImport, state) = judged("code,name\nm,New\na,A\n")
        #expect(tableImport.faults.isEmpty)
        #expect(state.rows(of: "routes")["m"]?[1] == .text("New"))
    }

    @Test func `of many spans each that overlaps any is found`() throws {
        let text = """
            unit,village,from,to
            a,kr,2000-01-01,2010-12-31
            b,kr,2001-01-01,2001-12-31
            c,kr,2005-01-01,2005-12-31
            d,kr,2011-01-01,2011-12-31
            e,kr,2012-01-01,
            """
        let database = try SmallFolder.database()
        let units = "abcde".map { "\($0),U,commune\n" }.joined()
        let report = try database.importFiles(
            [
                SmallFolder.file("units.csv", "code,name,kind\n\(units)"),
                SmallFolder.file("memberships.csv", text),
            ],
            by: "test",
            at: SmallFolder.now
        )
        #expect(report.refused.map(\.line) == [2, 3, 4])
        #expect(try database.snapshot().memberships.count == 7)
    }

    @Test func `a chain of refusals ends in time, with all lines of its table refused`() throws {
        // Each device takes the address of the next, and the last one that two of them claim.
        let count = 60
        func address(_ number: Int) -> String {
            String(number + 0x1000_0000, radix: 16) + "00000000"
        }
        let head = "code,kind,village,address"
        let stored = (0..<count).map { "c\($0),lamp,dm,\(address($0))" }
        let database = try SmallFolder.database()
        func imported(_ lines: [String]) throws -> ImportReport {
            try database.importFiles(
                [SmallFolder.file("devices.csv", ([head] + lines).joined(separator: "\n"))],
                by: "test",
                at: SmallFolder.now
            )
        }
        #expect(try imported(stored).refused.isEmpty)
        let moved = (0..<count).map { "c\($0),lamp,dm,\(address($0 + 1))" }
        #expect(try imported(moved).refused.isEmpty)
        #expect(try imported(stored).refused.isEmpty)
        let report = try imported(moved + ["d,lamp,dm,\(address(count))"])
        #expect(Set(report.refused.map(\.line)).count == count + 1)
        let cut = report.refused.filter {
            $0.message.contains("refused in turn, more than 25 times")
        }
        #expect(cut.count == count - RegistryLimits.maximumRefusalRounds)
        #expect(try database.snapshot().devices.contains { $0.address == address(0) })
    }

    @Test func `a refused line gives way to what stood, which may refuse another line`() throws {
        // l1 wants an address of its own that another line claims too, so it keeps its old one,
        // which d1 wants.
        let report = try SmallFolder.importing(
            "devices.csv",
            "code,kind,village,address",
            "l1,lamp,dm,cccccccccccccccc",
            "d2,lamp,dm,cccccccccccccccc",
            "d1,lamp,dm,a840410000000001",
            "d3,lamp,dm,dddddddddddddddd"
        )
        #expect(report.refused.map(\.line) == [2, 3, 4])
        #expect(report.files.first?.inserted == 1)
    }
}
