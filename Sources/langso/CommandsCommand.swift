internal import ArgumentParser
internal import Gateway

/// `langso commands`.
struct CommandsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "commands",
        abstract: "Tells devices something through a running gateway, and shows what came of it.",
        discussion: """
            Off unless the settings say commands: {enabled: true, operators: …}. The gateway \
            writes who asked whom for what and why to commands.log in its data folder before it \
            sends anything. A device is told only what its profile states. --json of switch, dim, \
            read and show: {"id": number, absent in a dry run, "action", "level", "target", "by", \
            "reason", "acceptedAt", "orders": [{"device", "state", "changedAt", "detail", \
            "confirms", "deadlineSeconds", "messages": [{"topic", "payload", "qos"}]}], "omitted": \
            {device: reason}}, where detail and reason are {"code", "values", "words"}; of list \
            {"commands": […], "refused": [{"at", "by", "action", "level", "target", "reason", \
            "refusal": [reason]}]}.
            """,
        subcommands: [
            CommandsSwitchCommand.self, CommandsDimCommand.self, CommandsReadCommand.self,
            CommandsListCommand.self, CommandsShowCommand.self,
        ]
    )
}

/// `langso commands switch`.
struct CommandsSwitchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "switch",
        abstract: "Switches lamps on or off."
    )

    /// On or off.
    enum Side: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    @Argument(help: "on or off.")
    var side: Side

    @OptionGroup var options: CommandOptions

    func run() async throws { try await options.submit(side == .on ? "switch_on" : "switch_off") }
}

/// `langso commands dim`.
struct CommandsDimCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dim",
        abstract: "Dims lamps to a share of full light."
    )

    @Argument(help: "Share of full light in percent, 0 to 100.")
    var level: Int

    @OptionGroup var options: CommandOptions

    func run() async throws { try await options.submit("dim", level: level) }
}

/// `langso commands read`.
struct CommandsReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Asks devices for a report now."
    )

    @OptionGroup var options: CommandOptions

    func run() async throws { try await options.submit("read") }
}

/// `langso commands list`.
struct CommandsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the newest commands, the newest first."
    )

    @Option(name: .long, help: "How many at most.")
    var limit = 50

    @OptionGroup var gateway: CommandGatewayOptions

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() async throws {
        do {
            let list = try await CommandTool.list(limit: limit, try gateway.access())
            if json { return try Output.json(list) }
            for line in list.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }
}

/// `langso commands show`.
struct CommandsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows how far a command has come, device by device."
    )

    @Argument(help: "Number of the command.")
    var id: Int

    @OptionGroup var gateway: CommandGatewayOptions

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() async throws {
        do {
            let command = try await CommandTool.show(id, try gateway.access())
            if json { return try Output.json(command) }
            for line in command.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }
}
