internal import ArgumentParser

/// `langso rules`.
struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Checks, tests and tries out rule files in the format of Prometheus.",
        subcommands: [
            RulesCheckCommand.self, RulesTestCommand.self, RulesPreviewCommand.self,
        ]
    )
}
