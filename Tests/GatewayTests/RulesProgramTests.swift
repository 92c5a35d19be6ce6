import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// `langso rules backfill` as people and scripts use it: outputs, shape of JSON, exit codes.
@Suite(.oneAtATime, .enabled(if: LangsoProgram.path != nil)) struct RulesProgramTests {
    private func run(_ words: [String]) async throws -> LangsoProgram.Finished {
        try await LangsoProgram.run(["rules", "backfill"] + words)
    }

    @Test func `rules of a file are backfilled, told in words or as JSON`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = folder.path(of: "data")
        let store = try StoreFolder(data)
        try store.write(
            (0...60).map { minute in
                let time = Instant(milliseconds: 1_773_100_800_000 + Int64(minute) * 60_000)
                return (Labels(metric: "heat"), Sample(time: time, value: Double(minute)))
            }
        )
        let file = folder.path(of: "rules.yaml")
        try "groups: [{name: g, rules: [{record: double_heat, expr: heat * 2}]}]\n".write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        let times = ["--from", "2026-03-10T00:00:00Z", "--to", "2026-03-10T01:00:00Z"]
        let words = [file, "--data", data] + times
        let dry = try await run(words + ["--dry-run"])
        #expect(dry.code == 0 && dry.output.hasSuffix("61 samples would be written\n"), "\(dry)")
        let done = try await run(words + ["--json"])
        #expect(done.code == 0, "\(done)")
        #expect(
            try done.names() == [
                "files", "from", "to", "isDryRun", "groups", "total", "refused", "refusals",
            ]
        )
        let again = try await run(words)
        #expect(again.code == 0 && again.output.contains("61 samples are there already"))
        let verified = try await LangsoProgram.run("store", "verify", "--data", data)
        #expect(verified.code == 0, "\(verified)")
    }

    @Test func `the gateway's own rules are taken from its settings`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = folder.path(of: "data")
        let store = try StoreFolder(data)
        try store.write(
            (0...60).map { minute in
                let time = Instant(milliseconds: 1_773_100_800_000 + Int64(minute) * 60_000)
                return (Labels(metric: "heat"), Sample(time: time, value: 20))
            }
        )
        let rules = folder.path(of: "rules")
        try FileManager.default.createDirectory(
            atPath: rules,
            withIntermediateDirectories: true
        )
        try "groups: [{name: g, rules: [{alert: Hot, expr: heat > 10}]}]\n".write(
            toFile: "\(rules)/own.yaml",
            atomically: true,
            encoding: .utf8
        )
        let settings = folder.path(of: "langso.yaml")
        try """
        name: X
        data: \(data)
        rules: \(rules)
        broker: {host: 127.0.0.1, port: 1}
        subscriptions: [{topic: logger/+, family: plain_json, profile: json-datalogger}]
        """.write(toFile: settings, atomically: true, encoding: .utf8)
        let times = ["--from", "2026-03-10T00:00:00Z", "--to", "2026-03-10T01:00:00Z"]
        let done = try await run(["--config", settings] + times)
        #expect(done.code == 0 && done.output.hasSuffix("122 samples written\n"), "\(done)")
        #expect(done.output.hasPrefix("rules of the gateway: "), "\(done)")
        for words in [times, ["--data", data, "--from", "10", "--to", "9"]] {
            let refused = try await run(words)
            #expect(refused.code == 64 && refused.output.isEmpty, "\(refused)")
        }
        let nameless = try await run(["--data", data] + times)
        #expect(nameless.code == 64 && nameless.errors.contains("--config"), "\(nameless)")
        let outside = try await run(["--config", settings, "--from", "0", "--to", "60"])
        #expect(outside.code == 1 && outside.errors.contains("samples are stored from"))
    }
}
