internal import ArgumentParser

/// `langso devices retire`.
struct DevicesRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Takes a device out of service.",
        discussion: """
            It is missed by no alarm any more and counts in no figure from then on; its history \
            stays, and messages of the time before still arrive there. Its box may be installed \
            elsewhere. \(DeviceChangeOptions.answer)
            """
    )

    @Argument(help: "Code of the device.")
    var device: String

    @OptionGroup var options: DeviceChangeOptions

    func run() async throws {
        try await options.carryOut("retire", device)
    }
}
