internal import ArgumentParser

/// `langso rules`.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Checks, tests, tries out and backfills rules in the format of Prometheus.",
        subcommands: [
            RulesCheckCommand.self, RulesTestCommand.self, RulesPreviewCommand.self,
            RulesBackfillCommand.self,
        ]
    )
}
