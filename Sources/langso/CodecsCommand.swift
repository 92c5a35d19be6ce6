internal import ArgumentParser
internal import Gateway

/// `langso codecs`.
struct CodecsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codecs",
        abstract: "Shows the payload codecs of a running gateway, and has one run again.",
        subcommands: [CodecsListCommand.self, CodecsReleaseCommand.self],
        defaultSubcommand: CodecsListCommand.self
    )
}

/// `langso codecs list`.
struct CodecsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows what the codecs did since the gateway started.",
        discussion: """
            A line for each codec; below it why it is not run any more, and its last warning, if \
            there are such. --json: {"codecs": [{"name", "calls", "failures", "kills", "warnings", \
            "waiting": numbers, "lastWarning", "quarantine": texts, absent where there is none}]}.
            """
    )

    @Option(name: .long, help: "Address of the gateway.")
    var url = "http://127.0.0.1:8428"

    @Flag(name: .long, help: "Prints the JSON of the API.")
    var json = false

    func run() async throws {
        do {
            let answer = try await CodecsTool.list(url: url)
            if json { return print(answer) }
            for line in try CodecsTool.lines(ofList: answer) { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }
}

/// `langso codecs release`.
struct CodecsReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Has a codec run again that was taken out after three kills.",
        discussion: """
            Messages that came for it meanwhile have waited in the journal; they are decoded now, \
            the oldest first. Those that killed a worker are among the undecoded messages, and \
            stay there until these are decoded again. A codec whose file is mended runs again by \
            itself. --json: {"wasQuarantined": true or false, "waiting": number}.
            """
    )

    @Argument(help: "Name of the codec, that of its profile.")
    var name: String

    @Option(name: .long, help: "Address of the gateway.")
    var url = "http://127.0.0.1:8428"

    @Flag(name: .long, help: "Prints the JSON of the API.")
    var json = false

    func run() async throws {
        do {
            let answer = try await CodecsTool.release(name, url: url)
            print(json ? answer : try CodecsTool.sentence(name, ofRelease: answer))
        } catch {
            throw Output.failure(error)
        }
    }
}
