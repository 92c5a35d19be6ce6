import Foundation
@testable import Gateway
import Registry
import Telemetry
import TestKit
import Testing

/// `langso devices replace`, `move`, `retire` and `merge` on a gateway that stands still.
@Suite(.oneAtATime) struct DeviceChangeProgramTests {
    private static let files = [
        "villages.csv": "code,name\nv1,Bản Một\nv2,Bản Hai\n",
        "devices.csv":
            "code,address,kind,profile,village\nM-1,m1,water_meter,json-datalogger,v1\n"
            + "M-2,,water_meter,,v1\nT-1,t1,bin,,v1\n",
    ]

    /// A data folder with a registry, and settings that name it.
    private func scene() throws -> (folder: TemporaryFolder, settings: String) {
        let folder = try TemporaryFolder("langso-change")
        let data = folder.path(of: "data")
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: false)
        let files = Self.files.map { RegistryFile(name: $0.key, bytes: Array($0.value.utf8)) }
        let report = try Self.database(folder).importFiles(
            files,
            by: "test",
            at: GatewayRuntime.systemClock()
        )
        #expect(report.refused.isEmpty, "\(report)")
        let settings = folder.path(of: "langso.yaml")
        let text = """
            name: Thử nghiệm
            data: data
            broker: {host: 127.0.0.1}
            subscriptions: [{topic: logger/+, family: plain_json}]
            """
        try text.write(toFile: settings, atomically: true, encoding: .utf8)
        return (folder, settings)
    }

    private static func database(_ folder: TemporaryFolder) throws -> RegistryDatabase {
        try RegistryDatabase(path: folder.path(of: "data/\(GatewayRuntime.registryFile)"))
    }

    private func run(_ words: String..., settings: String) async throws -> LangsoProgram.Finished {
        try await LangsoProgram.run(
            ["devices"] + words + ["--config", settings, "--reason", "hỏng", "--author", "An"]
        )
    }

    @Test func `a meter is replaced with its indices, after a dry run that wrote nothing`()
        async throws
    {
        let (folder, settings) = try scene()
        let words =
            ["replace", "M-1", "--address", "m9"] + ["--old-index", "12.5", "--new-index", "2"]
        let dry = try await LangsoProgram.run(
            ["devices"] + words + ["--config", settings, "--reason", "hỏng", "--dry-run"]
        )
        #expect(dry.code == 0 && dry.output.contains("nothing was written"), "\(dry)")
        #expect(try Self.database(folder).snapshot().device("M-1")?.address == "m1")
        let done = try await LangsoProgram.run(
            ["devices"] + words + ["--config", settings, "--reason", "hỏng", "--json"]
        )
        #expect(done.code == 0, "\(done)")
        #expect(
            try done.names() == [
                "written", "change", "device", "at", "differences", "counterOffsets", "warnings",
            ]
        )
        let registry = try Self.database(folder).snapshot()
        #expect(registry.device("M-1")?.address == "m9")
        #expect(registry.installations(of: "M-1").last?.counterOffsets == ["water.volume": 10.5])
        #expect(registry.endedInstallations.map(\.reason) == ["hỏng"])
    }

    @Test func `a device is moved, merged and retired, and a wrong change is refused`()
        async throws
    {
        let (folder, settings) = try scene()
        let moved = try await run("move", "T-1", "--village", "v2", settings: settings)
        #expect(moved.code == 0 && moved.output.contains("village: v1 → v2"), "\(moved)")
        let merged = try await run("merge", "M-1", "--into", "M-2", settings: settings)
        #expect(merged.code == 0, "\(merged)")
        let retired = try await run("retire", "M-2", settings: settings)
        #expect(retired.code == 0 && retired.output.contains("address: m1 → nothing"), "\(retired)")
        let registry = try Self.database(folder).snapshot()
        #expect(registry.devicesInService.map(\.code) == ["T-1"])
        #expect(registry.endedInstallations.allSatisfy { $0.person == "An" })
        let wrong = try await run("retire", "M-2", settings: settings)
        #expect(wrong.code == 1)
        #expect(wrong.errors.contains("cannot retire M-2: "), "\(wrong)")
        let half = try await run("replace", "T-1", "--old-index", "1", settings: settings)
        #expect(half.code == 64, "\(half)")
    }
}
