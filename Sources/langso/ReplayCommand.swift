internal import ArgumentParser
internal import ConfigurationText
internal import Foundation
internal import Gateway
internal import MQTT
internal import Replay

/// `langso replay`.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publishes recorded files (CSV, JSON lines) to a broker as messages.",
        discussion: """
            The mapping says topic, columns, units and time zone; those shipped are named without \
            a path. --json: [{"file", "share", "records", "messages", "refused", "time"}]. Exit \
            code 1 when a record was refused.
            """
    )

    @Argument(help: "Recorded files, in the order in which they are played.")
    var files: [String]

    @Option(name: .long, help: "Mapping file, or the name of a shipped one.")
    var mapping: String

    @Option(
        name: .long,
        help: "1 as recorded, 1000 a thousand times faster, max as fast as acknowledged."
    )
    var speed = "1"

    @Option(name: .long, help: "Host of the broker.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "Port of the broker.")
    var port = 1883

    @Option(name: .long, help: "Settings file whose broker, user and certificates are used.")
    var config: String?

    @Flag(name: .long, help: "Prints one JSON document at the end.")
    var json = false

    func run() async throws {
        let bar = ProgressBar()
        do {
            guard let pace = ReplayPace(speed) else {
                throw GatewayError.usage("--speed takes a number such as 1 or 1000, or max")
            }
            let tool = ReplayTool(broker: try broker(), mapping: try readMapping(), pace: pace)
            let results = try await tool.run(
                files,
                now: GatewayRuntime.systemClock(),
                progress: { state in
                    let detail = "\(state.messages) messages \(state.time ?? "")"
                    bar.show(
                        state.file.split(separator: "/").last.map(String.init) ?? "",
                        state.share,
                        detail
                    )
                },
                fault: { Output.note("langso: \($0)") }
            )
            bar.end()
            if json {
                try Output.json(results)
            } else {
                for result in results {
                    print(
                        "\(result.file): \(result.records) records, "
                            + "\(result.messages) messages, \(result.refused) refused"
                    )
                }
            }
            if results.contains(where: { $0.refused > 0 }) { throw ExitCode.failure }
        } catch let code as ExitCode {
            throw code
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }

    private func broker() throws -> BrokerSettings {
        guard let config else {
            return BrokerSettings(host: host, port: port, clientID: clientID)
        }
        let environment = ProcessInfo.processInfo.environment
        var settings = try GatewaySettings.load(config, environment: environment).broker
        settings.clientID = clientID
        settings.topics = []
        return settings
    }

    /// Its own for each run: the broker must not take two replays for one client.
    private var clientID: String { "langso-replay-\(ProcessInfo.processInfo.processIdentifier)" }

    private func readMapping() throws -> ReplayMapping {
        if ShippedMappings.fileNames.contains("\(mapping).yaml") {
            return try ShippedMappings.mapping(named: "\(mapping).yaml")
        }
        do {
            return try ReplayMapping(parsing: try InputFile.text(mapping), file: mapping)
        } catch GatewayError.unreadable(let path, let reason) {
            let names = ShippedMappings.fileNames.map { $0.replacing(".yaml", with: "") }
            throw GatewayError.unreadable(
                path: path,
                reason: "\(reason); shipped are: \(names.joined(separator: ", "))"
            )
        }
    }
}
