internal import ArgumentParser

/// `langso devices`.
struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Works with device profiles, with devices, and with those that nobody knows yet.",
        subcommands: [
            DevicesTestCommand.self, DevicesInboxCommand.self, DevicesAdoptCommand.self,
            DevicesReplaceCommand.self, DevicesMoveCommand.self, DevicesRetireCommand.self,
            DevicesMergeCommand.self,
        ]
    )
}
