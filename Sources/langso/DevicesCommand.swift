internal import ArgumentParser

/// `langso devices`.
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Works with device profiles and with devices that nobody knows yet.",
        subcommands: [
            DevicesTestCommand.self, DevicesInboxCommand.self, DevicesAdoptCommand.self,
        ]
    )
}
