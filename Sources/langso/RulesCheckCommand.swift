internal import ArgumentParser
internal import Gateway

/// `langso rules check`.
struct RulesCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks rule files, as promtool check rules does.",
        discussion: """
            Prints each fault as file:line:column: field: message. Keys of Prometheus 3 \
            (query_offset, labels of a group) are allowed. Unlike promtool it refuses a recording \
            rule under the name of what devices measure, of what the gateway works out or writes \
            of itself (langso_*, indicator_*), or of ALERTS and ALERTS_FOR_STATE. Exit code 1 when \
            a file has faults; with --lint-fatal 3 when one has warnings, as a rule that stands \
            twice. --json: {"files": [{"file", "rules": number, "faults": [text], "warnings": \
            [text]}]}.
            """
    )

    @Argument(help: "Rule files.")
    var files: [String]

    @Flag(name: .long, help: "Ends with exit code 3 when there are warnings.")
    var lintFatal = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    /// Exit code of promtool for what is likely a mistake.
    private static let lintCode: Int32 = 3

    func run() throws {
        let check = RuleCheck(files: files)
        if json {
            try Output.json(check)
        } else {
            for file in check.files { show(file) }
        }
        if !check.isGood { throw ExitCode.failure }
        if lintFatal, check.hasWarnings { throw ExitCode(Self.lintCode) }
    }

    private func show(_ file: RuleCheck.File) {
        print("Checking \(file.file)")
        for line in file.warnings { print("  warning: \(line)") }
        if file.isGood {
            print("  SUCCESS: \(file.rules) rules found\n")
        } else {
            print("  FAILED:")
            for line in file.faults { print("  \(line)") }
            print("")
        }
    }
}
