import Registry
import Testing

struct ExampleRegistryTests {
    @Test func `the example is imported without a refused line or a warning`() throws {
        let database = try RegistryDatabase.inMemory()
        let files = try ExampleRegistry.files()
        #expect(files.map(\.name) == ["memberships.csv", "units.csv", "villages.csv"])
        let report = try database.importFiles(files, by: "example", at: SmallFolder.now)
        #expect(report.refused.isEmpty, "\(report)")
        #expect(report.warnings.isEmpty)
        let snapshot = try database.snapshot()
        let before = try SmallFolder.day("2025-06-30")
        let after = try SmallFolder.day("2025-07-01")
        let communes = snapshot.units.filter { $0.kind == .commune }
        let former = communes.filter { $0.to == before }
        #expect(former.count == 7)
        #expect(communes.filter { $0.from == after }.count == 4)
        #expect(snapshot.unit(of: "na-khau", on: after)?.name == "xã Lục Hồn")
        #expect(snapshot.unit(of: "na-khau", on: before) == nil)
        #expect(snapshot.village("tan-thanh")?.people == 783)
        #expect(snapshot.village("dong-mo")?.people == nil)
        #expect(snapshot.devices.isEmpty)
    }
}
