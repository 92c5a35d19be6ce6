internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Logging

/// `langso serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the gateway on your broker until SIGTERM, SIGHUP or Ctrl-C."
    )

    @Option(name: .long, help: "Settings file.")
    var config: String

    @Option(name: .long, help: "Least level of log messages.")
    var logLevel = LogLevel.info

    func run() async throws {
        let logger = LogOutput.logger(logLevel.level)
        do {
            let settings = try GatewaySettings.load(
                config,
                environment: ProcessInfo.processInfo.environment
            )
            let runtime = try await GatewayRuntime.open(settings, logger: logger)
            try await runtime.run(onListening: { port in
                logger.notice("serving on \(settings.firstPage(port: port))")
            })
        } catch {
            throw Output.failure(error)
        }
    }
}

/// Log lines on standard error, so that standard output holds results only.
enum LogOutput {
    static func logger(_ level: Logger.Level) -> Logger {
        var logger = Logger(label: "langso") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = level
        return logger
    }
}

/// Least level of log messages, as the command line takes it.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, notice, warning, error

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
