internal import ArgumentParser

/// `langso devices`.
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Works with device profiles.",
        subcommands: [DevicesTestCommand.self]
    )
}
