internal import ArgumentParser
internal import Foundation
internal import Gateway

/// `langso devices adopt`.
struct DevicesAdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Registers a device of the inbox, and makes its frames a regression test.",
        discussion: """
            The registry gets a row, or the one of the code that is named gets the address; the \
            frames become examples-*.yaml in the folder of own profiles, which langso devices \
            test decodes from then on. A running gateway (--url, with web.adoption: true in its \
            settings) decodes at once what waited; with --config it does so when it is started \
            again. Nothing is written when anything is wrong. \
            --json: {"written", "code", "address", "profile", "isNew", "testFile", "examples", \
            "decoded", "failed", "warnings": [{"code", "values", "words"}]}.
            """
    )

    @Argument(help: "The device as langso devices inbox names it, or its address.")
    var device: String

    @Option(name: .customLong("as"), help: "Device profile that reads it.")
    var profile: String

    @Option(name: .long, help: "Code of a lamp that it is.")
    var lamp: String?

    @Option(name: .long, help: "Code of a bin that it watches.")
    var bin: String?

    @Option(name: .long, help: "Code of a water meter that it is.")
    var meter: String?

    @Option(name: .long, help: "Code of any other device, of the profile's kind.")
    var code: String?

    @Option(name: .long, help: "Name as people know it.")
    var name: String?

    @Option(name: .long, help: "Code of its village; that of the site unless given.")
    var village: String?

    @Option(name: .long, help: "Code of its site.")
    var site: String?

    @Option(name: .long, help: "Code of its lighting feeder.")
    var feeder: String?

    @Option(name: .long, help: "Code of its collection route.")
    var route: String?

    @Option(name: .long, help: "Code of its water zone.")
    var zone: String?

    @Option(name: .long, help: "A size of what it sits on, as bin_depth=1200; may be repeated.")
    var parameter: [String] = []

    @Option(name: .long, help: "Who decides, for the audit log; the user unless given.")
    var by: String?

    @OptionGroup var gateway: InboxOptions

    @Flag(name: .long, help: "Writes nothing and says what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        guard [lamp, bin, meter, code].compactMap(\.self).count == 1 else {
            throw ValidationError("name one of --lamp, --bin, --meter and --code")
        }
        _ = try parameters()
    }

    func run() async throws {
        let kinds = [(lamp, "lamp"), (bin, "bin"), (meter, "water_meter")]
        let kind = kinds.first { $0.0 != nil }?.1
        do {
            let done = try await InboxTool.adopt(
                device,
                as: profile,
                code: lamp ?? bin ?? meter ?? code ?? "",
                kind: kind,
                place: InboxTool.Place(
                    name: name,
                    village: village,
                    site: site,
                    feeder: feeder,
                    route: route,
                    zone: zone
                ),
                parameters: try parameters(),
                by: by ?? NSUserName(),
                isDryRun: dryRun,
                try gateway.target(),
                at: GatewayRuntime.systemClock()
            )
            if json { return try Output.json(done) }
            for line in done.lines { print(line) }
        } catch {
            throw Output.failure(error)
        }
    }

    private func parameters() throws -> [String: Double] {
        var parameters: [String: Double] = [:]
        for text in parameter {
            let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, let value = Double(sides[1]), value.isFinite else {
                throw ValidationError("'\(text)' is no size; write it as bin_depth=1200")
            }
            parameters[sides[0]] = value
        }
        return parameters
    }
}
