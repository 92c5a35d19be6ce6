import Foundation
@testable import Gateway
import MQTT
import Telemetry
import TestKit
import Testing

/// The program itself, killed again and again while numbered messages come in.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct KilledGatewayTests {
    /// `langso serve` as a child process.
    private struct Served {
        let process: ChildProcess

        init(_ config: String, log: String) throws {
            process = try ChildProcess(
                program: try #require(LangsoProgram.path),
                arguments: ["serve", "--config", config, "--log-level", "notice"],
                logPath: log
            )
        }

        func end(by signal: Int32) { process.end(by: signal, within: LangsoProgram.patience) }
    }

    /// How often the gateway is killed; `LANGSO_KILLS` changes it.
    private static var kills: Int {
        ProcessInfo.processInfo.environment["LANGSO_KILLS"].flatMap { Int($0) } ?? 50
    }

    @Test func `killed fifty times, it has every acknowledged number exactly once`() async throws {
        let folder = try TemporaryFolder("langso-killed")
        let seed = UInt64.random(in: 1 ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let broker = try BrokerProcess { port, path in
            MosquittoConfiguration.recommended(port: port, dataFolder: path)
        }
        let config = try writeSettings(folder, port: broker.port)
        let publisher = try GatewayUnderTest.publisher(port: broker.port)
        var sent = 0
        // The first run subscribes; from then on the broker keeps what comes while it is dead.
        var served = try Served(config, log: folder.path(of: "log"))
        try await waitUntilConnected(1, folder, served)
        var earlier = 0
        for kill in 0..<Self.kills {
            // One in two dies at a random moment of its start, one with messages coming in.
            if kill.isMultiple(of: 2) { try await waitUntilConnected(earlier + 1, folder, served) }
            let pause = Int.random(in: 0...220, using: &random)
            let deadline = ContinuousClock.now + .milliseconds(pause)
            repeat {
                for _ in 0..<20 {
                    let payload = NumberedMessages.payload(sent)
                    try publisher.publish(topic: "numbers/\(sent)", payload: payload)
                    sent += 1
                }
                await GatewayUnderTest.tick()
            } while ContinuousClock.now < deadline
            served.end(by: SIGKILL)
            earlier = connections(folder)
            served = try Served(config, log: folder.path(of: "log"))
        }
        try publisher.flush()
        publisher.stop()
        #expect(publisher.status.unacknowledged == 0)
        try await waitUntilStored(sent, folder, served)
        served.end(by: SIGTERM)
        #expect(served.process.exitCode == 0)
        let request = QueryRequest(
            expression: "count_over_time(water_volume_cubic_metres_total[1d])",
            times: .instant(GatewayRuntime.systemClock())
        )
        let answer = try QueryTool.evaluate(
            request,
            dataFolder: folder.path(of: "data"),
            now: GatewayRuntime.systemClock()
        )
        let lines = try QueryTool.lines(of: answer)
        let once = lines.filter { $0.contains("} => 1 @") }
        #expect(lines.count == sent, "each number has a series of its own: none is missing")
        #expect(once.count == sent, "and one sample: none came twice")
        print(
            "\(Self.kills) kills, \(connections(folder)) connections, \(sent) numbers, "
                + "\(once.count) stored exactly once"
        )
    }

    private func writeSettings(_ folder: TemporaryFolder, port: Int) throws -> String {
        let profiles = try NumberedMessages.writeProfile(in: folder)
        let text = """
            name: numbers
            data: data
            profiles: \(profiles)
            broker: {host: 127.0.0.1, port: \(port), client_id: numbers}
            subscriptions:
              - {topic: numbers/+, family: plain_json, profile: numbered}
            store: {size: 32MiB, maximum_series: 200000}
            journal: {size: 32MiB, segment: 1MiB}
            web: {port: \(try BrokerProcess.freePort())}
            """
        let path = folder.path(of: "langso.yaml")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func log(_ folder: TemporaryFolder) -> String {
        (try? String(contentsOfFile: folder.path(of: "log"), encoding: .utf8)) ?? ""
    }

    /// How often it has connected, all its lives together.
    private func connections(_ folder: TemporaryFolder) -> Int {
        log(folder).split(separator: "connected with the broker", omittingEmptySubsequences: false)
            .count - 1
    }

    private func waitUntilConnected(
        _ count: Int,
        _ folder: TemporaryFolder,
        _ served: Served
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while connections(folder) < count {
            try #require(served.process.isRunning, "it ended: \(log(folder))")
            try #require(ContinuousClock.now < deadline, "not connected: \(log(folder))")
            await GatewayUnderTest.tick()
        }
    }

    /// Asks the served gateway how many numbers it has, until all are there.
    private func waitUntilStored(
        _ count: Int,
        _ folder: TemporaryFolder,
        _ served: Served
    ) async throws {
        let config = try String(contentsOfFile: folder.path(of: "langso.yaml"), encoding: .utf8)
        let port = try #require(config.split(separator: "web: {port: ").last?.dropLast())
        let deadline = ContinuousClock.now + .seconds(120)
        var last = ""
        while true {
            let request = QueryRequest(
                expression: "count(last_over_time(water_volume_cubic_metres_total[1d]))",
                times: .instant(GatewayRuntime.systemClock())
            )
            if let answer = try? await QueryTool.ask(request, url: "http://127.0.0.1:\(port)"),
                let line = try QueryTool.lines(of: answer).first
            {
                last = line
                if line.contains("=> \(count) @") { return }
            }
            try #require(served.process.isRunning, "it ended: \(log(folder))")
            try #require(ContinuousClock.now < deadline, "\(count) wanted, last: \(last)")
            await GatewayUnderTest.tick()
        }
    }
}
