internal import ArgumentParser
internal import Gateway

/// `langso rules test`.
struct RulesTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs unit tests of rules, as promtool test rules does.",
        discussion: """
            Reads the format of promtool, start_timestamp and fuzzy_compare of Prometheus 3 among \
            it; rules are judged by the gateway's own engine. Relations between alerts, as \
            inhibit_rules, belong to delivery and are not applied. Exit code 1 when anything did \
            not come out as expected. \
            --json: {"files": [{"file", "tests": number, "failures": [text], "warnings": [text]}]}.
            """
    )

    @Argument(help: "Files of tests.")
    var files: [String]

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let report = RuleTestReport(files: files)
        if json {
            try Output.json(report)
        } else {
            for file in report.files { show(file) }
        }
        if !report.isGood { throw ExitCode.failure }
    }

    private func show(_ file: RuleTestReport.File) {
        print("Unit Testing:  \(file.file)")
        for line in file.warnings { print("  WARNING: \(line)") }
        print(file.isGood ? "  SUCCESS\n" : "  FAILED:")
        for failure in file.failures {
            for line in failure.split(separator: "\n", omittingEmptySubsequences: false) {
                print("    \(line)")
            }
        }
        if !file.isGood { print("") }
    }
}
