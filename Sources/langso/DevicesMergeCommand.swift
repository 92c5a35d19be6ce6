internal import ArgumentParser
internal import WebServer

/// `langso devices merge`.
struct DevicesMergeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Makes one of two devices that are the same box.",
        discussion: """
            The first goes on as the second, which takes its box; the samples of the first stay \
            under its own code, and new ones come under that of the second. Devices of different \
            kinds, and two that have a box each, are refused. \(DeviceChangeOptions.answer)
            """
    )

    @Argument(help: "Code of the device that was registered too much.")
    var device: String

    @Option(name: .long, help: "Code of the device that it is.")
    var into: String

    @OptionGroup var options: DeviceChangeOptions

    func run() async throws {
        try await options.carryOut("merge", device) { $0.into = into }
    }
}
