import Alerting
import ConfigurationText
import Foundation
import Testing

/// Whether rule files are accepted and refused as `promtool check rules` does.
@Suite(.enabled(if: Promtool.isInstalled)) struct RuleCheckTests {
    /// Keys of Prometheus 3 that 2.42 does not know, each in a file that is good but for them.
    private static let newerKeys = [
        "groups: [{name: g, query_offset: 2m, rules: [{record: a, expr: up}]}]",
        "groups: [{name: g, labels: {team: roads}, rules: [{record: a, expr: up}]}]",
    ]

    private static func accepts(_ text: String, file: String) -> Bool {
        do {
            _ = try RuleFile.parse(text: text, file: file)
            return true
        } catch {
            return false
        }
    }

    private static func promtoolAccepts(_ text: String) throws -> Bool {
        try Promtool.withFolder { folder in
            let path = "\(folder)/rules.yaml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return try Promtool.run(["check", "rules", path]).code == 0
        }
    }

    @Test func `every rule file that ships is accepted by both`() throws {
        let folder = Promtool.path(inCheckout: "Sources/Alerting/Rules")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(".yaml") && !DefaultRules.relationFileNames.contains($0) }
        #expect(files == DefaultRules.ruleFileNames.sorted())
        for file in files {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            #expect(Self.accepts(text, file: file), "\(file)")
            let answer = try Promtool.run(["check", "rules", "--lint-fatal", "\(folder)/\(file)"])
            #expect(answer.code == 0, "\(answer.output)")
        }
    }

    private static let files = [
        "", "# only a comment\n", "groups:", "{}", "[]", "groups: {}", "group: []", "groups: [",
        "groups: [{rules: []}]", "groups: [{name: ''}]", "groups: [{name: a}, {name: a}]",
        "groups: [{name: a, interval: 0s}]", "groups: [{name: a, interval: 1h30m}]",
        "groups: [{name: a, interval: 1.5h}]", "groups: [{name: a, limit: -1}]",
        "groups: [{name: a, limit: x}]", "groups: [{name: a, partial_response: true}]",
        "groups: [{name: a, name: b}]",
    ]

    private static let rules = [
        "{record: 'a:b', expr: up}", "{record: a, expr: 1}", "{record: a-b, expr: up}",
        "{record: a, expr: up, for: 0s}", "{record: a, expr: up, for: 1m}",
        "{record: a, expr: up, keep_firing_for: 1m}", "{record: a, expr: up, annotations: {}}",
        "{record: a, expr: up, annotations: {a: b}}", "{record: a, expr: up, labels: {a: '{{'}}",
        "{record: '', alert: A, expr: up}", "{record: a, alert: A, expr: up}", "{expr: up}",
        "{alert: A}", "{alert: A, expr: ''}", "{alert: A, expr: 'sum(up'}",
        "{alert: A, expr: 'up[5m]'}", "{alert: A, expr: up, for: }",
        "{alert: A, expr: up, for: ''}",
        "{alert: A, expr: up, for: soon}", "{alert: A, expr: up, keep_firing_for: 5m}",
        "{alert: A, expr: up, labels: {1a: b}}", "{alert: A, expr: up, labels: {__name__: b}}",
        "{alert: A, expr: up, labels: {a: }}", "{alert: A, expr: up, annotations: {a-b: c}}",
        "{alert: A, expr: up, anotations: {a: b}}",
        "{alert: A, expr: up}\n      - {alert: A, expr: up}",
        "&a {alert: A, expr: up}\n      - {<<: *a, alert: B}",
    ]

    @Test(arguments: files)
    func `small files are accepted and refused alike`(text: String) throws {
        #expect(try Self.promtoolAccepts(text) == Self.accepts(text, file: "rules.yaml"))
    }

    @Test(arguments: rules)
    func `rules are accepted and refused alike`(rule: String) throws {
        let text = "groups:\n  - name: g\n    rules:\n      - \(rule)\n"
        #expect(try Self.promtoolAccepts(text) == Self.accepts(text, file: "rules.yaml"))
    }

    @Test(arguments: newerKeys)
    func `keys of Prometheus 3 are accepted, which 2.42 refuses`(text: String) throws {
        #expect(Self.accepts(text, file: "rules.yaml"))
        let answer = try Promtool.run(["--version"]).output
        if answer.contains("version 2.") { #expect(try !Self.promtoolAccepts(text)) }
    }
}
