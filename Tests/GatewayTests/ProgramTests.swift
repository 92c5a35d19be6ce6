import Foundation
@testable import Gateway
import MQTT
import Telemetry
import TestKit
import Testing

/// The command line as people and scripts use it: outputs, shapes of JSON, exit codes.
@Suite(.oneAtATime, .enabled(if: BrokerProcess.program != nil)) struct ProgramTests {
    private static let settings = """
        name: X
        data: data
        broker: {host: 127.0.0.1, port: PORT}
        subscriptions:
          - {topic: logger/+, family: plain_json, profile: json-datalogger}
        """

    private func file(_ folder: TemporaryFolder, _ name: String, _ text: String) throws -> String {
        let path = folder.path(of: name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `help lists every command, and a word it does not know ends with 64`() async throws {
        let help = try await LangsoProgram.run("--help")
        #expect(help.code == 0)
        for command in [
            "demo", "serve", "check", "query", "decode", "replay", "store", "promql-test",
            "devices",
        ] {
            #expect(help.output.contains(command))
            #expect(try await LangsoProgram.run("help", command).code == 0)
        }
        #expect(help.output.contains("Exit codes: 0 done"))
        for words in [["bogus"], ["query"], ["demo", "--days", "15"]] {
            let refused = try await LangsoProgram.run(words)
            #expect(refused.code == 64, "\(words)")
            #expect(refused.errors.contains("Error:"))
            #expect(refused.output.isEmpty)
        }
    }

    @Test func `arguments that go with nothing end with 64 and say what would`() async throws {
        let decode = ["decode", "--topic", "a/b", "--text", "{}"]
        for (words, advice) in [
            (["replay", "r.csv", "--mapping", "m", "--speed", "abc"], "--speed takes a number"),
            (["decode", "--topic", "a/b", "--hex", "1"], "pairs of hexadecimal digits"),
            (decode + ["--profile", "nope"], "there is no profile 'nope'; known are: "),
            (decode + ["--family", "nope"], "there is no family 'nope'; known are: "),
        ] {
            let refused = try await LangsoProgram.run(words)
            #expect(refused.code == 64, "\(words)")
            #expect(refused.errors.contains(advice), "\(refused)")
            #expect(refused.output.isEmpty)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `serve ends in order by each signal that asks it to`(signal: Int32) async throws {
        let folder = try TemporaryFolder("langso-program")
        let text = Self.settings.replacing("PORT", with: "\(try BrokerProcess.freePort())")
        let config = try file(folder, "langso.yaml", text + "\nweb: {port: 0}\n")
        let gateway = try LangsoProgram.start(["serve", "--config", config])
        let deadline = ContinuousClock.now + .seconds(60)
        while !gateway.errors.contains("serving on ") {
            try #require(gateway.process.isRunning, "it ended: \(gateway.errors)")
            try #require(ContinuousClock.now < deadline, "not served: \(gateway.errors)")
            await GatewayUnderTest.tick()
        }
        gateway.process.end(by: signal, within: LangsoProgram.patience)
        #expect(gateway.process.exitCode == 0, "\(gateway.errors)")
    }

    @Test func `check tells faults with file, line and field, and ends with 1`() async throws {
        let folder = try TemporaryFolder("langso-program")
        let good = try file(folder, "good.yaml", Self.settings.replacing("PORT", with: "1883"))
        let passed = try await LangsoProgram.run("check", "--config", good)
        #expect(passed.code == 0 && passed.output.hasPrefix("good: "), "\(passed)")
        let json = try await LangsoProgram.run("check", "--config", good, "--json")
        #expect(try json.names() == ["faults", "warnings", "counts", "notes", "broker"])
        let bad = try file(folder, "bad.yaml", Self.settings.replacing("PORT", with: "70000"))
        let failed = try await LangsoProgram.run("check", "--config", bad)
        #expect(failed.code == 1)
        #expect(failed.output.contains("bad.yaml:3:"))
        #expect(failed.output.contains("port"))
        #expect(failed.output.hasSuffix("1 fault\n"))
        let failedJSON = try await LangsoProgram.run("check", "--config", bad, "--json")
        #expect(failedJSON.code == 1)
        #expect(try failedJSON.names() == ["faults", "warnings", "counts", "notes", "broker"])
    }

    @Test func `check asks the broker too`() async throws {
        let folder = try TemporaryFolder("langso-program")
        let broker = try BrokerProcess()
        let text = Self.settings.replacing("PORT", with: "\(broker.port)")
        let there = try file(folder, "there.yaml", text)
        let found = try await LangsoProgram.run("check", "--config", there, "--broker")
        #expect(found.code == 0, "\(found)")
        #expect(found.output.contains("broker: "))
        #expect(found.output.contains("mosquitto"))
        let sentences = found.output.split(separator: "\n").compactMap {
            $0.split(separator: ": ").last
        }
        #expect(Set(sentences).count == sentences.count, "each once: \(found.output)")
        let port = try BrokerProcess.freePort()
        let gone = try file(
            folder,
            "gone.yaml",
            Self.settings.replacing("PORT", with: "\(port)")
        )
        let missed = try await LangsoProgram.run("check", "--config", gone, "--broker")
        #expect(missed.output.contains("127.0.0.1:\(port)"), "\(missed)")
        #expect(missed.code == 1)
    }

    @Test func `decode shows readings, and says why it cannot`() async throws {
        let words = ["decode", "--topic", "logger/d", "--family", "plain_json", "--profile"]
        let payload =
            #"{"device":"d","records":[{"time":"2026-03-10T00:00:00Z","flow_l_s":2}]}"#
        let read = try await LangsoProgram.run(words + ["json-datalogger", "--text", payload])
        #expect(read.code == 0)
        #expect(read.output.contains("water.flow"))
        let json = try await LangsoProgram.run(
            words + ["json-datalogger", "--text", payload, "--json"]
        )
        let wanted: Set = [
            "device", "profile", "kind", "timeOrigin", "readings", "notes", "unreadMembers",
        ]
        #expect(try json.names().isSuperset(of: wanted))
        let refused = try await LangsoProgram.run(words + ["json-datalogger", "--text", "no json"])
        #expect(refused.code == 1)
        #expect(refused.errors.hasPrefix("langso: "))
        #expect(refused.output.isEmpty)
    }

    @Test func `recordings are played, then stored data is asked by other commands`() async throws {
        let folder = try TemporaryFolder("langso-program")
        let broker = try BrokerProcess()
        let rule = try GatewayUnderTest.plain("water/+/data", profile: "dma-inflow")
        let gateway = try await GatewayUnderTest.connected(folder, port: broker.port, rule: rule)
        let mapping = try file(folder, "m.yaml", Self.mapping)
        let start = GatewayRuntime.systemClock() - .hours(1)
        let rows = (0..<30).map { minute in
            let time = (start + .hours(7) + .minutes(Int64(minute))).rfc3339
            return "\(time.prefix(16).replacing("T", with: " ")),\(minute)"
        }
        let recording = try file(
            folder,
            "r.csv",
            "time,flow\n\(rows.joined(separator: "\n"))\nyesterday,1\n"
        )
        let played = try await LangsoProgram.run(
            "replay",
            recording,
            "--mapping",
            mapping,
            "--speed",
            "max",
            "--port",
            "\(broker.port)",
            "--json"
        )
        #expect(played.code == 1, "a record was refused: \(played)")
        #expect(played.errors.contains("r.csv:32"), "\(played.errors)")
        #expect(!played.errors.contains("█"), "a bar is for terminals only")
        let result = try #require(try played.json() as? [[String: Any]]).first
        #expect(result?["messages"] as? Int == 30 && result?["refused"] as? Int == 1)
        try await gateway.wait(forMessages: 30)
        let expression = "count_over_time(water_flow_cubic_metres_per_hour[2h])"
        let asked = try await LangsoProgram.run("query", expression, "--url", gateway.address)
        #expect(asked.code == 0 && asked.output.contains("=> 30 @"), "\(asked)")
        try await gateway.stop()
        let data = gateway.runtime.settings.dataFolder
        let own = try await LangsoProgram.run("query", expression, "--data", data, "--json")
        #expect(try own.names() == ["status", "data"])
        let flow = "water_flow_cubic_metres_per_hour"
        let rate = try await LangsoProgram.run("query", "rate(\(flow)[2h])", "--data", data)
        #expect(rate.code == 0 && rate.output.contains(" => "), "\(rate)")
        #expect(rate.errors.hasPrefix("PromQL info: metric might not be a counter"), "\(rate)")
        #expect(rate.errors.hasSuffix("\"\(flow)\" (1:6)\n"), "\(rate)")
        let stats = try await LangsoProgram.run("store", "stats", "--data", data, "--json")
        #expect(stats.code == 0)
        #expect(try stats.names().isSuperset(of: ["series", "samples", "damagedBlocks"]))
        let lost = try await LangsoProgram.run("store", "stats", "--data", "\(data)/none")
        #expect(lost.code == 1 && lost.errors.contains("\(data)/none"), "\(lost)")
    }

    private static let mapping = """
        format: csv
        topic: water/inflow/data
        time: {column: time, format: "yyyy-MM-dd HH:mm", zone: Asia/Ho_Chi_Minh}
        payload:
          members:
            time: {time: rfc3339}
            dma_1_lps: {column: flow, type: number}
        """
}
