internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Logging
internal import Telemetry

/// `langso demo`.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows a simulated village at work: broker, gateway, devices. Ctrl-C ends all.",
        discussion: "Everything in it is simulated and marked MÔ PHỎNG / SIMULATED."
    )

    @Option(name: .long, help: "Port of the pages; 0 lets the system choose.")
    var port = 8428

    @Option(
        name: .long,
        help: "New or empty folder to keep the data in; a temporary one unless given."
    )
    var data: String?

    @Option(name: .long, help: "Seed of the simulated world.")
    var seed: UInt64 = 20_250_701

    @Option(name: .long, help: "Days of history that are filled in, 1 to 14.")
    var days = 14

    @Option(name: .long, help: "Least level of log messages.")
    var logLevel = LogLevel.warning

    func validate() throws {
        guard (1...14).contains(days) else { throw ValidationError("--days takes 1 to 14") }
    }

    func run() async throws {
        let folder = data ?? "\(NSTemporaryDirectory())/langso-demo-\(UUID())"
        let bar = ProgressBar()
        defer {
            bar.end()
            if data == nil { try? FileManager.default.removeItem(atPath: folder) }
        }
        print("MÔ PHỎNG / SIMULATED: no figure of this demonstration was measured anywhere.")
        do {
            try await demo(folder).run(
                logger: LogOutput.logger(logLevel.level)
            ) { event in
                switch event {
                case .listening(let address):
                    print("Open \(address) in a browser. Ctrl-C ends the demonstration.")
                    fflush(nil)
                case .progress(let what, let share):
                    bar.show(
                        what == "rules" ? "alerts of \(span)" : "messages of \(span)",
                        share
                    )
                case .live(let messages, let alerts):
                    bar.end()
                    print(
                        "\(messages) messages and \(alerts) alerts of \(span); live from now on."
                    )
                    fflush(nil)
                }
            }
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }

    private var span: String { days == 14 ? "two weeks" : days == 1 ? "a day" : "\(days) days" }

    private func demo(_ folder: String) -> Demo {
        var demo = Demo(folder: folder, webPort: port, seed: seed)
        demo.history = .days(Int64(days))
        return demo
    }
}
