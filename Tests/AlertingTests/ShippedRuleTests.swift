@testable import Alerting
import ConfigurationText
import Foundation
import Testing

/// The unit tests of the rules that ship, in `RuleTests` beside this file.
struct ShippedRuleTests {
    private static let folder = Promtool.path(inCheckout: "Tests/AlertingTests/RuleTests")

    private static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map {
            "\(folder)/\($0)"
        }
    }

    private static func tests(_ path: String) throws -> RuleTestFile {
        try RuleTestFile.parse(text: try String(contentsOfFile: path, encoding: .utf8), file: path)
    }

    @Test func `every alert that ships has a case where it fires and one where it does not`()
        throws
    {
        let cases = try Self.files().flatMap { try Self.tests($0).tests }.flatMap(\.alerts)
        var firing = Set<String>()
        var quiet = Set<String>()
        for one in cases {
            if one.alerts.isEmpty { quiet.insert(one.name) } else { firing.insert(one.name) }
        }
        let rules = try DefaultRules.groups().flatMap(\.rules)
        let alerts = Set(
            rules.compactMap { rule in
                if case .alerting = rule.kind { rule.name } else { nil }
            }
        )
        #expect(alerts.count > 20)
        #expect(firing == alerts)
        #expect(quiet == alerts)
    }

    @Test func `they pass`() throws {
        for path in try Self.files() {
            let tests = try Self.tests(path)
            let groups = try tests.ruleFiles.flatMap { file in
                let name = String(file.split(separator: "/").last ?? "")
                return try RuleFile.parse(text: try DefaultRules.text(of: name), file: name).groups
            }
            #expect(tests.run(groups: groups).map(\.description) == [], "\(path)")
        }
    }

    @Test(.enabled(if: Promtool.isInstalled)) func `they pass under promtool too`() throws {
        let answer = try Promtool.run(["test", "rules"] + (try Self.files()))
        #expect(answer.code == 0, "\(answer.output)")
    }
}
