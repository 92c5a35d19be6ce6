internal import ArgumentParser
internal import Gateway

/// `langso devices inbox`.
struct DevicesInboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbox",
        abstract: "Lists devices that send and are not registered, with what they may be.",
        discussion: """
            Three guesses a device, each with a score from 0 to 1, its parts (topic, shape of the \
            messages, physics of the readings), the last frame decoded by it, and reasons. With \
            --config as of the last checkpoint. --json: {"devices": [{"id", "family", "address", \
            "topic", "messages", "firstAt", "lastAt", "reasons", "frames": [{"position", \
            "receivedAt", "topic", "payload"}], "guesses": [{"profile", "model", "title", "kind", \
            "family", "score", "topicScore", "shapeScore", "physicsScore", "reasons", "readings", \
            "readFrames", "triedFrames"}]}], "omitted", "damaged", "faults", "canAdopt", "places", \
            "profiles": [{"id", "model", "parameters"}]}.
            """
    )

    @OptionGroup var gateway: InboxOptions

    @Option(name: .long, help: "Most devices, 1 to 200.")
    var limit = 50

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        guard (1...200).contains(limit) else { throw ValidationError("--limit is 1 to 200") }
    }

    func run() async throws {
        do {
            let inbox = try await InboxTool.list(try gateway.target(), limit: limit)
            if json { return try Output.json(inbox) }
            for line in inbox.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }
}
