internal import ArgumentParser
internal import Foundation
internal import Gateway

/// `langso decode`.
struct DecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Shows what a message says, outside a gateway.",
        discussion: """
            The payload is read from --file, --text, --hex, or standard input. --json: {"device", \
            "profile", "kind", "time", "timeOrigin", "readings": [{"quantity", "metric", \
            "channel", "value", "unit", "time", "quality", "reason"}], "notes", "unreadMembers", \
            "unread": [{"name", "value"}]}.
            """
    )

    @Option(name: .long, help: "Topic of the message; needed but for codecs.")
    var topic: String?

    @Option(name: .long, help: "File with the payload.")
    var file: String?

    @Option(name: .long, help: "Payload as text.")
    var text: String?

    @Option(name: .long, help: "Payload as hexadecimal digits.")
    var hex: String?

    @Option(name: .long, help: "Device profile, whatever device it is.")
    var profile: String?

    @Option(name: .long, help: "Family of the topic, as plain_json, where no settings say it.")
    var family: String?

    @Option(name: .long, help: "Settings file with subscriptions and own profiles.")
    var config: String?

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    @OptionGroup(title: "Payload codecs")
    var codecs: CodecOptions

    func run() async throws {
        do {
            if let file = codecs.vectors { return try await codecs.run(file) }
            if let file = codecs.codec {
                return try await codecs.decode(file, hex: hex, json: json)
            }
            guard let topic else {
                throw GatewayError.usage("decode needs --topic, or --codec, or --vectors")
            }
            let settings = try config.map {
                try GatewaySettings.load($0, environment: ProcessInfo.processInfo.environment)
            }
            let report = try DecodeTool.decode(
                topic: topic,
                payload: try payload(),
                profile: profile,
                family: family,
                settings: settings,
                now: GatewayRuntime.systemClock()
            )
            if json { return try Output.json(report) }
            for line in report.lines { print(line) }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Output.failure(error)
        }
    }

    private func payload() throws -> [UInt8] {
        if let text { return Array(text.utf8) }
        if let hex {
            guard let bytes = HexDigits.bytes(hex) else {
                throw GatewayError.usage("--hex needs pairs of hexadecimal digits")
            }
            return bytes
        }
        if let file { return try InputFile.bytes(file, limit: InputFile.textBytes) }
        return [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }
}
