internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Telemetry

/// What commands on rules and stored history are told: of which time, of which gateway.
struct StoredTimeOptions: ParsableArguments {
    @Option(name: .long, help: "First time, RFC 3339 or seconds since 1970.")
    var from: TimeArgument

    @Option(name: .long, help: "Last time, RFC 3339 or seconds since 1970.")
    var to: TimeArgument

    @Option(name: .long, help: "Data folder of a gateway that does not run.")
    var data: String?

    @Option(name: .long, help: "Settings file: data folder and rules of the gateway.")
    var config: String?

    func validate() throws {
        if from.instant > to.instant { throw ValidationError("--from is later than --to") }
        if data == nil, config == nil { throw ValidationError("give --data or --config") }
    }

    /// First and last time.
    var times: ClosedRange<Instant> { from.instant...to.instant }

    /// Reads the settings, where some are named.
    ///
    /// - Throws: what keeps them from being read.
    func settings() throws -> GatewaySettings? {
        try config.map {
            try GatewaySettings.load($0, environment: ProcessInfo.processInfo.environment)
        }
    }

    /// The data folder that is named, else that of the settings.
    func dataFolder(_ settings: GatewaySettings?) -> String {
        data ?? settings?.dataFolder ?? ""
    }
}
