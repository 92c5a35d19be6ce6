import Alerting
import ConfigurationText
import Foundation

/// Rules with tests of them, as files for promtool and for this module.
struct RuleTestComparison {
    /// What both make of a file of tests.
    struct Verdict {
        /// Whether this module passes it, and why not.
        var ours: [String]
        /// What promtool gave.
        var promtool: Promtool.Answer

        /// Whether both pass it, or neither does.
        var agree: Bool { ours.isEmpty == (promtool.code == 0) }
    }

    /// Text of the rule file, `rules.yaml`.
    var rules: String
    /// Text of the file of tests without `rule_files`.
    var tests: String

    /// What both make of it.
    func verdict() throws -> Verdict {
        try Promtool.withFolder { folder in
            let text = "rule_files: [rules.yaml]\n" + tests
            try rules.write(toFile: "\(folder)/rules.yaml", atomically: true, encoding: .utf8)
            try text.write(toFile: "\(folder)/tests.yaml", atomically: true, encoding: .utf8)
            return Verdict(
                ours: failures(of: text),
                promtool: try Promtool.run(["test", "rules", "\(folder)/tests.yaml"])
            )
        }
    }

    private func failures(of text: String) -> [String] {
        do {
            let tests = try RuleTestFile.parse(text: text, file: "tests.yaml")
            let rules = try RuleFile.parse(text: rules, file: "rules.yaml")
            return tests.run(groups: rules.groups).map(\.description)
        } catch {
            return ["\(error)"]
        }
    }
}
