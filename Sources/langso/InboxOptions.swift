internal import ArgumentParser
internal import Foundation
internal import Gateway

/// Which gateway's inbox is meant.
struct InboxOptions: ParsableArguments {
    @Option(name: .long, help: "Address of a running gateway; http://127.0.0.1:8428 unless given.")
    var url: String?

    @Option(name: .long, help: "Settings file of a gateway that stands still.")
    var config: String?

    func validate() throws {
        if url != nil, config != nil { throw ValidationError("give --url or --config, not both") }
    }

    /// The gateway.
    func target() throws -> InboxTool.Target {
        guard let config else { return .running(url: url ?? "http://127.0.0.1:8428") }
        let environment = ProcessInfo.processInfo.environment
        return .settings(try GatewaySettings.load(config, environment: environment))
    }
}
