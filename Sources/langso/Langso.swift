internal import ArgumentParser

/// The command line of the gateway.
@main
struct Langso: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "langso",
        abstract: "Telemetry gateway for smart villages (làng số).",
        discussion: """
            Exit codes: 0 done; 1 something failed, or a check found faults; 64 the command line \
            was not understood. Commands with --json print one JSON document on standard output; \
            logs and progress go to standard error, progress only on a terminal.
            """,
        subcommands: [
            DemoCommand.self, ServeCommand.self, CheckCommand.self, QueryCommand.self,
            DecodeCommand.self, ReplayCommand.self, StoreCommand.self, RegistryCommand.self,
            RulesCommand.self, PromQLTestCommand.self, DevicesCommand.self, CodecsCommand.self,
            CommandsCommand.self,
        ]
    )
}
