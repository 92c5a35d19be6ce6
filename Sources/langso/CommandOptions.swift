internal import ArgumentParser
internal import Foundation
internal import Gateway

/// Which running gateway is meant, and who asks.
struct CommandGatewayOptions: ParsableArguments {
    @Option(name: .long, help: "Settings file of the gateway: where it listens, who may ask.")
    var config: String?

    @Option(name: .customLong("operator"), help: "Which of its operators asks; needed for several.")
    var person: String?

    @Option(name: .long, help: "Address of the gateway, in place of --config.")
    var url: String?

    @Option(name: .long, help: "File with the operator's token, with --url.")
    var tokenFile: String?

    func validate() throws {
        guard (config == nil) != (url == nil) else {
            throw ValidationError("give --config, or --url with --token-file")
        }
        guard (url == nil) == (tokenFile == nil) else {
            throw ValidationError("--url and --token-file go together")
        }
        if url != nil, person != nil {
            throw ValidationError("--operator goes with --config; a token says whose it is")
        }
    }

    /// The gateway.
    func access() throws -> CommandTool.Access {
        if let url, let tokenFile { return try .init(url: url, tokenFile: tokenFile) }
        let environment = ProcessInfo.processInfo.environment
        let settings = try GatewaySettings.load(config ?? "", environment: environment)
        return try .init(settings, operatorName: person)
    }
}

/// Whom a command is meant for, and why.
struct CommandOptions: ParsableArguments {
    @Option(name: .long, help: "Code of the one device that is meant.")
    var device: String?

    @Option(
        name: .long,
        help: """
            A label of the registry that all devices meant have, as feeder=F1 or village=v1; of \
            several all must hold.
            """
    )
    var group: [String] = []

    @Option(name: .long, help: "A selector of labels, as '{feeder=\"F1\",kind=\"lamp\"}'.")
    var match: String?

    @Option(name: .long, help: "Why; it stays on record.")
    var reason: String

    @OptionGroup var gateway: CommandGatewayOptions

    @Flag(name: .long, help: "Sends nothing and shows what each device would be told.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        let ways = [device != nil, !group.isEmpty, match != nil].count { $0 }
        guard ways == 1 else { throw ValidationError("name one of --device, --group and --match") }
        _ = try target()
    }

    /// Has the gateway give the command, and prints what it said.
    func submit(_ action: String, level: Int? = nil) async throws {
        do {
            let command = try await CommandTool.submit(
                action,
                level: level,
                to: try target(),
                reason: reason,
                isDryRun: dryRun,
                try gateway.access()
            )
            if json { return try Output.json(command) }
            for line in command.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }

    private func target() throws -> CommandTool.Target {
        if let device { return .device(device) }
        if let match { return .match(match) }
        let tests = try group.map { text in
            let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, !sides[1].contains(where: { "\"\\".contains($0) }) else {
                throw ValidationError("'\(text)' is no label; write it as feeder=F1")
            }
            return "\(sides[0])=\"\(sides[1])\""
        }
        return .match("{\(tests.joined(separator: ","))}")
    }
}
