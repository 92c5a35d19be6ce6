import AsyncHTTPClient
import Foundation
@testable import Gateway
import NIOCore
import NIOHTTP1
import TestKit
import Testing

/// `langso demo` from its start to Ctrl-C, with a day of history.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct DemoProgramTests {
    @Test
    func `a simulated village comes alive, is marked as such, and ends with all its children`()
        async throws
    {
        let folder = try TemporaryFolder("langso-demo")
        let data = folder.path(of: "data")
        let demo = try LangsoProgram.start(["demo", "--days", "1", "--port", "0", "--data", data])
        try await wait(demo, "live") { demo.output.contains("live from now on") }
        #expect(demo.output.hasPrefix("MÔ PHỎNG / SIMULATED"))
        #expect(!demo.errors.contains("█"), "progress is for terminals only")
        let address = try #require(
            demo.output.split(separator: "Open ").last?.split(separator: " ").first
        )
        let overview = try await get("\(address)api/langso/v1/overview")
        #expect(overview.contains(#""isSimulated":true"#))
        let devices = try await get("\(address)api/v1/query?query=count(device_info)")
        // 60 lamps, 5 feeder meters, 9 bins, 15 devices of water, 3 wifi points.
        #expect(devices.contains(#""92""#), "\(devices)")
        // Every series of a device says that it is simulated.
        let unmarked = try await get(
            "\(address)api/v1/series?match%5B%5D=%7Bdevice!=%22%22,simulated!=%22true%22%7D"
        )
        #expect(unmarked.contains(#""data":[]"#), "\(unmarked.prefix(300))")
        let alerts = try await get("\(address)api/langso/v1/alerts")
        #expect(alerts.contains(#""isSimulated":true"#))
        #expect(!alerts.contains(#""isSimulated":false"#))
        let indicators = try await get("\(address)api/langso/v1/indicators")
        #expect(indicators.contains("verdict"), "\(indicators.prefix(300))")
        #expect(try await get(String(address)).contains("<html"))
        let metrics = try await get("\(address)metrics")
        let count = #"_count{handler="/api/langso/v1/alerts"} 1"#
        #expect(metrics.contains("langso_http_request_duration_seconds\(count)\n"), "\(metrics)")
        #expect(Self.processes(naming: data).contains { $0.line.contains("mosquitto") })
        // Ctrl-C is SIGINT to the whole group; the broker stands in one of its own.
        demo.process.end(by: SIGINT, within: LangsoProgram.patience)
        #expect(demo.process.exitCode == 0, "\(demo.errors)")
        #expect(Self.processes(naming: data).isEmpty)
    }

    @Test(arguments: [SIGINT, SIGHUP, SIGTERM, SIGKILL])
    func `its broker ends with it, however early and by whatever signal`(
        signal: Int32
    ) async throws {
        let folder = try TemporaryFolder("langso-demo")
        // Each time a little later: from the very start of the broker until the gateway is open.
        for delay in 0..<2 {
            let data = folder.path(of: "data-\(delay)")
            let words = ["demo", "--days", "1", "--port", "0", "--data", data]
            let demo = try LangsoProgram.start(words)
            try await wait(demo, "broker") {
                Self.processes(naming: data).contains { $0.line.contains("mosquitto") }
            }
            for _ in 0..<(delay * 20) { await GatewayUnderTest.tick() }
            demo.process.end(by: signal, within: LangsoProgram.patience)
            #expect(demo.process.exitCode == (signal == SIGKILL ? nil : 0), "\(demo.errors)")
            // After SIGKILL nobody waits for the broker; it saves its state and is gone.
            let deadline = ContinuousClock.now + .seconds(signal == SIGKILL ? 60 : 0)
            while ContinuousClock.now < deadline, !Self.processes(naming: data).isEmpty {
                await GatewayUnderTest.tick()
            }
            let left = Self.processes(naming: data)
            #expect(left.isEmpty, "after \(delay * 200) ms: \(left)")
            for process in left { kill(process.id, SIGKILL) }
        }
    }

    @Test func `a folder that is not empty is refused, and nothing in it is touched`() async throws
    {
        let folder = try TemporaryFolder("langso-demo")
        let registry = folder.path(of: "villages.csv")
        try "mine".write(toFile: registry, atomically: true, encoding: .utf8)
        let demo = try LangsoProgram.start(["demo", "--port", "0", "--data", folder.path])
        let deadline = ContinuousClock.now + .seconds(60)
        while demo.process.isRunning, ContinuousClock.now < deadline {
            await GatewayUnderTest.tick()
        }
        demo.process.end(by: SIGINT, within: LangsoProgram.patience)
        #expect(demo.process.exitCode == 1)
        #expect(demo.errors.contains("cannot use \(folder.path) for a demonstration"))
        #expect(demo.errors.contains("name a folder that is new or empty"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names == ["villages.csv"])
        for process in Self.processes(naming: folder.path) { kill(process.id, SIGKILL) }
    }

    private func wait(
        _ demo: LangsoProgram.Running,
        _ what: String,
        until condition: () -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(180)
        while !condition() {
            try #require(demo.process.isRunning, "it ended: \(demo.output) \(demo.errors)")
            try #require(ContinuousClock.now < deadline, "not \(what): \(demo.output)")
            await GatewayUnderTest.tick()
        }
    }

    private func get(_ url: String) async throws -> String {
        let request = HTTPClientRequest(url: url)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status.code == 200, "\(url)")
        return String(buffer: try await response.body.collect(upTo: 64 << 20))
    }

    /// Running processes whose command lines name a folder.
    private static func processes(naming folder: String) -> [(id: pid_t, line: String)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name) else { return nil }
            let bytes = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            let line = String(decoding: bytes.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
            return line.contains(folder) ? (id, line) : nil
        }
    }
}
