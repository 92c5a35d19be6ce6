import Foundation
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// `langso rules check`, `test` and `preview` as people and scripts use them: outputs, shape of
/// JSON, exit codes.
@Suite(.oneAtATime, .enabled(if: LangsoProgram.path != nil)) struct RuleFilesProgramTests {
    private static let rules = """
        groups:
          - name: bể
            rules:
              - {record: "tank:low", expr: water_tank_fill_ratio < 0.4}
              - alert: BểCạn
                expr: water_tank_fill_ratio < 0.4
                annotations:
                  summary: "Bể {{ $labels.device }} còn {{ $value | humanizePercentage }}"

        """

    /// Writes a file into a folder and gives its path.
    private static func write(_ text: String, _ name: String, _ folder: TemporaryFolder) throws
        -> String
    {
        let path = folder.path(of: name)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    // MARK: check

    @Test func `files that are good are named with their rules`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let file = try Self.write(Self.rules, "bể.yaml", folder)
        let done = try await LangsoProgram.run("rules", "check", file, "--lint-fatal")
        #expect(done.code == 0 && done.errors.isEmpty, "\(done)")
        #expect(done.output == "Checking \(file)\n  SUCCESS: 2 rules found\n\n")
    }

    @Test func `every fault of every file is told with its place`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let good = try Self.write(Self.rules, "good.yaml", folder)
        let bad = try Self.write(
            Self.rules.replacing("tank:low", with: "lamp_power_watts")
                .replacing("humanizePercentage", with: "nửa"),
            "bad.yaml",
            folder
        )
        let missing = folder.path(of: "missing.yaml")
        let done = try await LangsoProgram.run("rules", "check", good, bad, missing)
        #expect(done.code == 1 && done.errors.isEmpty, "\(done)")
        let lines = done.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 9, "\(lines)")
        #expect(lines[1] == "  SUCCESS: 2 rules found")
        #expect(lines[2] == "Checking \(bad)" && lines[3] == "  FAILED:")
        #expect(lines[4].hasPrefix("  \(bad):4:18: groups[0].rules[0].record: 'lamp_power_watts'"))
        #expect(lines[5].hasPrefix("  \(bad):8:"), "\(lines[5])")
        #expect(lines[5].contains("summary") && lines[5].contains("the function 'nửa'"))
        #expect(lines[6] == "Checking \(missing)" && lines[7] == "  FAILED:")
        #expect(lines[8] == "  cannot read \(missing): there is no such file")
    }

    @Test func `what stands twice is a warning, and a fault on demand`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let file = try Self.write(
            "groups: [{name: g, rules: [{record: a, expr: up}, {record: a, expr: up}]}]\n",
            "twice.yaml",
            folder
        )
        let kind = try await LangsoProgram.run("rules", "check", file)
        #expect(kind.code == 0 && kind.errors.isEmpty, "\(kind)")
        #expect(kind.output.contains("  warning: \(file):1:51: "), "\(kind)")
        let strict = try await LangsoProgram.run("rules", "check", "--lint-fatal", file)
        #expect(strict.code == 3 && strict.output == kind.output, "\(strict)")
        let json = try await LangsoProgram.run("rules", "check", "--lint-fatal", "--json", file)
        #expect(json.code == 3 && json.errors.isEmpty, "\(json)")
        #expect(try json.names() == ["files"])
        #expect(try Self.member(json) == ["file", "rules", "faults", "warnings"])
    }

    @Test(arguments: ["check", "test", "preview"])
    func `without a file it says what is missing`(command: String) async throws {
        let done = try await LangsoProgram.run("rules", command)
        #expect(done.code == 64 && done.output.isEmpty, "\(done)")
        #expect(done.errors.contains("Usage: langso rules \(command)"), "\(done)")
    }

    /// The names of the members of the first of the files.
    private static func member(_ done: LangsoProgram.Finished) throws -> Set<String> {
        let report = try #require(try done.json() as? [String: Any])
        let files = try #require(report["files"] as? [[String: Any]])
        return Set(try #require(files.first).keys)
    }

    // MARK: test

    private static func tests(_ summary: String) -> String {
        """
        rule_files: ["b*.yaml"]
        tests:
          - interval: 1m
            input_series:
              - {series: 'water_tank_fill_ratio{device="bể-1"}', values: 0.5 0.25}
            alert_rule_test:
              - eval_time: 1m
                alertname: BểCạn
                exp_alerts: [{exp_labels: {device: bể-1}, exp_annotations: {summary: "\(summary)"}}]

        """
    }

    @Test func `tests that come out as expected end well`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        _ = try Self.write(Self.rules, "bể.yaml", folder)
        let file = try Self.write(Self.tests("Bể bể-1 còn 25%"), "tests.yaml", folder)
        let done = try await LangsoProgram.run("rules", "test", file)
        #expect(done.code == 0 && done.errors.isEmpty, "\(done)")
        #expect(done.output == "Unit Testing:  \(file)\n  SUCCESS\n\n")
        let json = try await LangsoProgram.run("rules", "test", "--json", file)
        #expect(json.code == 0 && json.errors.isEmpty, "\(json)")
        #expect(try json.names() == ["files"])
        #expect(try Self.member(json) == ["file", "tests", "failures", "warnings"])
    }

    @Test func `what comes out otherwise is shown beside what was expected`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        _ = try Self.write(Self.rules, "bể.yaml", folder)
        let file = try Self.write(Self.tests("Bể bể-1 đầy"), "tests.yaml", folder)
        let done = try await LangsoProgram.run("rules", "test", file)
        #expect(done.code == 1 && done.errors.isEmpty, "\(done)")
        #expect(done.output.hasPrefix("Unit Testing:  \(file)\n  FAILED:\n"), "\(done)")
        #expect(done.output.contains("Bể bể-1 đầy"), "\(done)")
        #expect(done.output.contains("Bể bể-1 còn 25%"), "\(done)")
        let json = try await LangsoProgram.run("rules", "test", "--json", file)
        #expect(json.code == 1 && json.output.contains("Bể bể-1 còn 25%"), "\(json)")
    }

    @Test func `files of tests that cannot be read, or without their rules, end badly`()
        async throws
    {
        let folder = try TemporaryFolder("langso-rules")
        let alone = try Self.write(Self.tests("Bể bể-1 còn 25%"), "tests.yaml", folder)
        let lonely = try await LangsoProgram.run("rules", "test", alone)
        #expect(lonely.code == 1 && lonely.errors.isEmpty, "\(lonely)")
        #expect(lonely.output.contains("  WARNING: no file is named b*.yaml\n"), "\(lonely)")
        let broken = try Self.write("tests: [{sâu: 1}]\n", "broken.yaml", folder)
        let done = try await LangsoProgram.run("rules", "test", broken, folder.path(of: "none"))
        #expect(done.code == 1 && done.errors.isEmpty, "\(done)")
        #expect(done.output.contains("    \(broken):1:"), "\(done)")
        #expect(done.output.contains("none"), "\(done)")
    }

    // MARK: preview

    private static let times = ["--from", "2026-03-10T00:00:00Z", "--to", "2026-03-10T01:00:00Z"]

    /// A store of an hour with a tank that is low from minute 20 to 39.
    private static func store(_ folder: TemporaryFolder) throws -> String {
        let data = folder.path(of: "data")
        try StoreFolder(data).write(
            (0...60).map { minute in
                let time = Instant(milliseconds: 1_773_100_800_000 + Int64(minute) * 60_000)
                let value = (20..<40).contains(minute) ? 0.25 : 0.5
                let labels = Labels(metric: "water_tank_fill_ratio", ["device": "bể-1"])
                return (labels, Sample(time: time, value: value))
            }
        )
        return data
    }

    @Test func `a rule is tried over stored history, told in words or as JSON`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = try Self.store(folder)
        let file = try Self.write(Self.rules, "bể.yaml", folder)
        let words = ["rules", "preview", file, "--data", data] + Self.times
        let done = try await LangsoProgram.run(words)
        #expect(done.code == 0 && done.errors.isEmpty, "\(done)")
        #expect(done.output.hasPrefix("\(file): 2026-03-10T00:00:00.000Z to "), "\(done)")
        #expect(done.output.contains("judged 61 times\n"), "\(done)")
        #expect(done.output.contains("BểCạn  tried    1             20m"), "\(done)")
        #expect(done.output.hasSuffix("BểCạn, only tried: bể-1 1 × 20m\n"), "\(done)")
        let json = try await LangsoProgram.run(words + ["--json", "--step", "10m"])
        #expect(json.code == 0 && json.errors.isEmpty, "\(json)")
        #expect(
            try json.names() == [
                "file", "from", "to", "steps", "rules", "failedEvaluations", "failedBeside",
                "failures",
            ]
        )
        #expect(json.output.contains("\"steps\" : 7"), "\(json)")
    }

    @Test func `rules in force are those of the settings`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = try Self.store(folder)
        let own = folder.path(of: "rules")
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        _ = try Self.write(Self.rules.replacing("0.4", with: "0.6"), "rules/own.yaml", folder)
        let settings = try Self.write(
            """
            name: X
            data: \(data)
            rules: \(own)
            broker: {host: 127.0.0.1, port: 1}
            subscriptions: [{topic: logger/+, family: plain_json, profile: json-datalogger}]
            """,
            "langso.yaml",
            folder
        )
        let file = try Self.write(Self.rules, "bể.yaml", folder)
        let words = ["rules", "preview", file, "--config", settings] + Self.times
        let done = try await LangsoProgram.run(words)
        #expect(done.code == 0 && done.errors.isEmpty, "\(done)")
        #expect(done.output.contains("current  1       1h"), "\(done)")
        let none = folder.path(of: "none.yaml")
        let bad = try await LangsoProgram.run(
            ["rules", "preview", file, "--config", none] + Self.times
        )
        #expect(bad.code == 1 && bad.output.isEmpty, "\(bad)")
        #expect(bad.errors.hasPrefix("langso: ") && bad.errors.contains(none), "\(bad)")
    }

    @Test func `what cannot be tried is told on standard error`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = try Self.store(folder)
        let good = try Self.write(Self.rules, "bể.yaml", folder)
        let bad = try Self.write(
            Self.rules.replacing("tank:low", with: "lamp_power_watts"),
            "bad.yaml",
            folder
        )
        let outside = ["--from", "0", "--to", "60"]
        for (words, reason) in [
            ([bad, "--data", data] + Self.times, "\(bad):4:18: groups[0].rules[0].record: "),
            ([good, "--data", data] + outside, "samples are stored from"),
            ([good, "--data", folder.path(of: "none")] + Self.times, "none"),
            ([folder.path(of: "none.yaml"), "--data", data] + Self.times, "none.yaml"),
        ] {
            let done = try await LangsoProgram.run(["rules", "preview"] + words)
            #expect(done.code == 1 && done.output.isEmpty, "\(done)")
            #expect(done.errors.hasPrefix("langso: "), "\(done)")
            #expect(done.errors.contains(reason), "\(done)")
        }
        for (words, reason) in [
            (Self.times, "give --data or --config"),
            (["--data", data, "--from", "10", "--to", "9"], "--from is later than --to"),
            (["--data", data, "--from", "hôm qua", "--to", "9"], "hôm qua"),
            (["--data", data, "--step", "0s"] + Self.times, "0s"),
        ] {
            let done = try await LangsoProgram.run(["rules", "preview", good] + words)
            #expect(done.code == 64 && done.output.isEmpty, "\(done)")
            #expect(done.errors.contains(reason), "\(done)")
        }
    }

    @Test func `a rule that fails over history is told, and ends badly`() async throws {
        let folder = try TemporaryFolder("langso-rules")
        let data = try Self.store(folder)
        let file = try Self.write(
            """
            groups:
              - name: g
                rules:
                  - alert: Đôi
                    expr: water_tank_fill_ratio or vector(1)
                    labels: {device: một}

            """,
            "fails.yaml",
            folder
        )
        let words = ["rules", "preview", file, "--data", data] + Self.times
        let done = try await LangsoProgram.run(words)
        #expect(done.code == 1 && done.errors.isEmpty, "\(done)")
        #expect(done.output.contains("61 evaluations failed\n"), "\(done)")
        #expect(done.output.contains("failed: ") && done.output.contains("Đôi"), "\(done)")
    }
}
