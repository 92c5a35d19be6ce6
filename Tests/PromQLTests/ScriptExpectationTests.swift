import PromQL
import Testing

/// That `expect` lines are checked, by statements that must be refused.
@Suite struct ScriptExpectationTests {
    /// What comes of a statement with some lines; a gauge goes up by one a minute.
    private static func message(_ statement: String, _ lines: String...) -> String? {
        let text = """
            load 1m
              gauge 0+1x10

            \(statement)
            \(lines.map { "  \($0)" }.joined(separator: "\n"))
            """
        let report = ScriptRunner().run(text: text, file: "x.test")
        #expect(report.passed + report.failures.count == 1)
        return report.failures.first?.message
    }

    private static let warned = "eval instant at 5m quantile(2, gauge)"
    private static let informed = "eval instant at 5m rate(gauge[2m]) * 60"
    private static let plain = "eval instant at 5m gauge"
    private static let warning = "PromQL warning: quantile value should be between 0 and 1, got 2"

    @Test func `what is expected passes, with the place and without`() {
        for line in [
            "warn", "warn msg: \(Self.warning) (1:10)", "warn msg:\(Self.warning)",
            "warn regex: got 2", "warn regex: ^PromQL.*\\(1:10\\)$", "no_info",
        ] {
            #expect(Self.message(Self.warned, "expect \(line)", "{} +Inf") == nil, "\(line)")
        }
        #expect(Self.message(Self.warned, "{} +Inf") == nil)
        #expect(Self.message(Self.informed, "expect info", "expect no_warn", "{} 1") == nil)
        #expect(Self.message(Self.plain, "expect no_info", "expect no_warn", "gauge 5") == nil)
    }

    @Test func `what is not expected fails, and says what came`() {
        for line in [
            "no_warn", "info", "warn msg: \(Self.warning) (1:11)", "warn msg: \(Self.warning)0",
            "warn regex: got 3", "warn msg: got 2",
        ] {
            let message = Self.message(Self.warned, "expect \(line)", "{} +Inf")
            #expect(message?.hasPrefix("quantile(2, gauge): expected ") == true, "\(line)")
            if line != "info" { #expect(message?.hasSuffix("got 2 (1:10)") == true) }
        }
        // Each that came must be expected, and each that is expected must come.
        let two = "eval instant at 5m quantile(2, gauge) + quantile(3, gauge)"
        #expect(Self.message(two, "expect warn", "{} +Inf") == nil)
        #expect(Self.message(two, "expect warn regex: got 2", "{} +Inf") != nil)
        #expect(
            Self.message(two, "expect warn regex: got 2", "expect warn regex: got 3", "{} +Inf")
                == nil
        )
        #expect(Self.message(Self.informed, "expect no_info", "{} 1") != nil)
        #expect(
            Self.message(Self.plain, "expect warn", "gauge 5")
                == "gauge: expected expect warn, got none"
        )
    }

    @Test func `older forms are checked too`() {
        func with(_ word: String, _ statement: String) -> String {
            statement.replacing("eval ", with: "\(word) ")
        }
        #expect(Self.message(with("eval_warn", Self.warned), "{} +Inf") == nil)
        #expect(Self.message(with("eval_info", Self.informed), "{} 1") == nil)
        #expect(Self.message(with("eval_warn", Self.plain), "gauge 5") != nil)
        #expect(Self.message(with("eval_info", Self.plain), "gauge 5") != nil)
        #expect(Self.message("eval_fail instant at 0 gauge * on (n) 1") == nil)
        #expect(Self.message(with("eval_fail", Self.plain)) != nil)
        let fault = "eval instant at 0 label_replace(gauge, \"a\", \"b\", \"c\", \"(\")"
        let name = "expected_fail_regexp invalid regular expression in label_replace"
        #expect(Self.message(fault, name) == nil)
        #expect(Self.message(fault, name + "ment") != nil)
        #expect(Self.message(fault, "expect fail regex: label_replace") == nil)
        #expect(Self.message(fault, "expect fail msg: label_replace") != nil)
    }

    @Test func `words that are not known are refused`() {
        for line in [
            "warning", "no_warning", "warn message: x", "warn msg:", "warn regex:", "info x",
            "warn regex: (", "range vector from", "range vector from 0 to 10m step",
        ] {
            let message = Self.message(Self.warned, "expect \(line)", "{} +Inf")
            #expect(message?.hasPrefix("cannot read expect") == true, "\(line): \(message ?? "")")
        }
        #expect(Self.message("evaluate instant at 0 gauge", "gauge 0") != nil)
        for step in ["x", "0s", "-1m"] {
            let refusal = "cannot read the step \(step)"
            #expect(Self.message("eval range from 0 to 1m step \(step) gauge") == refusal)
            let line = "expect range vector from 0 to 10m step \(step)"
            #expect(Self.message(Self.warned, line, "{} +Inf") == refusal)
        }
        #expect(Self.message(Self.warned, "expect warn", "expect no_warn", "{} +Inf") != nil)
        #expect(Self.message(Self.informed, "expect no_info", "expect info", "{} 1") != nil)
    }
}
