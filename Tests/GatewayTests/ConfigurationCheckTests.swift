import Foundation
import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct ConfigurationCheckTests {
    private let now = Instant(milliseconds: 1_773_075_600_000)

    private func report(_ files: [String: String]) async throws -> CheckReport {
        let folder = try TemporaryFolder("langso-check")
        for (name, text) in files {
            let path = folder.path(of: name)
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            try FileManager.default.createDirectory(
                atPath: parent,
                withIntermediateDirectories: true
            )
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        return await ConfigurationCheck.run(
            folder.path(of: "langso.yaml"),
            asksBroker: false,
            environment: [:],
            now: now
        )
    }

    private static func settings(_ more: String = "") -> String {
        """
        name: X
        data: data
        broker: {host: 127.0.0.1}
        subscriptions:
          - {topic: application/+/device/+/event/+, family: chirpstack}
        \(more)
        """
    }

    @Test func `what is shipped passes`() async throws {
        let report = try await report(["langso.yaml": Self.settings()])
        #expect(report.faults == [])
        #expect((report.counts["device profiles"] ?? 0) >= 8)
        #expect((report.counts["rules"] ?? 0) > 10)
        #expect(report.counts["criteria sets"] == 4)
    }

    @Test func `checks for a device that the registry does not have are warned of`() async throws {
        let more = """
            registry: registry
            quality:
              devices: {W-9: {water.ph: {flat_after: 3h}}, m1: {water.ph: {flat_after: 3h}}}
            """
        let report = try await report([
            "langso.yaml": Self.settings(more),
            "registry/villages.csv": "code,name\nv1,Bản 1\n",
            "registry/devices.csv": "code,kind,village\nm1,water_quality,v1\n",
        ])
        #expect(report.faults == [])
        let warned = report.warnings.filter { $0.contains("quality.devices") }
        #expect(warned.count == 1, "\(report.warnings)")
        #expect(warned.first?.contains("'W-9'") == true)
        // Without devices nobody knows yet which there will be.
        let empty = try await self.report([
            "langso.yaml": Self.settings("quality: {devices: {W-9: {water.ph: {flat_after: 3h}}}}")
        ])
        #expect(!empty.warnings.contains { $0.contains("quality.devices") })
    }

    @Test(arguments: [
        ("http://xa.vn", true), ("http://xa.vn/langso", false), ("http://xa.vn/langso/", false),
    ])
    func `links that lead beside the pages are warned of`(url: String, isOdd: Bool) async throws {
        let more = "web: {prefix: /langso}\nalerts: {external_url: '\(url)'}"
        let report = try await report(["langso.yaml": Self.settings(more)])
        #expect(report.faults == [])
        let isWarned = report.warnings.contains {
            $0.contains("'\(url)' does not end with web.prefix '/langso'")
        }
        #expect(isWarned == isOdd, "\(report.warnings)")
    }

    @Test func `a file that is missing is named`() async throws {
        let report = try await report([:])
        #expect(report.faults.count == 1)
        #expect(report.faults[0].contains("langso.yaml"))
    }

    @Test func `faults of every part are found in one run`() async throws {
        let report = try await report([
            "langso.yaml": Self.settings(
                "profiles: profiles\nregistry: registry\nrules: rules\ncriteria: criteria"
            ),
            "profiles/p/profile.yaml": "id: p\nmanufacturer: m\n",
            "registry/villages.csv": "code,name,latitude,longitude\nv1,Bản 1,95,107\n",
            "rules/r.yaml":
                "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up >\n",
            "criteria/c.yaml": "id: C\nversion: 1\n",
        ])
        #expect(report.faults.contains { $0.contains("profiles/p/profile.yaml:1") })
        #expect(report.faults.contains { $0.contains("rules/r.yaml:5") && $0.contains("expr") })
        #expect(report.faults.contains { $0.contains("criteria/c.yaml:1") })
    }

    @Test func `refused lines of the registry are faults with file, line and column`() async throws
    {
        let report = try await report([
            "langso.yaml": Self.settings("registry: registry"),
            "registry/villages.csv": "code,name,latitude,longitude\nv1,Bản 1,95,107\n",
        ])
        #expect(report.faults.count == 1, "\(report.faults)")
        #expect(report.faults[0].contains("villages.csv:2"))
        #expect(report.faults[0].contains("latitude"))
    }

    @Test func `a subscription with a profile that is nowhere is a fault`() async throws {
        let text = Self.settings().replacing("chirpstack}", with: "chirpstack, profile: nope}")
        let report = try await report(["langso.yaml": text])
        #expect(report.faults.contains { $0.contains("there is no device profile 'nope'") })
    }

    @Test func `sizes that are not those of the data on disk are faults`() async throws {
        let folder = try TemporaryFolder("langso-check")
        let data = folder.path(of: "data")
        _ = try RingStore.create(folder: data, settings: StoreSettings(rawTierBytes: 8 << 20))
            .statistics
        var small = JournalSettings(sizeBytes: 1 << 20, segmentBytes: 65_536)
        small.leastSegmentBytes = 4096
        _ = try Journal.create(folder: data, settings: small, at: now).head
        let text = Self.settings("store: {size: 16MiB}")
        let path = folder.path(of: "langso.yaml")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let report = await ConfigurationCheck.run(
            path,
            asksBroker: false,
            environment: [:],
            now: now
        )
        #expect(report.faults.count == 2, "\(report.faults)")
        #expect(report.faults.contains { $0.contains("set its size to 8388608") })
        #expect(report.faults.contains { $0.contains("name a new data folder") })
    }

    /// What is found with a store and settings of it.
    private func report(
        _ store: StoreSettings,
        _ line: String
    ) async throws -> CheckReport {
        let folder = try TemporaryFolder("langso-check")
        _ = try RingStore.create(folder: folder.path(of: "data"), settings: store).statistics
        let path = folder.path(of: "langso.yaml")
        try Self.settings(line).write(toFile: path, atomically: true, encoding: .utf8)
        return await ConfigurationCheck.run(path, asksBroker: false, environment: [:], now: now)
    }

    @Test func `a rollup tier that is not there yet is told, and made by the next start`()
        async throws
    {
        let old = StoreSettings(rawTierBytes: 8 << 20, rollupBytes: [.hour: 2 << 20])
        let fresh = try await report(old, "store: {size: 8MiB}")
        #expect(fresh.faults == [] && fresh.notes.count == 2)
        #expect(fresh.notes.first?.contains("makes the 5m tier") == true, "\(fresh.notes)")
        #expect(fresh.notes.last?.contains("the 1d tier") == true, "\(fresh.notes)")
        let same = try await report(old, "store: {size: 8MiB, rollups: {1h: 2MiB}}")
        #expect(same.faults == [] && same.notes == [])
    }

    @Test(arguments: [
        ("{1h: 1MiB}", "the settings give the 1h tier 1048576 bytes"),
        ("{5m: 1MiB}", "the settings give the 1h tier 0 bytes"),
        ("{1h: 0}", "the settings give the 1h tier 0 bytes"),
    ])
    func `a rollup tier of another size, or that the settings do not name, is a fault`(
        rollups: String,
        fault: String
    ) async throws {
        let old = StoreSettings(rawTierBytes: 8 << 20, rollupBytes: [.hour: 2 << 20])
        let found = try await report(old, "store: {size: 8MiB, rollups: \(rollups)}")
        #expect(found.faults.count == 1 && found.notes == [])
        #expect(found.faults.first?.contains(fault) == true, "\(found.faults)")
    }
}
