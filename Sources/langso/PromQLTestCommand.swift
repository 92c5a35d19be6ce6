internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import PromQL

/// `langso promql-test`.
struct PromQLTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql-test",
        abstract: "Runs .test files of Prometheus and ends with N passed, N failed.",
        discussion: """
            --json: {"passed": number, "failed": number, "failures": [text]}. Exit code 1 when \
            any statement failed.
            """
    )

    @Argument(help: "Files.")
    var files: [String]

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    private struct Report: Encodable {
        var passed = 0
        var failed = 0
        var failures: [String] = []
    }

    func run() throws {
        var report = Report()
        for file in files {
            let text: String
            do {
                text = try InputFile.text(file)
            } catch {
                throw Output.failure(error)
            }
            let result = ScriptRunner().run(text: text, file: file)
            report.passed += result.passed
            report.failed += result.failures.count
            report.failures += result.failures.map(\.description)
        }
        if json {
            try Output.json(report)
        } else {
            for failure in report.failures { print(failure) }
            print("\(report.passed) passed, \(report.failed) failed")
        }
        if report.failed > 0 { throw ExitCode.failure }
    }
}
