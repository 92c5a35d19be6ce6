internal import ArgumentParser
internal import Gateway

/// `langso devices test`.
struct DevicesTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Decodes the examples of all device profiles and compares the readings.",
        discussion: """
            The profiles that come with langso, and those of FOLDER: one folder a model, with \
            profile.yaml, examples.yaml and examples-*.yaml; a maker's codec beside them is run. \
            A line a profile, differences below it, then "N passed, N failed". Exit code 1 when \
            anything did not come out as expected. --json: {"profiles": [{"profile", "passed", \
            "failures": [{"example", "place", "differences": [text]}]}], "passed", "failed"}.
            """
    )

    @Argument(help: "Folder of own profiles, as the setting 'profiles' names it.")
    var folder: String?

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() async throws {
        let report: ProfileTestReport
        do {
            report = try await ProfileTestReport(folder: folder)
        } catch {
            throw Output.failure(error)
        }
        if json {
            try Output.json(report)
        } else {
            for line in report.lines { print(line) }
        }
        if !report.isGood { throw ExitCode.failure }
    }
}
