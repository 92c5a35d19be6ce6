import Foundation
import Registry
import Spreadsheets
import Telemetry
import TestKit
import Testing

@testable import Gateway

struct RegistryToolTests {
    private static let now = Instant(milliseconds: 1_780_000_000_000)
    private static let devices = """
        code,address,name,kind,village,latitude,longitude,expected_interval,simulated
        d1,8421000000000017,"Đèn ""A"", chợ",lamp,bd-01,21.51,107.49,15m,true
        d2,0042,,bin,bd-01,,,6h,
        """

    /// A folder with the registry that comes with the gateway and two devices.
    private func filled() throws -> (folder: TemporaryFolder, data: String) {
        let folder = try TemporaryFolder()
        let data = folder.path(of: "data")
        try FileManager.default.createDirectory(
            atPath: data,
            withIntermediateDirectories: false
        )
        let database = try RegistryDatabase(path: "\(data)/\(GatewayRuntime.registryFile)")
        var files = try ExampleRegistry.files()
        let village = "code,name\nbd-01,Bản 1\n"
        files.removeAll { $0.table == "villages" || $0.table == "memberships" }
        files.append(RegistryFile(name: "villages.csv", bytes: Array(village.utf8)))
        files.append(RegistryFile(name: "devices.csv", bytes: Array(Self.devices.utf8)))
        let report = try database.importFiles(files, by: "test", at: Self.now)
        #expect(report.refused.isEmpty, "\(report)")
        return (folder, data)
    }

    private func imported(
        _ paths: String...,
        data: String,
        dryRun: Bool = false
    ) throws -> RegistryImport {
        try RegistryImport(
            paths,
            dataFolder: data,
            by: "test",
            at: Self.now,
            isDryRun: dryRun
        )
    }

    @Test(arguments: ["all.xlsx", "all"])
    func `importing what was exported changes nothing`(name: String) throws {
        let (folder, data) = try filled()
        let output = folder.path(of: name)
        let done = try RegistryExport(dataFolder: data, to: output, format: nil)
        #expect(done.rows["devices"] == 2)
        let report = try imported(output, data: data)
        #expect(report.written)
        #expect(report.refused == [])
        #expect(report.files.allSatisfy { $0.inserted == 0 && $0.updated == 0 })
        #expect(report.files.reduce(0) { $0 + $1.unchanged } == done.rows.values.reduce(0, +))
        #expect(throws: GatewayError.self) {
            try RegistryExport(dataFolder: data, to: output, format: nil)
        }
    }

    @Test func `a template has a sheet for each table and can be imported as it is`() throws {
        let (folder, data) = try filled()
        let path = folder.path(of: "template.xlsx")
        let done = try RegistryExport(dataFolder: nil, to: path, format: nil)
        let bytes = try InputFile.bytes(path, limit: SpreadsheetLimits.maximumFileBytes)
        let sheets = try WorkbookReader.sheets(of: bytes, file: path)
        #expect(sheets.count == done.rows.count + 1)
        #expect(sheets.first?.name == RegistryWorkbook.guideName)
        let report = try imported(path, data: data)
        #expect(report.written)
        #expect(report.files.count == done.rows.count)
    }

    @Test func `templates as files may lie below the folder that one is in`() throws {
        let folder = try TemporaryFolder()
        let name = "langso-template-\(UInt64.random(in: 0...UInt64.max))"
        let here = FileManager.default.currentDirectoryPath
        let output = "\(here)/\(name)"
        defer { try? FileManager.default.removeItem(atPath: output) }
        let done = try RegistryExport(dataFolder: nil, to: name, format: nil)
        #expect(done.format == .csv && done.rows["devices"] == 0)
        #expect(FileManager.default.fileExists(atPath: "\(output)/devices.csv"))
        let data = folder.path(of: "data")
        #expect(throws: GatewayError.self) {
            _ = try OutputText("\(data)/a.csv", notIn: data)
        }
    }

    @Test(arguments: ["out.ods", "a.b/out.XLS", "out.csv"])
    func `the name of another kind of file is no folder unless the format says so`(
        name: String
    ) throws {
        let folder = try TemporaryFolder()
        let output = folder.path(of: name)
        let error = #expect(throws: GatewayError.self) {
            try RegistryExport(dataFolder: nil, to: output, format: nil)
        }
        #expect(error?.description.contains("NAME.xlsx") == true)
        #expect(!FileManager.default.fileExists(atPath: output))
        #expect(try RegistryExport(dataFolder: nil, to: output, format: .csv).format == .csv)
    }

    @Test func `a wrong cell is named as spreadsheets name it, and nothing is written`() throws {
        let (folder, data) = try filled()
        let path = folder.path(of: "new.xlsx")
        let columns = ["code", "name", "latitude", "longitude"].map { WrittenSheet.Column($0) }
        let rows: [[SheetValue]] = [
            [.text("bd-02"), .text("Bản 2"), .number(21.5), .number(107.4)],
            [.number(3), .text("Bản 3"), .number(91), .number(107.4)],
            [.text("bd-04"), .number(1e16)],
        ]
        try WorkbookWriter.write(
            [WrittenSheet("villages", columns: columns, rows: rows)],
            to: path
        )
        let report = try imported(path, data: data)
        #expect(!report.written)
        #expect(report.refused.map(\.cell) == ["C3", "B4"])
        #expect(report.refused.map(\.field) == ["latitude", "name"])
        #expect(
            report.refused.first?.message
                == "\"91\" is not a number from -90 to 90 with a decimal point"
        )
        #expect(report.lines.contains { $0.hasPrefix("refused: \(path):villages:C3: latitude: ") })
        #expect(report.lines.last == "nothing was written: correct all 2 first")
        let database = try RegistryDatabase(path: "\(data)/\(GatewayRuntime.registryFile)")
        #expect(try database.snapshot().villages.map(\.code) == ["bd-01"])
    }

    @Test func `a dry run makes no registry where there is none`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path(of: "villages.csv")
        try Data("code,name\nv1,Bản 1\n".utf8).write(to: URL(filePath: file))
        let report = try imported(file, data: folder.path, dryRun: true)
        #expect(report.dryRun)
        #expect(!report.written)
        #expect(report.files.first?.inserted == 1)
        #expect(report.lines.last?.contains("dry run") == true)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["villages.csv"]
        )
        #expect(try imported(file, data: folder.path).written)
    }

    @Test func `what cannot be read is said in one sentence`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: GatewayError.self) { try imported("a.csv", data: folder.path(of: "no")) }
        #expect(throws: GatewayError.self) { try imported("/no/a.csv", data: folder.path) }
        #expect(throws: GatewayError.self) { try imported(folder.path, data: folder.path) }
        let ods = #expect(throws: GatewayError.self) { try imported("a.ods", data: folder.path) }
        #expect(ods?.description.contains("neither .csv nor .xlsx") == true)
        #expect(throws: GatewayError.self) {
            try RegistryExport(dataFolder: folder.path, to: folder.path(of: "a.xlsx"), format: nil)
        }
    }
}
