import ConfigurationText
import Registry
import Testing

/// A folder that is imported at each start, and devices that got their address meanwhile.
struct AdoptedDeviceTests {
    private static let header = "code,kind,village,address,profile,parameters,name"
    private static let address = "0102030405060708"

    /// A registry whose device `new` was adopted.
    private func adopted() throws -> RegistryDatabase {
        let database = try SmallFolder.database()
        _ = try start(database, "new,bin,dm,,,,")
        let row = "new,bin,dm,\(Self.address),p-bin,bin_depth=900,Thùng mới"
        let report = try database.importFiles(
            [SmallFolder.file("devices.csv", "\(Self.header)\n\(row)")],
            by: "adoption",
            at: SmallFolder.now
        )
        #expect(report.refused.isEmpty)
        return database
    }

    /// Imports the folder's file as a start does.
    private func start(
        _ database: RegistryDatabase,
        _ lines: String...,
        header: String = header
    ) throws -> ImportReport {
        try database.importFiles(
            [SmallFolder.file("devices.csv", ([header] + lines).joined(separator: "\n"))],
            by: "start",
            at: SmallFolder.now,
            keepingAdopted: true
        )
    }

    @Test func `a line without an address takes nothing from a device that was adopted`() throws {
        let database = try adopted()
        let report = try start(database, "new,bin,dm,,,,")
        let device = try #require(try database.snapshot().device("new"))
        #expect(device.address == Self.address && device.profile == "p-bin")
        #expect(device.parameters == ["bin_depth": 900] && device.name == "Thùng mới")
        #expect(report.files.first?.unchanged == 1)
        let warning = try #require(report.warnings.first)
        #expect(warning.line == 2 && warning.column == 4 && warning.field == "address")
        #expect(warning.message.contains(Self.address))
    }

    @Test func `what a line gives wins over the adoption`() throws {
        let database = try adopted()
        _ = try start(database, "new,lamp,pl,,,,Đèn")
        let device = try #require(try database.snapshot().device("new"))
        #expect(device.address == Self.address && device.profile == "p-bin")
        #expect(device.kind == .lamp && device.village == "pl" && device.name == "Đèn")
    }

    @Test func `a file without the column keeps what its empty cells would clear`() throws {
        let database = try adopted()
        let report = try start(database, "new,bin,dm,", header: "code,kind,village,profile")
        #expect(try database.snapshot().device("new")?.profile == "p-bin")
        #expect(report.warnings.isEmpty)
    }

    @Test func `an address that another line gives goes to that device`() throws {
        let database = try adopted()
        let report = try start(database, "new,bin,dm,,,,", "next,bin,dm,\(Self.address),p-bin,,")
        #expect(report.refused.isEmpty, "\(report)")
        let snapshot = try database.snapshot()
        #expect(snapshot.device("new")?.address == nil && snapshot.device("new")?.profile == nil)
        #expect(snapshot.device("next")?.address == Self.address)
    }

    @Test func `an import that somebody asks for takes each cell as it stands`() throws {
        let database = try adopted()
        _ = try database.importFiles(
            [SmallFolder.file("devices.csv", "\(Self.header)\nnew,bin,dm,,,,")],
            by: "somebody",
            at: SmallFolder.now
        )
        let device = try #require(try database.snapshot().device("new"))
        #expect(device.address == nil && device.profile == nil)
    }
}
