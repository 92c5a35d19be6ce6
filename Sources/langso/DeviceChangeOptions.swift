internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import WebServer

/// What every change of a device says beside what changes.
struct DeviceChangeOptions: ParsableArguments {
    @Option(name: .long, help: "Since when, as 2026-11-01T08:00:00+07:00; now unless given.")
    var at: String?

    @Option(name: .long, help: "Who decides; the user unless given.")
    var author: String?

    @Option(name: .long, help: "Why; it stays on record.")
    var reason: String

    @OptionGroup var gateway: InboxOptions

    @Flag(name: .long, help: "Writes nothing and says what would change.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    /// What every help text says of the answer.
    static let answer = """
        A running gateway (--url, with web.adoption: true in its settings) goes by it at once; \
        with --config it does so when it is started. How the device stood before stays in the \
        table installations of langso registry export, with author and reason. --json: \
        {"written", "change", "device", "at", "differences": [{"column", "before", "after"}], \
        "counterOffsets", "decoded", "warnings": [{"code", "values", "words"}]}. A gateway answers \
        after ten seconds at the latest once the change is written, and goes on by itself.
        """

    /// Changes the device and prints what was done.
    func carryOut(
        _ change: String,
        _ device: String,
        _ fill: (inout DeviceChangeRequest) -> Void = { _ in }
    ) async throws {
        var request = DeviceChangeRequest(
            change: change,
            device: device,
            by: author ?? NSUserName(),
            reason: reason
        )
        request.at = at
        request.dryRun = dryRun
        fill(&request)
        do {
            let done = try await DeviceChangeTool.change(
                request,
                try gateway.target(),
                at: GatewayRuntime.systemClock()
            )
            if json { return try Output.json(done) }
            for line in done.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }
}
