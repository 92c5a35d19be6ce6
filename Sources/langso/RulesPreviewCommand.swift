internal import ArgumentParser
internal import Gateway
internal import Telemetry

/// `langso rules preview`.
struct RulesPreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Shows what a rule file would have given over stored history.",
        discussion: """
            Judges the rules of a file in place of the current ones of the same names, and the \
            current ones, both over the same samples from a state without alerts: how many \
            alarms, how long, where. Nothing is written and nobody is told. All rules are judged \
            twice at each step: take a longer --step, as 10m, to look over weeks. \
            --json: {"file", "from", "to", "steps", "rules": [{"name", "tried": {"alarms", \
            "totalSeconds", "longestSeconds", "places": [{"labels", "alarms", "seconds"}]}, \
            "current"}], "failedEvaluations", "failedBeside", "failures": [text]}; "current" is \
            left out where no rule in force has that name, "failedBeside" counts failures of \
            other rules in force. Exit code 1 when rules of the file failed.
            """
    )

    @Argument(help: "Rule file.")
    var file: String

    @OptionGroup var stored: StoredTimeOptions

    @Option(name: .long, help: "Time between evaluations, as 5m.")
    var step: SpanArgument?

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let report: RulePreviewReport
        do {
            let settings = try stored.settings()
            report = try RulePreviewReport(
                RulePreviewReport.Request(
                    file: file,
                    dataFolder: stored.dataFolder(settings),
                    settings: settings,
                    times: stored.times,
                    step: step?.span ?? .minutes(1)
                )
            )
            if json { try Output.json(report) }
        } catch {
            throw Output.failure(error)
        }
        if !json { for line in report.lines { print(line) } }
        if report.failedEvaluations > 0 { throw ExitCode.failure }
    }
}
