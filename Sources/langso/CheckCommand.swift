internal import ArgumentParser
internal import Foundation
internal import Gateway

/// `langso check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks settings, device profiles, registry files, rules and criteria sets.",
        discussion: """
            Prints each fault as file:line:column: field: message and ends with exit code 1 when \
            there is any. --json: {"faults": [text], "warnings": [text], "counts": {name: number}, \
            "notes": [text], "broker": [text]}.
            """
    )

    @Option(name: .long, help: "Settings file.")
    var config: String

    @Flag(name: .long, help: "Connects to the broker too, and looks for its traps.")
    var broker = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() async throws {
        let report = await ConfigurationCheck.run(
            config,
            asksBroker: broker,
            environment: ProcessInfo.processInfo.environment,
            now: GatewayRuntime.systemClock()
        )
        if json {
            try Output.json(report)
        } else {
            for line in report.faults { print("fault: \(line)") }
            for line in report.warnings { print("warning: \(line)") }
            for line in report.notes { print("note: \(line)") }
            for line in report.broker { print("broker: \(line)") }
            let counts = report.counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            print(
                report.isGood
                    ? "good: \(counts.joined(separator: ", "))"
                    : report.faults.count == 1 ? "1 fault" : "\(report.faults.count) faults"
            )
        }
        if !report.isGood { throw ExitCode.failure }
    }
}
